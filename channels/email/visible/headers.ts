import { anyOf, hasAddress, hasDate, hasTime, type Line, phrases, plain } from "./text.ts";

/** The block of "From: … Sent: … To: … Subject: …" that Outlook and its kin put above the history. */
const FROM = phrases("from");
const OTHERS = { to: phrases("to"), cc: phrases("cc"), sent: phrases("sent"), subject: phrases("subject") };
const ALL = [FROM, ...Object.values(OTHERS)].flat().sort((a, b) => b.length - a.length);

const label = (list: readonly string[]) => new RegExp(`^[\\s*_|•]*${anyOf(list)}[\\s*_]*:[\\s*_]*`, "u");
const FROM_LABEL = label(FROM);
const ANY_LABEL = label(ALL);
const LABELS: [string, RegExp][] = [
  ["from", FROM_LABEL],
  ...Object.entries(OTHERS).map(([kind, list]): [string, RegExp] => [kind, label(list)]),
];
/** Any word or two before a colon: a label of a language that the table lacks. */
const UNKNOWN_LABEL = /^[\s*_|]*\p{L}[\p{L}\p{M}.' -]{0,24}[\s*_]*:[\s*_]*\S/u;

const ORIGINAL = phrases("original");
const FORWARDED = phrases("forwarded");
const DASHED_ORIGINAL = new RegExp(`^[\\s>*#|]*[-=_~*]{2,}\\s*${anyOf(ORIGINAL)}[\\s:]*[-=_~*]*\\s*$`, "u");
const DASHED_FORWARDED = new RegExp(
  `^[\\s>*#|]*(?:[-=_~*]{2,}\\s*${anyOf(FORWARDED)}[^-\\n]{0,80}[-=_~*:]*|(?:begin|anfang|début|inicio|inizio|início|początek|начало|başlangıcı|開始|开始)?\\s*${anyOf(FORWARDED)}\\s*:)\\s*$`,
  "u",
);
const DASHED_WORDS = /^\s*[-=]{4,}\s?\p{L}[\p{L}\p{M}' ]{1,40}\s?[-=]{4,}\s*$/u;

/** In a dashed line of few words, with one that says it is an earlier one, it is the heading of another mail. */
const MESSAGE_WORD =
  /^\W*(?:\p{L}+\W){0,3}\p{L}*(?:message|nachricht|meddelelse|melding|meddelande|bericht|messaggio|mensaje|mensagem|wiadomo[śs][ćc]|zpr[áa]va|viesti|e-?mail|сообщение|письмо|mesaj|ileti|pesan|tin nhắn)(?:\W\p{L}+){0,2}\W*$/u;

const EARLIER_WORD =
  /reply|answer|previous|earlier|origin|antwort|ursprüng|vorherig|réponse|précédent|respuesta|anterior|risposta|precedente|resposta|odpowied|poprzedni|původní|ответ|исходн|предыдущ|yan[ıi]t|önceki|svar|vorige|oorspronk|tidligere|föregående|oprindelig|balasan|trả lời/u;

export type Separator = "original" | "forwarded";

/** Whether the line is "-----Original Message-----" or "---------- Forwarded message ---------" in any language. */
export function separatorAt(lines: readonly Line[], at: number): Separator | undefined {
  const line = lines[at];
  if (!line || line.depth > 0 || line.text.length > 160) return undefined;
  const text = plain(line.text);
  if (DASHED_ORIGINAL.test(text)) return "original";
  if (DASHED_FORWARDED.test(text)) return "forwarded";
  if (DASHED_WORDS.test(text)) {
    const next = nextText(lines, at + 1);
    if (next !== undefined && headerBlockEnd(lines, next) !== undefined) return "original";
    if (MESSAGE_WORD.test(text) && EARLIER_WORD.test(text)) return "original";
  }
  return undefined;
}

function nextText(lines: readonly Line[], from: number): number | undefined {
  for (let at = from; at < lines.length && at < from + 4; at++) if (lines[at]!.text.trim() !== "") return at;
  return undefined;
}

const MAX_BLOCK_LINES = 30;

/**
 * The index after the header block that begins at line `from`; undefined when none begins there. A block has two
 * known labels of which one is "From", or three known ones, or three unknown ones with an address and a date.
 * Long lists of recipients wrap, and HTML puts blank lines between the labels.
 */
export function headerBlockEnd(lines: readonly Line[], from: number): number | undefined {
  const first = lines[from];
  if (!first || first.depth > 0) return undefined;
  const firstText = plain(first.text);
  const known = ANY_LABEL.test(firstText);
  if (!known && !UNKNOWN_LABEL.test(firstText)) return undefined;

  const kinds = new Set<string>();
  let unknown = 0;
  let address = false;
  let date = false;
  let time = false;
  let end = from;
  let blanks = 0;
  for (let at = from; at < lines.length && at < from + MAX_BLOCK_LINES; at++) {
    const line = lines[at]!;
    if (line.depth > 0) break;
    const text = plain(line.text);
    if (text.trim() === "") {
      blanks++;
      if (blanks > 1) break;
      continue;
    }
    const kind = LABELS.filter(([, pattern]) => pattern.test(text)).map(([name]) => name);
    if (kind.length > 0) {
      for (const name of kind) kinds.add(name);
    } else if (UNKNOWN_LABEL.test(text) && text.length < 300) {
      unknown++;
    } else if (blanks > 0 || !isContinuation(text, lines[at - 1]?.text ?? "")) {
      break;
    }
    address ||= hasAddress(text);
    date ||= hasDate(text);
    time ||= hasTime(text);
    end = at + 1;
    blanks = 0;
  }
  const labels = labelCount(lines, from, end);
  // "From: Shenzhen, To: Berlin, Date: 5 Aug" is where a parcel goes: a mail has an address, a time or a subject.
  const ofMail = address || (date && time);
  if (kinds.has("from") && FROM_LABEL.test(firstText) && labels >= 2 && ofMail) return end;
  if (known && kinds.has("from") && labels >= 3 && (ofMail || kinds.has("subject"))) return end;
  if (known && kinds.has("sent") && kinds.has("to") && labels === 2 && unknown === 0 && address && date && time)
    return end;
  // A language that the table lacks: "Name <address>" comes first, unlike in a form that a buyer filled in.
  const named = hasAddress(firstText) && /[<[(].*@.*[>\])]\s*$/.test(firstText);
  if (named && labels + unknown >= 3 && unknown <= 4 && date && end - from <= 8) return end;
  return undefined;
}

/** Lines with a known label: one line may carry a word that is "from" in one language and "to" in another. */
function labelCount(lines: readonly Line[], from: number, end: number): number {
  const seen = new Set<string>();
  for (let at = from; at < end; at++) {
    const match = ANY_LABEL.exec(plain(lines[at]!.text));
    if (match) seen.add(match[0].replace(/[\s*_:|]/g, ""));
  }
  return seen.size;
}

/** A wrapped header goes on with further addresses, or after a line that ended in a comma or semicolon. */
function isContinuation(text: string, before: string): boolean {
  return hasAddress(text) || /[,;]\s*$/.test(before) || /^\s{2,}\S/.test(text) || /^[^:]{1,60}>\s*;?$/.test(text);
}
