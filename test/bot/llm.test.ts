import { afterEach, describe, expect, it } from "vitest";
import type { Bot, BotTool } from "../../bot/index.ts";
import { Budget, CircuitBreaker } from "../../bot/llm/limits.ts";
import { createMask } from "../../bot/llm/mask.ts";
import type { LlmOptions } from "../../bot/llm/options.ts";
import { type LlmServer, type ScriptedReply, startLlmServer } from "../support/llm-server.ts";
import { conversation, input, SHOP, say, shopBot } from "./support.ts";

let server: LlmServer | undefined;
let bot: Bot | undefined;
afterEach(async () => {
  await bot?.close();
  await server?.close();
  bot = undefined;
  server = undefined;
});

async function modelBot(script: Parameters<typeof startLlmServer>[0], options: Partial<LlmOptions> = {}): Promise<Bot> {
  server = await startLlmServer(script);
  const llm = { baseURL: server.baseURL, apiKey: "key", model: "scripted", ...options };
  bot = await shopBot({ training: false, llm });
  return bot;
}

const GOOD = {
  tool: "reply",
  args: { text: "You can pay by credit card or with PayPal, we accept both.", sources: ["payment"] },
} satisfies ScriptedReply;
const FAQ_TEXT = "We accept credit cards and PayPal.";
const QUESTION = "Can I pay with PayPal?";

describe("with a model", () => {
  it("the buyer gets the model's wording, with model, prompt version and tokens recorded", async () => {
    const result = await (await modelBot([GOOD])).decide(input(QUESTION));
    expect(result).toMatchObject({ decision: "answer", text: GOOD.args.text, model: "scripted-model-1", tokens: 100 });
    expect(result.promptVersion).toBeTruthy();
    expect(server?.calls[0]?.authorization).toBe("Bearer key");
  });

  it("the state of the buyer's own order is a source like the others", async () => {
    const told = "Your order 48392 is on its way, tracking LX123456789CN.";
    server = await startLlmServer([{ tool: "reply", args: { text: told, sources: ["order"] } }]);
    const entries = SHOP.map((entry) => (entry.faqId === "where" ? { ...entry, orderStatus: true } : entry));
    bot = await shopBot({ training: false, llm: { baseURL: server.baseURL, model: "scripted" } }, entries);
    const result = await bot.decide(
      input("Where is my order 48392?", {
        describeOrder: async () => "Order 48392 is on its way. The tracking number is LX123456789CN.",
      }),
    );
    expect(result).toMatchObject({ decision: "answer", text: told, model: "scripted-model-1" });
  });

  it("a tool's result can be cited, and the tool gets what the model asked with", async () => {
    const asked: unknown[] = [];
    const tool: BotTool = {
      name: "get_order",
      description: "The buyer's order",
      parameters: { type: "object", properties: { number: { type: "string" } } },
      run: async (args) => {
        asked.push(args);
        return { status: "shipped", arrives: "24 November", tracking: "LX123456789CN" };
      },
    };
    const script: ScriptedReply[] = [
      { tool: "get_order", args: { number: "48392" } },
      {
        tool: "reply",
        args: {
          text: "Your order is shipped, tracking LX123456789CN, and arrives 24 November.",
          sources: ["get_order"],
        },
      },
    ];
    const result = await (await modelBot(script)).decide(input("what about order 48392", { tools: [tool] }));
    expect(result.text).toContain("LX123456789CN");
    expect(result).toMatchObject({ decision: "answer", tokens: 200 });
    expect(asked).toEqual([{ number: "48392" }]);
  });

  it("it can search the FAQ by other words", async () => {
    const script: ScriptedReply[] = [
      { tool: "search_faq", args: { query: "size chart" } },
      { tool: "reply", args: { text: "You find the size chart on every product page.", sources: ["size"] } },
    ];
    const result = await (await modelBot(script)).decide(input("i am between m and l"));
    expect(result).toMatchObject({ decision: "answer", text: "You find the size chart on every product page." });
  });

  it("it can ask back once, and bring a person", async () => {
    const asks = await modelBot([{ tool: "ask_back", args: { text: "Which product do you mean?" } }]);
    expect(await asks.decide(input("is it ok"))).toMatchObject({
      decision: "clarify",
      text: "Which product do you mean?",
    });
    await asks.close();
    await server?.close();
    const gives = await modelBot([{ tool: "hand_off", args: { reason: "unsupported_request" } }]);
    expect(await gives.decide(input("please cancel it"))).toMatchObject({
      decision: "hand_off",
      reason: "unsupported_request",
      text: say("en", "handoff.unsupported_request"),
    });
  });

  it("it is not asked when a person is wanted", async () => {
    await (await modelBot([GOOD])).decide(input("I want to talk to a human"));
    expect(server?.calls).toEqual([]);
  });

  it("it never sees card, phone, mail and identity numbers, which return in the answer where they belong", async () => {
    const text = "Where is my refund? Card 4111 1111 1111 1111, call +49 170 1234567, ana@example.com";
    const script: ScriptedReply[] = [
      {
        tool: "reply",
        args: {
          text: "Refunds reach your account within 5 days after the return has arrived, we write to [EMAIL_1].",
          sources: ["refund"],
        },
      },
    ];
    const result = await (await modelBot(script)).decide(input(text));
    const sent = JSON.stringify(server?.calls[0]?.body);
    for (const secret of ["4111", "1234567", "ana@example.com"]) expect(sent).not.toContain(secret);
    expect(result.text).toContain("ana@example.com");
  });
});

