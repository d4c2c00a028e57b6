import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { type Bot, createBot, createEmbed, type Embed, type VectorCache } from "../../bot/index.ts";
import { startLlmServer } from "../support/llm-server.ts";
import { input, SHOP } from "./support.ts";

const bots: Bot[] = [];
afterEach(() => Promise.all(bots.splice(0).map((bot) => bot.close())));

/** Vectors by hand: texts about one thing point one way, whatever their words. */
const THINGS: Record<string, string[]> = {
  where: ["order", "parcel", "track", "pedido", "paquete", "whereabouts of my stuff"],
  return: ["return", "send a product back", "devolv", "sling it back to you lot"],
  refund: ["refund", "money", "reembolso"],
  payment: ["pay", "credit"],
  size: ["size", "small or large"],
  warranty: ["warranty", "guarantee"],
};
function pointing(text: string): Float32Array {
  const names = Object.keys(THINGS);
  const vector = new Float32Array(names.length + 16);
  names.forEach((name, at) => {
    if (THINGS[name]!.some((word) => text.toLowerCase().includes(word))) vector[at] = 1;
  });
  // What is about none of them is about something of its own.
  const own = [...text].reduce((sum, sign) => sum + sign.codePointAt(0)!, 0) % 16;
  vector[names.length + own] = 0.3;
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function botWith(embed: Embed | undefined) {
  const bot = createBot({ trainingDelay: 0, ...(embed && { embed }) });
  bots.push(bot);
  bot.setEntries(SHOP);
  return bot;
}

describe("with embeddings", () => {
  it("a question in words that nobody wrote finds the entry it means, and confidently", async () => {
    const bot = botWith(async (texts) => texts.map(pointing));
    await bot.trained();
    const plain = botWith(undefined);
    await plain.trained();
    const question = "can i sling it back to you lot";
    await expect.poll(async () => (await bot.decide(input(question))).sources[0]?.faqId).toBe("return");
    const [withThem, without] = [await bot.decide(input(question)), await plain.decide(input(question))];
    expect(withThem.decision).toBe("answer");
    expect(withThem.confidence).toBeGreaterThan(without.confidence);
  });

  it("a question about something else is still handed off", async () => {
    const bot = botWith(async (texts) => texts.map(pointing));
    await bot.trained();
    expect((await bot.decide(input("what is the capital of mongolia"))).decision).toBe("hand_off");
  });

  it.each([
    ["fails", () => Promise.reject(new Error("down"))],
    ["gives nothing", async (texts: readonly string[]) => texts.map(() => undefined)],
    ["gives vectors of another size", async (texts: readonly string[]) => texts.map(() => new Float32Array(3))],
  ])("answers by words as before when the server %s", async (_what, embed) => {
    const bot = botWith(embed);
    await bot.trained();
    const answer = await bot.decide(input("How do I return an item?"));
    expect(answer).toMatchObject({ decision: "answer", sources: [{ faqId: "return" }, ...Array(4).fill({})] });
  });

  it("does not wait for a server that hangs", async () => {
    const bot = botWith(
      (_texts, signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    );
    await bot.trained();
    expect((await bot.decide(input("How do I return an item?"))).decision).toBe("answer");
  });
});

it("an embedding is asked for once per text, masked, and taken from where it was kept", async () => {
  const llm = await startLlmServer([]);
  onTestFinished(() => llm.close());
  const kept = new Map<string, Float32Array>();
  const cache: VectorCache = {
    get: async (keys) => new Map(keys.flatMap((key) => (kept.has(key) ? [[key, kept.get(key)!]] : []))),
    put: async (vectors) => {
      for (const [key, vector] of vectors) kept.set(key, vector);
    },
  };
  const spent: number[] = [];
  const budget = { left: () => 1_000, spend: (tokens: number) => spent.push(tokens) };
  const embed = createEmbed({ baseURL: llm.baseURL, model: "vec", cache, budget });
  const signal = AbortSignal.timeout(10_000);
  const [first, second] = await embed(["where is it, eva@example.com", "and this?"], signal);
  expect(Math.hypot(...first!)).toBeCloseTo(1, 5);
  expect(second).toHaveLength(first!.length);
  expect(JSON.stringify(llm.calls)).not.toContain("eva@example.com");
  const again = await createEmbed({ baseURL: llm.baseURL, model: "vec", cache, budget })(["and this?"], signal);
  expect(again[0]).toEqual(second);
  expect(llm.calls).toHaveLength(1);
  expect(spent).toHaveLength(1);
});
