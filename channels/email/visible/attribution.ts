import { anyOf, hasAddress, hasDate, hasTime, type Line, phrases, plain } from "./text.ts";

/** The line before a quote: "On 5 Aug 2024, at 10:12, Ana <ana@…> wrote:", wrapped over as many lines as programs do. */
const MAX_LINES = 6;
const MAX_LENGTH = 420;

const OPENERS = phrases("openers");
const VERBS = phrases("verbs");
const LATIN = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}]$/u;

// Words of alphabetic scripts must stand alone; Chinese, Japanese, Korean and Thai write without blanks.
const bounded = (list: readonly string[]) => list.filter((word) => LATIN.test(word));
const unbounded = (list: readonly string[]) => list.filter((word) => !LATIN.test(word));
const OPENER = new RegExp(
  `^(?:${anyOf(bounded(OPENERS))}(?![\\p{L}\\p{N}])|${anyOf([...unbounded(OPENERS), "في"])})`,
  "u",
);
const VERB = new RegExp(`(?<!\\p{L})${anyOf(bounded(VERBS))}(?!\\p{L})|${anyOf(unbounded(VERBS))}`, "u");
/** Says the same at the very end, where some programs leave out the colon. */
const VERB_AT_END = new RegExp(`(?:(?<!\\p{L})${anyOf(bounded(VERBS))}|${anyOf(unbounded(VERBS))})\\W{0,4}$`, "u");