describe("the FAQ's own words follow when the model", () => {
  const faults: [string, ScriptedReply[]][] = [
    ["answers 500", [{ status: 500 }]],
    ["answers 429", [{ status: 429 }]],
    ["refuses the key", [{ status: 401 }]],
    ["never answers", [{ hang: true }]],
    ["cuts the answer", [{ cut: true }]],
    ["sends no JSON", [{ garbage: "<html>Bad gateway</html>" }]],
    ["sends other JSON", [{ json: { hello: "world" } }]],
    ["sends null for a message", [{ json: { choices: [{ message: null }] } }]],
    ["sends 100,000 tokens", [{ flood: 100_000 }]],
    ["sends a million tokens", [{ flood: 1_000_000 }]],
    ["talks instead of using a tool", [{ content: "Sure, PayPal is fine!" }]],
    ["calls an unknown tool", [{ tool: "refund_everything", args: {} }]],
    ["calls a tool of the prototype", [{ tool: "constructor", args: {} }]],
    ["writes broken arguments", [{ tool: "reply", rawArgs: '{"text": "PayPal is' }]],
    ["writes wrong arguments", [{ tool: "reply", args: { text: 7 } }]],
    ["searches without end", [{ tool: "search_faq", args: { query: "paypal" } }]],
    ["cites no source", [{ tool: "reply", args: { text: "We accept credit cards and PayPal.", sources: [] } }]],
    ["cites what it was not given", [{ tool: "reply", args: { text: "We accept PayPal.", sources: ["secret"] } }]],
    ["invents an amount", [{ tool: "reply", args: { text: "PayPal costs 3 EUR extra.", sources: ["payment"] } }]],
    [
      "invents a link",
      [{ tool: "reply", args: { text: "Pay with PayPal at https://evil.example", sources: ["payment"] } }],
    ],
    [
      "answers in another language",
      [{ tool: "reply", args: { text: "Aceptamos tarjetas de crédito y también PayPal.", sources: ["payment"] } }],
    ],
    [
      "promises a refund",
      [{ tool: "reply", args: { text: "We accept PayPal and you get a full refund.", sources: ["payment"] } }],
    ],
  ];
  it.each(faults)("%s", async (_, script) => {
    const own = await modelBot(script, { timeout: 400 });
    const result = await own.decide(input(QUESTION));
    expect(result).toMatchObject({ decision: "answer", text: FAQ_TEXT });
    expect(result.model).toBeUndefined();
  });

  it("is out of reach, and a person when the FAQ has no answer either", async () => {
    bot = await shopBot({ llm: { baseURL: "http://127.0.0.1:9/v1", model: "m", timeout: 500 } });
    expect(await bot.decide(input(QUESTION))).toMatchObject({ decision: "answer", text: FAQ_TEXT });
    expect(await bot.decide(input("who painted that chapel ceiling back then"))).toMatchObject({
      decision: "hand_off",
    });
  });

  it("calls a tool that fails or hangs", async () => {
    const failing = (run: BotTool["run"]): BotTool => ({ name: "get_order", description: "", parameters: {}, run });
    const own = await modelBot((_, number) => (number === 1 ? GOOD : { tool: "get_order", args: {} }), {
      timeout: 400,
    });
    const thrown = failing(async () => {
      throw new Error("database password is hunter2");
    });
    expect((await own.decide(input(QUESTION, { tools: [thrown] }))).decision).toBe("answer");
    expect(JSON.stringify(server?.calls)).not.toContain("hunter2");
    const hanging = failing(() => new Promise(() => undefined));
    expect(await own.decide(input(QUESTION, { tools: [hanging] }))).toMatchObject({ text: FAQ_TEXT });
  });
});

