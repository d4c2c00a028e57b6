import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Bot } from "../../bot/index.ts";
import { createMask } from "../../bot/llm/mask.ts";
import { LOCALES } from "../../contract/locales.ts";
import { supportSets } from "../eval/data.ts";
import { conversation, input, say, shopBot } from "./support.ts";

let bot: Bot;
beforeAll(async () => {
  bot = await shopBot();
});
afterAll(() => bot.close());

const decide = (...args: Parameters<typeof input>) => bot.decide(input(...args));

describe("a buyer asks", () => {
  it("gets the entry's answer in the own language, with the source and a confidence", async () => {
    const result = await decide("hola, ¿dónde está mi pedido?");
    expect(result).toMatchObject({ language: "es", decision: "answer" });
    expect(result.text).toBe("Abre el enlace del correo de envío para seguir tu paquete.");
    expect(result.sources[0]).toMatchObject({
      faqId: "where",
      externalId: "faq-where",
      title: "¿Dónde está mi pedido?",
    });
    expect(result.confidence).toBeGreaterThan(0.5);
  });

  it("is understood with typos", async () => {
    expect((await decide("wheres my oder, cant trak the parcell")).sources[0]?.faqId).toBe("where");
    expect((await decide("how do i retrun an itm")).sources[0]?.faqId).toBe("return");
    const [right, mistyped] = await Promise.all([decide("is there a warranty"), decide("is there a warrnaty")]);
    expect(mistyped).toMatchObject({ decision: "answer" });
    expect(right.confidence - mistyped.confidence).toBeLessThan(0.15);
  });

  it("gets one answer to several questions in one message", async () => {
    const result = await decide("Can I pay with PayPal? And how long is the warranty?");
    expect(result.decision).toBe("answer");
    expect(result.text).toBe("We accept credit cards and PayPal.\n\nEvery product has a warranty of two years.");
    expect(result.sources.slice(0, 2).map(({ faqId }) => faqId)).toEqual(["payment", "warranty"]);
  });

  it("is understood when the message is split over sends", async () => {
    const turns = conversation("buyer: hi", "buyer: i want to", "buyer: send a product back", "buyer: how");
    expect((await decide(turns)).sources[0]?.faqId).toBe("return");
  });

  it.each([
    ["how can i send a product back", "Good morning! how can i send a product back, thanks"],
    ["¿me dicen por dónde va mi paquete?", "Hola, buenas tardes ¿me dicen por dónde va mi paquete? gracias"],
    ["我的快递到哪里了", "你好，我的快递到哪里了？谢谢"],
  ])("is understood as well with a greeting and thanks around the question: %s", async (bare, polite) => {
    const [plain, courteous] = await Promise.all([decide(bare), decide(polite)]);
    expect(courteous).toMatchObject({ decision: plain.decision, language: plain.language });
    expect(courteous.sources[0]?.faqId).toBe(plain.sources[0]?.faqId);
    expect(courteous.confidence).toBeGreaterThan(plain.confidence - 0.02);
  });

  it.each(["a@", "!", "a", "1-", "谢谢", "thanks ", "#", "(", "http://a.b/", "talk to a ", "\n", "e\u0301"])(
    "is read to its end, though it is a wall of %j",
    async (brick) => {
      const text = brick.repeat(10_000 / brick.length);
      expect(await decide(text)).toMatchObject({ decision: expect.any(String) });
      expect(createMask().hide(text).length).toBeGreaterThan(0);
    },
    // Where a pattern has no limits, it takes minutes.
    20_000,
  );

  it("is handed to a person, with the reason, when no entry answers", async () => {
    const result = await decide("can you repair my neighbour's bicycle in november");
    expect(result.decision).toBe("hand_off");
    expect(["missing_knowledge", "low_confidence"]).toContain(result.reason);
    expect(result.text).toBeTruthy();
  });

  it("gets an honest holding answer and a person when the answer exists in other languages only", async () => {
    const result = await decide("¿Cuánto dura la garantía de warranty? How long is the warranty? garantía", {
      hints: { workspaceLocale: "en", conversationLocale: "es" },
    });
    expect(result.language).toBe("es");
    expect(result).toMatchObject({ decision: "hand_off", reason: "missing_knowledge" });
    expect([say("es", "holding.a"), say("es", "holding.b")]).toContain(result.text);
    expect(result.sources[0]?.faqId).toBe("warranty");
  });

  it("is offered both entries when the question lies between them, and may answer with a number", async () => {
    const entries = ["small", "large"].map((size) => ({
      faqId: size,
      questions: { en: [`How do I wash the ${size} carpet?`, `Cleaning the ${size} carpet`] },
      answers: { en: `Wash the ${size} carpet by hand.` },
    }));
    const own = await shopBot({}, entries);
    const asked = "how do i wash the carpet";
    const offer = await own.decide(input(asked, { threshold: 0.6 }));
    expect(offer.decision).toBe("offer");
    expect(offer.text).toContain("1. ");
    expect(offer.text).toContain("2. ");
    const second = offer.sources[1]!;
    const turns = conversation(`buyer: ${asked}`, `bot: ${offer.text}`, "buyer: 2");
    expect((await own.decide(input(turns))).text).toBe(`Wash the ${second.faqId} carpet by hand.`);
    await own.close();
  });

  it("sees the seller's change at once, before any training", async () => {
    const own = await shopBot();
    own.upsertEntry({ faqId: "pets", questions: { en: ["Do you deliver live quokkas?"] }, answers: { en: "No." } });
    expect((await own.decide(input("do you deliver quokkas"))).sources[0]?.faqId).toBe("pets");
    own.removeEntry("pets");
    expect((await own.decide(input("do you deliver quokkas"))).sources[0]?.faqId).not.toBe("pets");
    await own.close();
  });
});

