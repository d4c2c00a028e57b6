import MiniSearch from "minisearch";
import type { Locale } from "../../contract/locales.ts";
import { comparable } from "../text/normalize.ts";
import { languageOf, stems } from "../text/words.ts";
import type { BotEntry } from "../types.ts";
import { Vocabulary } from "./vocabulary.ts";

interface Document {
  id: string;
  faqId: string;
  questions: string;
  answer: string;
}

/** An entry the words point to, with its BM25 score. */
export interface LexicalHit {
  faqId: string;
  score: number;
}

/** Entries a search term may bring in; terms in more entries than that tell little and cost much. */
const TERM_BUDGET = 600;

/**
 * BM25 over question variants and answers, one document per entry and language, always up to date: it answers for an
 * entry from the moment it is saved, before any training. Typo tolerant for words nobody used.
 */
export class LexicalIndex {
  private readonly vocabulary = new Vocabulary();
  private readonly documents = new Map<string, Document[]>();
  private readonly index = new MiniSearch<Document>({
    fields: ["questions", "answer"],
    storeFields: ["faqId"],
    tokenize: (text) => (text === "" ? [] : text.split(" ")),
    processTerm: (term) => term || null,
    autoVacuum: true,
  });

  add(entry: BotEntry): void {
    this.remove(entry.faqId);
    const documents = documentsOf(entry);
    this.documents.set(entry.faqId, documents);
    for (const document of documents) {
      for (const term of termsOf(document)) this.vocabulary.add(term);
    }
    this.index.addAll(documents);
  }

  remove(faqId: string): void {
    const documents = this.documents.get(faqId);
    if (!documents) return;
    this.documents.delete(faqId);
    for (const document of documents) {
      for (const term of termsOf(document)) this.vocabulary.remove(term);
    }
    this.index.discardAll(documents.map((document) => document.id));
  }

  /** The FAQ's word for a stem, where that is misspelled or inflected in a way the stemmer does not know. */
  spell(stem: string): string {
    return this.vocabulary.nearest(stem) ?? stem;
  }

  /** Best entries for a text, best first. `language` is ISO 639-1. */
  search(text: string, language: string, limit: number): LexicalHit[] {
    const found = new Set<string>();
    for (const term of stems(comparable(text), language)) found.add(this.vocabulary.nearest(term) ?? "");
    found.delete("");
    const known = [...found].sort((a, b) => this.vocabulary.count(a) - this.vocabulary.count(b));
    let budget = TERM_BUDGET;
    const terms = known.filter((term, at) => {
      budget -= this.vocabulary.count(term);
      return at === 0 || budget >= 0;
    });
    if (terms.length === 0) return [];
    const best = new Map<string, number>();
    for (const hit of this.index.search(terms.join(" "), { boost: { questions: 2 } })) {
      const faqId = hit.faqId as string;
      best.set(faqId, (best.get(faqId) ?? 0) + hit.score);
    }
    return [...best]
      .map(([faqId, score]) => ({ faqId, score }))
      .sort((a, b) => b.score - a.score)
      .slice(0, limit);
  }
}

function documentsOf(entry: BotEntry): Document[] {
  const locales = new Set([...Object.keys(entry.questions), ...Object.keys(entry.answers)]) as Set<Locale>;
  return [...locales].map((locale) => {
    const language = languageOf(locale);
    const questions = (entry.questions[locale] ?? []).join("\n");
    return {
      id: `${entry.faqId} ${locale}`,
      faqId: entry.faqId,
      questions: stems(comparable(questions), language).join(" "),
      answer: stems(comparable(entry.answers[locale] ?? ""), language).join(" "),
    };
  });
}

function termsOf(document: Document): Set<string> {
  return new Set(`${document.questions} ${document.answer}`.split(" "));
}
