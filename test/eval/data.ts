import { readdirSync, readFileSync } from "node:fs";
import { isLocale, type Locale } from "../../contract/locales.ts";

const FOLDER = new URL("./sets/", import.meta.url);

/** A labelled question. */
export interface Question {
  text: string;
  locale: Locale;
  /** The entries that answer it, in the order asked; empty when none does. */
  labels: string[];
  /** What else it is: a wish for a person, a greeting, thanks. */
  kind: "question" | "multi" | "out_of_scope" | "human" | "hello" | "thanks";
}

/** One entry's examples in one language. */
export interface LabelledEntry {
  id: string;
  examples: string[];
}

export interface LabelledSet {
  locale: Locale;
  entries: LabelledEntry[];
  questions: Question[];
}

/**
 * Reads a set: `# id` starts an entry, plain lines are its examples, lines with `? ` are questions to test with. The
 * entries `-`, `human`, `hello`, `thanks` and `a+b` have questions only.
 */
export function readSet(file: string, locale: Locale): LabelledSet {
  const set: LabelledSet = { locale, entries: [], questions: [] };
  let id = "";
  let entry: LabelledEntry | undefined;
  for (const line of readFileSync(new URL(file, FOLDER), "utf8").split("\n")) {
    if (line.startsWith("# ")) {
      id = line.slice(2).trim();
      entry = undefined;
    } else if (line.startsWith("? ")) {
      set.questions.push({ text: line.slice(2), locale, ...labelOf(id) });
    } else if (line.trim() !== "") {
      if (!entry) {
        entry = { id, examples: [] };
        set.entries.push(entry);
      }
      entry.examples.push(line.trim());
    }
  }
  return set;
}

function labelOf(id: string): Pick<Question, "labels" | "kind"> {
  if (id === "-") return { labels: [], kind: "out_of_scope" };
  if (id === "human" || id === "hello" || id === "thanks") return { labels: [], kind: id };
  const labels = id.split("+");
  return { labels, kind: labels.length > 1 ? "multi" : "question" };
}

/** The support sets, one for each of the product's languages. */
export function supportSets(): LabelledSet[] {
  return readdirSync(FOLDER)
    .map((file) => /^support\.(.+)\.txt$/.exec(file))
    .filter((match) => match !== null)
    .map((match) => {
      const locale = match[1]!;
      if (!isLocale(locale)) throw new Error(`not a product language: ${locale}`);
      return readSet(match[0], locale);
    });
}

/** Lines of a plain list. */
export function readLines(file: string): string[] {
  return readFileSync(new URL(file, FOLDER), "utf8").trim().split("\n");
}
