import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Bot, BotEntry } from "../../bot/index.ts";
import { input, SHOP, shopBot } from "./support.ts";

/** Manuals of products that differ by a number, and a guide of one of them. */
const manual = (model: string, more: string[] = []): BotEntry => ({
  faqId: `manual-${model}`,
  questions: {
    en: [`${model} manual`, ...[model, ...more].map((name) => `Do you have the manual for ${name}?`)],
    de: [model, ...more].map((name) => `Haben Sie die Anleitung für ${name}?`),
  },
  answers: { en: `Here is the manual of ${model}`, de: `Hier ist die Anleitung von ${model}` },
  documents: [model],
  names: [model, ...more],
});
const DOCUMENTS: BotEntry[] = [
  manual("KM-200", ["Grinder Plus"]),
  manual("KM-300"),
  manual("KM-3000"),
  {
    faqId: "guide",
    questions: { en: ["How do I install KM-300? Is there a guide?"] },
    answers: { en: "Here is the guide of KM-300" },
    documents: ["guide"],
    names: ["KM-300"],
  },
];

let bot: Bot;
beforeAll(async () => {
  bot = await shopBot({}, [...SHOP, ...DOCUMENTS]);
});
afterAll(() => bot.close());

describe("a document of the very product", () => {
  it.each([
    ["do you have a manual for the KM-300?", ["KM-300"]],
    ["manual for km200 please", ["KM-200"]],
    ["I need the manual of the grinder plus", ["KM-200"]],
    ["can i get the KM 3000 manual", ["KM-3000"]],
    ["how do i install the KM-300, is there a guide", ["guide"]],
    ["Haben Sie die Anleitung für KM-200?", ["KM-200"]],
  ])("%s", async (text, documents) => {
    const result = await bot.decide(input(text));
    expect(result).toMatchObject({ decision: "answer", documents });
  });

  it("and of none when the product is another one, however alike the question", async () => {
    const one = await shopBot({}, [...SHOP, manual("KM-200")]);
    const known = await one.decide(input("Do you have the manual for KM-200?"));
    expect(known.documents).toEqual(["KM-200"]);
    const other = await one.decide(input("Do you have the manual for KM-777?"));
    await one.close();
    expect(other.documents).toBeUndefined();
    expect(other.decision).toBe("hand_off");
  });
});
