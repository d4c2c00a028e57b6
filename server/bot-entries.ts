import type { BotEntry } from "../bot/index.ts";
import type { HandOffTopic } from "../contract/bot.ts";
import { LOCALES, type Locale, type Localized } from "../contract/locales.ts";
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

/**
 * A document as the bot learns it: asked for by its title and by what buyers call its products, in every language, since
 * who finds no file in theirs gets the one there is.
 */
export function documentEntry(translate: Translate, document: DocumentRecord, shopLocale: Locale): BotEntry {
  const { title, kind, products } = document;
  const names = products.length > 0 ? products : [title];
  const main = new Set([...(Object.keys(document.files) as Locale[]), shopLocale]);
  const questions: Localized<string[]> = {};
  const answers: Localized = {};
  for (const locale of LOCALES) {
    // In other languages one way to ask is enough to be found by: names are the same in all.
    const asked = (main.has(locale) ? names : names.slice(0, 1)).map((product) =>
      translate(locale, `bot:document.ask.${kind}`, { product }),
    );
    questions[locale] = main.has(locale) ? [title, ...asked] : asked;
    answers[locale] = translate(locale, "bot:document.here", { title });
  }
  const id = document._id.toHexString();
  return { faqId: `document:${id}`, questions, answers, documents: [id], names };
}

/** A subject for people as the bot learns it. */
export function topicEntry({ name, examples }: HandOffTopic): BotEntry {
  return { faqId: `topic:${name}`, questions: examples, answers: {}, handOff: true };
}