const ENDS_WITH_COLON = /[:：][\s>*_"')\]]{0,4}$/;
/** "Ana Ruiz wrote on Monday, 5 August 2024 10:12:00 CEST:", as KMail puts it. */
const WRITER_THEN_VERB = new RegExp(`^(?:\\p{Lu}[\\p{L}.'-]*\\s+){1,4}${anyOf(bounded(VERBS))}(?!\\p{L})`, "u");
const STARTS_WITH_DATE =
  /^\W{0,3}(?:\d{1,4}\s?[./年년-]|\d{1,2}\s|\p{L}{1,12}[.,]{0,2}\s+(?:de\s+)?\d{1,2}\b|\p{L}{2,14},?\s+\p{L}{3,12}\.?\s+\d{1,2}\b|\p{L}{1,14}[.,]{0,2}\s+\d{1,2}[./-])/u;
const STARTS_WITH_WRITER =
  /^\W{0,2}(?:[^<>()[\]:]{0,80}[<([]\s*(?:mailto:)?[^\s<>()[\]]+@[^\s<>()[\]]+[>)\]]|[^\s<>()]+@[^\s<>()]+)/u;

function startsLikeAttribution(text: string): boolean {
  const opener = OPENER.exec(text);
  if (opener && hasDateSoon(text.slice(opener[0].length))) return true;
  return STARTS_WITH_DATE.test(text) || STARTS_WITH_WRITER.test(text);
}

/** A date, a weekday or a writer's address follows the opener closely, unlike in "On the blue one I wrote:". */
function hasDateSoon(rest: string): boolean {
  const near = rest.slice(0, 90);
  return hasDate(near) || hasTime(near) || (/\d/.test(near.slice(0, 40)) && hasAddress(rest));
}

/** Several blanks or wrapped lines as one, the marks that converters put around bold and links removed. */
function tidy(text: string): string {
  return (
    plain(text)
      .replace(/[*_]{1,2}(?=\S)|(?<=\S)[*_]{1,2}/g, "")
      .replace(/<mailto:([^>]*)>/g, "<$1>")
      .replace(/\s+/g, " ")
      .trim()
      // Zoho and others draw a rule around it: "---- On … wrote ----".
      .replace(/^[-=]{2,}\s?(.*[^\s:-])\s?[-=]{2,}$/, "$1:")
  );
}

/** Somebody who tells what they wrote themselves: "On 12.03. at 10:00 I wrote to you:". */
const FIRST_PERSON = new RegExp(
  `(?<![\\p{L}'])${anyOf(["i", "we", "ich", "wir", "je", "j'ai", "nous", "yo", "eu", "nós", "ik", "wij", "я", "мы", "tôi", "mình", "saya", "kami", "ben", "biz"])}(?![\\p{L}'.])|我|私|僕|제가|내가|저는|ผม|ฉัน`,
  "u",
);
const THE_FOLLOWING =
  /^\W*(?:the following|folgendes|ce qui suit|lo siguiente|quanto segue|o seguinte|het volgende|следующее|co następuje)\W*$/u;

/**
 * With no quote below and no address in it, only a line that names a writer and says nothing else is one: what follows
 * is lost otherwise.
 */
function namesWriterAlone(text: string): boolean {
  const line = tidy(text);
  if (FIRST_PERSON.test(line)) return false;
  const shown = text.replace(/\s+/g, " ").trim();
  // Scripts with capitals have one in a name, be it only an initial.
  if (/\p{Ll}/u.test(shown) && !/(?<=\s|["'(])\p{Lu}/u.test(shown)) return false;
  const last = [...line.matchAll(new RegExp(VERB, "gu"))].at(-1);
  if (!last) return true;
  const rest = line.slice(last.index + last[0].length);
  const after = shown.slice(-rest.length || shown.length);
  return rest.trim() === "" || THE_FOLLOWING.test(rest) || !/^\W*\p{Ll}{2,}/u.test(after);
}

/** Whether one text, its lines already joined, is an attribution. `quoteFollows`: `>` lines come right after it. */
export function isAttribution(text: string, quoteFollows: boolean): boolean {
  if (text.length > MAX_LENGTH) return false;
  const line = tidy(text);
  if (line === "") return false;
  const colon = ENDS_WITH_COLON.test(line);
  const date = hasDate(line);
  if (!colon && !(quoteFollows && (VERB_AT_END.test(line) || (date && hasAddress(line))))) return false;
  const verb = VERB.test(line);
  const address = hasAddress(line);
  const writerFirst = verb && date && colon && WRITER_THEN_VERB.test(text.trim()) && hasTime(line);
  if (!quoteFollows && !address && !writerFirst && !namesWriterAlone(text)) return false;
  if (startsLikeAttribution(line)) {
    if (verb && (date || address)) return true;
    // Russian, Japanese and Yandex attributions have no verb: the date, the writer and the colon are all there is.
    if (date && address && colon) return true;
    if (date && hasTime(line) && colon && quoteFollows) return true;
  }
  if (writerFirst) return true;
  // Old Gmail: the date and the writer, nothing else: "2024/8/5 Ana Ruiz <ana@…>".
  if (quoteFollows && date && STARTS_WITH_DATE.test(line) && /<[^<>\s]+@[^<>\s]+>:?$/.test(line) && line.length <= 120)
    return true;
  // Horde and others name the writer alone: "Quoting Ana <ana@…>:".
  if (quoteFollows && address && colon && line.split(" ").length <= 8) return true;
  if (!verb && !(address && date)) return false;
  if (quoteFollows) return line.length <= 200 && (date || address || line.split(" ").length <= 12);
  // Writer first, then date and verb: "Ana 于2024年8月5日周一 10:12写道：", "Ana, 5 Ağu 2024 tarihinde şunu yazdı:".
  return verb && date && hasTime(line) && VERB_AT_END.test(line) && line.split(" ").length <= 24;
}

/**
 * The attribution that begins at line `from`, as the index after its last line; undefined when none begins there.
 * Only unquoted lines can be one.
 */
export function attributionEnd(lines: readonly Line[], from: number): number | undefined {
  const first = lines[from];
  if (!first || first.depth > 0) return undefined;
  if (first.hint === "attribution") return from + 1;
  if (/[:：]\s*>/.test(first.text)) {
    const head = first.text.slice(0, first.text.search(/[:：]\s*>/) + 1);
    if (isAttribution(head, true)) return from + 1;
  }
  const starts = tidy(first.text.slice(0, MAX_LENGTH));
  if (starts === "") return undefined;
  const wraps = startsLikeAttribution(starts) || OPENER.test(starts);
  let joined = "";
  for (let at = from; at < lines.length && at < from + (wraps ? MAX_LINES : 1); at++) {
    const line = lines[at]!;
    if (line.depth > 0 || line.text.trim() === "") return undefined;
    joined = joined === "" ? line.text.trim() : `${joined} ${line.text.trim()}`;
    if (joined.length > MAX_LENGTH) return undefined;
    const next = lines.slice(at + 1, at + 4).find((candidate) => candidate.text.trim() !== "");
    if (isAttribution(joined, next !== undefined && next.depth > 0)) return at + 1;
  }
  return undefined;
}

const OPENER_INSIDE = new RegExp(`(?<=[\\s.!?…)-])${anyOf(bounded(OPENERS))}(?=\\s)`, "giu");

/**
 * "It has not come. On Mon, Aug 5, 2024 … wrote:" in one line, which some programs make of two: where the second begins.
 * Undefined where the line is one or the other. Only before a quote.
 */
export function attributionInside(text: string): number | undefined {
  if (text.length > MAX_LENGTH || !ENDS_WITH_COLON.test(text)) return undefined;
  for (const match of text.matchAll(OPENER_INSIDE)) {
    const head = text.slice(0, match.index).trimEnd();
    const tail = text.slice(match.index);
    // "Shop on Mon, Aug 5 wrote:" begins with the writer: no sentence ends before it, and no capital begins a new one.
    if (!/(?:[.!?…)]|-{2,})$/.test(head) && !/^\p{Lu}/u.test(tail)) continue;
    const opener = OPENER.exec(tidy(tail));
    if (opener && hasDateSoon(tidy(tail).slice(opener[0].length)) && isAttribution(tail, true)) return match.index;
  }
  return undefined;
}
