import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fitCalibration, SIGNAL_COUNT, type Signals } from "../../bot/calibrate/calibrator.ts";
import { type BotEntry, createBot } from "../../bot/index.ts";
import { Knowledge } from "../../bot/knowledge.ts";
import { buildModel } from "../../bot/rank/build.ts";
import { LexicalIndex } from "../../bot/search/lexical.ts";
import { createTable, intern, lookUp } from "../../bot/text/hash-table.ts";
import { input, SHOP, shopBot } from "./support.ts";

/** A made-up word for a number. */
function word(number: number): string {
  return [...String(number).padStart(4, "0")]
    .map((digit) => ["ba", "ke", "di", "fo", "gu", "la", "me", "ni", "po", "ru"][Number(digit)])
    .join("");
}

/** Entries about made-up things, each with its own word. */
function many(count: number): BotEntry[] {
  return Array.from({ length: count }, (_, at) => ({
    faqId: `e${at}`,
    questions: { en: [`how do I clean the ${word(at)}`, `washing ${word(at)} at home`] },
    answers: { en: `Clean ${word(at)} by hand.` },
  }));
}

describe("the FAQ as the bot searches it", () => {
  it("finds among more than 1,000 entries, before and after training", async () => {
    const entries = many(1_200);
    const knowledge = new Knowledge();
    knowledge.set(entries);
    await knowledge.ready();
    const question = `please tell me how to clean a ${word(777)}`;
    expect(knowledge.rank(question, "en").ranked[0]?.entry.faqId).toBe("e777");
    const model = buildModel(knowledge.trainingSet(), { train: true });
    expect(model.weights.kind).toBe("sparse");
    knowledge.adopt(model);
    expect(knowledge.rank(question, "en").ranked[0]?.entry.faqId).toBe("e777");
  }, 60_000);

  it("an edited entry is found by its new words at once, and no longer by the old", async () => {
    const bot = await shopBot();
    bot.upsertEntry({ faqId: "size", questions: { en: ["Do you sell umbrellas?"] }, answers: { en: "We do." } });
    expect((await bot.decide(input("do you sell umbrellas"))).text).toBe("We do.");
    const old = await bot.decide(input("is there a size chart"));
    expect(old.decision === "answer" ? old.sources[0]?.faqId : "none").not.toBe("size");
    await bot.trained();
    expect((await bot.decide(input("do you sell umbrellas"))).text).toBe("We do.");
    await bot.close();
  });

  it("is empty without entries, and after the last one is removed", async () => {
    const bot = await shopBot({}, []);
    expect(await bot.decide(input("where is my order"))).toMatchObject({
      decision: "hand_off",
      sources: [],
      confidence: 0,
    });
    bot.upsertEntry(SHOP[0]!);
    bot.removeEntry(SHOP[0]!.faqId);
    await bot.trained();
    expect((await bot.decide(input("where is my order"))).sources).toEqual([]);
    await bot.close();
  });

  it("works with one entry, with entries that have no question, and with questions of signs only", async () => {
    const bot = await shopBot({}, [
      SHOP[0]!,
      { faqId: "bare", questions: {}, answers: { en: "The moon is made of rock." } },
      { faqId: "signs", questions: { en: ["???", "—"] }, answers: { en: "!" } },
    ]);
    expect((await bot.decide(input("where is my order"))).sources[0]?.faqId).toBe("where");
    await bot.close();
  });

  it("trains the same ranking from the same FAQ", () => {
    const knowledge = new Knowledge();
    knowledge.set(SHOP);
    const [first, second] = [1, 2].map(() => buildModel(knowledge.trainingSet(), { train: true }));
    expect(first?.weights).toEqual(second?.weights);
    expect(first?.calibration).toEqual(second?.calibration);
  });

  it("closing it while it trains is safe", async () => {
    const bot = await shopBot({ trainingDelay: 0 }, SHOP);
    bot.upsertEntry(SHOP[1]!);
    const settled = bot.trained();
    await bot.close();
    await settled;
  });
});

it("words of answers and mistyped words are found lexically", () => {
  const index = new LexicalIndex();
  for (const entry of SHOP) index.add(entry);
  expect(index.search("warehouse", "en", 3)[0]?.faqId).toBe("refund");
  expect(index.search("guarantte", "en", 3)[0]?.faqId).toBe("warranty");
  index.remove("refund");
  expect(index.search("warehouse", "en", 3).map(({ faqId }) => faqId)).not.toContain("refund");
});

it("the feature table keeps every key apart while it grows", () => {
  const table = createTable(4);
  const keys = Array.from({ length: 5_000 }, (_, at) => Math.imul(at + 1, 2_654_435_761) >>> 0 || 1);
  const indexes = keys.map((key) => intern(table, key));
  expect(new Set(indexes).size).toBe(new Set(keys).size);
  expect(keys.every((key, at) => lookUp(table, key) === indexes[at])).toBe(true);
  expect(lookUp(table, 12_345)).toBe(-1);
});

it("the calibration keeps to its prior with little to learn from, and follows the examples with much", () => {
  const signals: Signals = {
    probability: 1,
    margin: 1,
    strength: 1,
    agreement: 1,
    cheap: 0,
    neighbour: 1,
    few: 1,
    coverageEntry: 1,
    coverageAll: 1,
    length: 0,
    entries: 0,
    examples: 0,
  };
  const prior = { right: new Array<number>(SIGNAL_COUNT).fill(0.1), scope: new Array<number>(SIGNAL_COUNT).fill(0.1) };
  const wrong = (count: number) =>
    Array.from({ length: count }, () => ({ signals, right: false, inScope: false, weight: 1 }));
  expect(fitCalibration([], prior, 30).right).toEqual(prior.right);
  const distance = (weights: number[]) => Math.abs(weights[0]! - 0.1);
  expect(distance(fitCalibration(wrong(200), prior, 30).right)).toBeGreaterThan(
    distance(fitCalibration(wrong(2), prior, 30).right),
  );
});

it("an entry written with one question beside many in eighteen languages keeps being answered once it is learned", async () => {
  const folder = new URL("../../templates/faq/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const bot = createBot();
  bot.setEntries(files.map((name) => ({ ...JSON.parse(readFileSync(new URL(name, folder), "utf8")), faqId: name })));
  bot.upsertEntry({
    faqId: "elephants",
    questions: { en: ["Do you sell purple elephants?"] },
    answers: { en: "Yes, purple elephants are in stock." },
  });
  await bot.trained();
  const { decision, sources } = await bot.decide(input("Do you sell purple elephants?"));
  expect(decision).toBe("answer");
  expect(sources[0]?.faqId).toBe("elephants");
  await bot.close();
});

it("a question that comes while a new FAQ is being learned waits for it", async () => {
  const bot = createBot({ trainingDelay: 0 });
  bot.setEntries(SHOP);
  const result = await bot.decide(input("I'd like to follow my parcel", { patience: 20_000 }));
  await bot.trained();
  const later = await bot.decide(input("I'd like to follow my parcel"));
  expect(result.confidence).toBe(later.confidence);
  await bot.close();
});
