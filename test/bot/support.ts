import { readFileSync } from "node:fs";
import { type Bot, type BotEntry, type BotInput, type BotOptions, type BotTurn, createBot } from "../../bot/index.ts";
import type { Locale } from "../../contract/locales.ts";

const texts = new Map<Locale, Record<string, unknown>>();

/** The shipped texts of `locales/<lang>/bot.json`, filled in as the server does. */
export function say(locale: Locale, key: string, params: Record<string, unknown> = {}): string {
  let all = texts.get(locale);
  if (!all) {
    const file = new URL(`../../locales/${locale}/bot.json`, import.meta.url);
    all = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    texts.set(locale, all);
  }
  let node: unknown = all;
  for (const part of key.split(".")) node = (node as Record<string, unknown> | undefined)?.[part];
  if (typeof node !== "string") throw new Error(`no text ${key} in ${locale}`);
  return node.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(params[name] ?? ""));
}

/** A conversation from lines: `buyer: …`, `bot: …`, `agent: …`, and `bot(faq): …` for an answer from an entry. */
export function conversation(...lines: string[]): BotTurn[] {
  return lines.map((line, at) => {
    const [, who, faqId, text] = /^(buyer|bot|agent|system)(?:\((.+?)\))?: ?(.*)$/s.exec(line) ?? [];
    const author = who === "buyer" ? "contact" : who === "agent" ? "user" : who;
    if (!author) throw new Error(`who says "${line}"?`);
    return {
      seq: at + 1,
      author: author as BotTurn["author"],
      text: text ?? "",
      attachments: [],
      at: new Date(Date.UTC(2026, 0, 1, 12, at)),
      ...(faqId && { faqId }),
    };
  });
}

export function input(turns: BotTurn[] | string, overrides: Partial<BotInput> = {}): BotInput {
  return {
    turns: typeof turns === "string" ? conversation(`buyer: ${turns}`) : turns,
    hints: { workspaceLocale: "en" },
    threshold: 0.4,
    say,
    ...overrides,
  };
}

/** A small shop's FAQ. */
export const SHOP: BotEntry[] = [
  {
    faqId: "where",
    externalId: "faq-where",
    questions: {
      en: ["Where is my order?", "How can I track my parcel?", "Where do I find my tracking number?"],
      es: ["¿Dónde está mi pedido?", "¿Cómo puedo rastrear mi paquete?"],
      "zh-CN": ["我的订单在哪里？", "怎么查询快递物流？"],
    },
    answers: {
      en: "Open the link in your shipping mail to follow your parcel.",
      es: "Abre el enlace del correo de envío para seguir tu paquete.",
      "zh-CN": "请打开发货邮件中的链接查询包裹。",
    },
  },
  {
    faqId: "return",
    questions: {
      en: ["How do I return an item?", "I want to send a product back", "What are the steps for a return?"],
      es: ["¿Cómo devuelvo un artículo?", "Quiero devolver un producto"],
      "zh-CN": ["怎么退货？", "我想把商品退回去"],
    },
    answers: {
      en: "Start the return in your account within 30 days and send the item back with the label.",
      es: "Inicia la devolución en tu cuenta en un plazo de 30 días.",
      "zh-CN": "请在30天内在您的账户中申请退货。",
    },
  },
  {
    faqId: "refund",
    questions: {
      en: ["When will I get my refund?", "How long does a refund take?", "My money is not back yet"],
      es: ["¿Cuándo recibiré mi reembolso?", "¿Cuánto tarda el reembolso?"],
    },
    answers: {
      en: "Refunds reach your account within 5 days after the return has arrived at our warehouse.",
      es: "El reembolso llega a tu cuenta en 5 días después de recibir la devolución.",
    },
  },
  {
    faqId: "payment",
    questions: {
      en: ["Which payment methods do you accept?", "Can I pay with PayPal?", "Do you take credit cards?"],
      es: ["¿Qué métodos de pago aceptan?"],
    },
    answers: { en: "We accept credit cards and PayPal.", es: "Aceptamos tarjetas de crédito y PayPal." },
  },
  {
    faqId: "size",
    questions: { en: ["Which size should I choose?", "Do you have a size chart?", "Does it run small or large?"] },
    answers: { en: "The size chart is on every product page." },
  },
  {
    faqId: "warranty",
    questions: { en: ["How long is the warranty?", "What does the warranty cover?", "Is there a guarantee?"] },
    answers: { en: "Every product has a warranty of two years." },
  },
];

/** A bot that knows the shop, trained. */
export async function shopBot(options: BotOptions = {}, entries: BotEntry[] = SHOP): Promise<Bot> {
  const bot = createBot({ trainingDelay: 0, ...options });
  bot.setEntries(entries);
  await bot.trained();
  return bot;
}