describe("a buyer who wants a person", () => {
  const wishes = supportSets().flatMap((set) => set.questions.filter(({ kind }) => kind === "human"));
  it.each(wishes.map(({ locale, text }) => [locale, text] as const))("is heard in %s: %s", async (locale, text) => {
    expect(await decide(text)).toMatchObject({ decision: "hand_off", reason: "customer_request", language: locale });
  });

  it.each(["human", "agent please", "转人工", "オペレーター", "оператор", "persona", "temsilci", "เจ้าหน้าที่"])(
    "is heard with one word: %s",
    async (text) => {
      expect(await decide(text)).toMatchObject({ decision: "hand_off", reason: "customer_request" });
    },
  );

  it("is heard when the button was pressed", async () => {
    expect(await decide("where is my order", { wantsHuman: true })).toMatchObject({ reason: "customer_request" });
  });

  it("can use the word the bot names in its own offer, in every language", async () => {
    for (const locale of LOCALES) {
      const named = /["“«„「]\s*([^"”»“」]+?)\s*["”»“」]/.exec(say(locale, "didYouMean.a", { options: "" }))?.[1];
      const result = await decide(named ?? "", { hints: { workspaceLocale: locale, conversationLocale: locale } });
      expect([locale, named, result.reason]).toEqual([locale, named, "customer_request"]);
    }
  });

  it.each([
    "does it fit a tall person",
    "is the mannequin human size",
    "what size for a person of 180 cm",
    "kiện hàng của tôi đâu",
    "ukuran orang dewasa yang mana",
  ])("is not imagined: %s", async (text) => {
    expect((await decide(text)).reason).not.toBe("customer_request");
  });
});

describe("a buyer who has had enough", () => {
  it.each([
    ["you are thieves and liars!!!", "sentiment"],
    ["WHERE IS MY ORDER THIS IS RIDICULOUS!!!", "sentiment"],
    ["esto es una estafa, una vergüenza y un asco", "sentiment"],
    ["my lawyer will contact you", "policy_restriction"],
    ["ich gehe zum Anwalt wenn das Geld nicht kommt", "policy_restriction"],
    ["我要起诉你们", "policy_restriction"],
  ])("%s brings a person", async (text, reason) => {
    expect(await decide(text)).toMatchObject({ decision: "hand_off", reason });
  });

  it("is not taken for angry because of one strong word", async () => {
    expect((await decide("is this a scam or can I pay with PayPal?")).reason).not.toBe("sentiment");
  });

  it("is not answered the same twice", async () => {
    const turns = conversation("buyer: where is my order", "bot(where): Open the link …", "buyer: where is my order??");
    expect(await decide(turns)).toMatchObject({ decision: "hand_off", reason: "repeated" });
  });

  it("is not sent in circles", async () => {
    const turns = conversation(
      "buyer: hmm",
      "bot: Could you say more?",
      "buyer: it",
      "bot: I did not get that.",
      "buyer: hello?",
    );
    expect(await decide(turns)).toMatchObject({ decision: "hand_off" });
  });
});

