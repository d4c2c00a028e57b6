import type { BotEntry } from "../bot/index.ts";
import type { HandOffTopic } from "../contract/bot.ts";
import type { Locale, Localized } from "../contract/locales.ts";
import type { Translate } from "./i18n.ts";
import type { DocumentRecord, FaqRecord } from "./records.ts";

/** An FAQ entry as the bot learns it. */
export function entryOf(
  faq: Pick<FaqRecord, "_id" | "questions" | "answers" | "externalId" | "orderStatus" | "documents">,
): BotEntry {
  return {
    faqId: faq._id.toHexString(),
    questions: faq.questions,
    answers: faq.answers,
    ...(faq.externalId !== undefined && { externalId: faq.externalId }),
    ...(faq.orderStatus && { orderStatus: true }),
    ...(faq.documents?.length && { documents: faq.documents }),
  };
}

/** A document as the bot learns it: asked for by its title and by what buyers call its products. */
export function documentEntry(translate: Translate, document: DocumentRecord, shopLocale: Locale): BotEntry {
  const { title, kind, products } = document;
  const locales = new Set([...(Object.keys(document.files) as Locale[]), shopLocale, "en" as const]);
  const questions: Localized<string[]> = {};
  const answers: Localized = {};
  for (const locale of locales) {
    const names = products.length > 0 ? products : [title];
    const asked = names.map((product) => translate(locale, `bot:document.ask.${kind}`, { product }));
    questions[locale] = [title, ...asked];
    answers[locale] = translate(locale, "bot:document.here", { title });
  }
  const id = document._id.toHexString();
  return {
    faqId: `document:${id}`,
    questions,
    answers,
    documents: [id],
    names: products.length > 0 ? products : [title],
  };
}

/** A subject for people as the bot learns it. */
export function topicEntry({ name, examples }: HandOffTopic): BotEntry {
  return { faqId: `topic:${name}`, questions: examples, answers: {}, handOff: true };
}