it("a busy server is asked again", async () => {
  const own = await modelBot([{ status: 429 }, { status: 503 }, GOOD]);
  expect((await own.decide(input(QUESTION))).model).toBe("scripted-model-1");
  expect(server?.calls.length).toBe(3);
});

it("a server that keeps failing is left alone for a while", async () => {
  const own = await modelBot([{ status: 500 }]);
  for (let at = 0; at < 4; at++) await own.decide(input(QUESTION));
  const calls = server?.calls.length;
  expect(calls).toBeLessThan(7);
  await own.decide(input(QUESTION));
  expect(server?.calls.length).toBe(calls);
});

it("when the day's tokens are used, the bot keeps to the FAQ", async () => {
  const own = await modelBot([GOOD], { dailyTokens: 150 });
  expect((await own.decide(input(QUESTION))).model).toBeTruthy();
  expect((await own.decide(input("do you take credit cards"))).model).toBeTruthy();
  expect((await own.decide(input("which payment methods do you accept"))).model).toBeUndefined();
  expect(server?.calls.length).toBe(2);
});

it("a caller who gives up ends the call to the model", async () => {
  const own = await modelBot([{ hang: true }]);
  const giveUp = new AbortController();
  const deciding = own.decide(input(QUESTION, { signal: giveUp.signal }));
  giveUp.abort();
  expect(await deciding).toMatchObject({ text: FAQ_TEXT });
});

it("an earlier reply is not repeated by the model", async () => {
  const turns = conversation(
    `buyer: ${QUESTION}`,
    `bot: ${GOOD.args.text}`,
    "buyer: and which payment methods are there",
  );
  const result = await (await modelBot([GOOD])).decide(input(turns));
  expect(result.text).not.toBe(GOOD.args.text);
});

describe("limits", () => {
  it("the breaker opens after failures, lets one trial through, and closes on success", () => {
    let now = 0;
    const breaker = new CircuitBreaker({ now: () => now, limit: 2, pause: 100 });
    breaker.failed();
    expect(breaker.allows()).toBe(true);
    breaker.failed();
    expect(breaker.allows()).toBe(false);
    now = 101;
    expect([breaker.allows(), breaker.allows()]).toEqual([true, false]);
    breaker.succeeded();
    expect(breaker.allows()).toBe(true);
  });

  it("the budget starts anew each day", () => {
    let now = Date.UTC(2026, 0, 1, 23);
    const budget = new Budget(100, () => now);
    budget.spend(120);
    expect(budget.left()).toBe(-20);
    now += 2 * 3_600_000;
    expect(budget.left()).toBe(100);
  });
});

describe("masking", () => {
  it.each([
    ["card 5500-0000-0000-0004 please", "card [CARD_1] please"],
    ["mail me: jürgen.müller@firma.de!", "mail me: [EMAIL_1]!"],
    ["IBAN DE89 3704 0044 0532 0130 00", "IBAN [ACCOUNT_1]"],
    ["SSN 078-05-1120", "SSN [ID_1]"],
    ["身份证 11010519491231002X", "身份证 [ID_1]"],
    ["call 0170 123 4567 or +1 (415) 555-2671", "call [PHONE_1] or [PHONE_2]"],
  ])("%s", (text, hidden) => {
    const mask = createMask();
    expect(mask.hide(text)).toBe(hidden);
    expect(mask.reveal(hidden)).toBe(text);
  });

  it.each(["order 4839201 of 12.05.2026", "tracking LX123456789CN", "it costs 1,299.00 EUR", "size 38-40"])(
    "leaves what is not personal: %s",
    (text) => expect(createMask().hide(text)).toBe(text),
  );
});