describe("small talk", () => {
  const polite = supportSets().flatMap((set) =>
    set.questions.filter(({ kind }) => kind === "hello" || kind === "thanks"),
  );
  it.each(polite.map(({ locale, kind, text }) => [locale, kind, text] as const))(
    "in %s gets a short reply and no FAQ: %s %s",
    async (_, __, text) => {
      expect(await decide(text)).toMatchObject({ decision: "clarify" });
    },
  );

  it("greets once", async () => {
    const first = await decide("hello");
    const again = await decide(conversation("buyer: hello", `bot: ${first.text}`, "buyer: hello"));
    expect(again.text).not.toBe(first.text);
    expect([say("en", "greeting.a"), say("en", "greeting.b")]).not.toContain(again.text);
  });

  it("words the same thing differently the next time", async () => {
    const first = await decide("what is the weather like on the moon");
    const turns = conversation(
      "buyer: what is the weather like on the moon",
      `bot: ${first.text}`,
      "buyer: who painted the sky",
    );
    const second = await decide(turns);
    if (second.reason === first.reason) expect(second.text).not.toBe(first.text);
  });
});

describe("a message without words", () => {
  const attached = (type: string) => [{ ...conversation("buyer: ")[0]!, attachments: [{ name: "x", type }] }];

  it("a photo alone is thanked for, and asked about", async () => {
    expect(await decide(attached("image/jpeg"))).toMatchObject({
      decision: "clarify",
      text: say("en", "photo.received"),
    });
    expect(await decide(attached("application/pdf"))).toMatchObject({ text: say("en", "file.received") });
  });

  it("an order number alone is asked about, and looked up when the order is the buyer's", async () => {
    expect((await decide("#483920")).text).toBe(say("en", "order.received", { order: "483920" }));
    const told = await decide("order 483920", { describeOrder: async (number) => `${number} is on its way.` });
    expect(told).toMatchObject({ decision: "answer", text: "483920 is on its way." });
    const unknown = await decide("order 483920", { describeOrder: async () => undefined });
    expect(unknown.decision).toBe("hand_off");
  });

  it("nothing at all is answered with nothing", async () => {
    expect(await decide(conversation("buyer: hi", "agent: hello"))).toMatchObject({ decision: "silent" });
    expect((await decide([])).decision).toBe("silent");
  });
});

describe("a hand-off", () => {
  it("outside hours says when the team is back, in the buyer's language", async () => {
    const away = { until: new Date("2026-03-02T08:00:00Z"), timeZone: "Europe/Berlin" };
    const result = await decide("ich möchte mit einem Menschen sprechen", { service: async () => ({ away }) });
    expect(result.text).toContain("Montag");
    expect(result.text).toContain("09:00");
  });

  it("tells where the answer comes when the buyer has left, and does without when it can not be known", async () => {
    const away = { address: "eva@example.com" };
    const result = await decide("human please", { service: async () => ({ away }) });
    expect(result.text).toContain("eva@example.com");
    const unknown = await decide("human please", { service: () => Promise.reject(new Error("down")) });
    expect(unknown).toMatchObject({ decision: "hand_off", reason: "customer_request" });
  });

  it("tells the place in the queue", async () => {
    expect((await decide("human please", { service: async () => ({ queue: 4 }) })).text).toContain("4");
  });
});

it("a reply longer than the channel carries goes to a person", async () => {
  expect(await decide("Can I pay with PayPal?", { maxLength: 10 })).toMatchObject({ decision: "hand_off" });
});

it("words the seller forbids are never sent", async () => {
  expect(await decide("Can I pay with PayPal?", { forbidden: ["paypal"] })).toMatchObject({
    decision: "hand_off",
    reason: "policy_restriction",
  });
});

it("hostile lengths and signs do not stop it", async () => {
  for (const text of ["?".repeat(10_000), "a".repeat(10_000), "\u202e\u0000\ud83d", "((((((((((", "🧿".repeat(3_000)]) {
    expect((await decide(text)).decision).toBeTruthy();
  }
});
