import { normalize } from "../text/normalize.ts";
import { stems } from "../text/words.ts";
import { clauses, words } from "./read.ts";

const NEGATIONS = new RegExp(
  [
    words(
      [
        "not|cannot|no|never|neither|nor|without|except|excluded|excludes|excluding|impossible|refused|refuse|prohibited|forbidden|unable|isn't|aren't|wasn't|don't|doesn't|didn't|can't|won't|couldn't|cant|wont|dont",
        "nunca|sin|excepto|salvo|ningún|ninguna|tampoco|imposible",
        "ne|pas|jamais|sans|sauf|aucun|aucune|hors|exclu|exclus",
        "nicht|kein|keine|keinen|keiner|keinem|nie|niemals|ohne|außer|ausgeschlossen|ausgenommen|unmöglich",
        "non|mai|senza|tranne|nessun|nessuna|escluso|esclusi",
        "não|nunca|sem|exceto|nenhum|nenhuma|jamais",
        "не|нет|нельзя|без|кроме|никогда|невозможно|исключением",
        "لا|لن|لم|ليس|ليست|غير|بدون|باستثناء|ممنوع|عدا",
        "nie|bez|oprócz|nigdy|żaden|wyjątkiem",
        "niet|geen|nooit|zonder|behalve|uitgesloten",
        "değil|yok|hariç|olmaz|asla",
        "không|chưa|đừng|trừ|ngoại trừ|chẳng",
        "tidak|bukan|tanpa|kecuali|belum|jangan|dilarang",
      ].join("|"),
      { whole: true },
    ),
    "不|没|沒|无法|無法|禁止|勿|除外|ません|ない|できず|不可|できかね|いたしかね|対象外|않|못|없|안 |불가|아닙|제외|ไม่|ห้าม|ยกเว้น",
    "(?<=\\p{L}{2})(?:maz|mez|mazlar|mezler|mıyor|miyor|mayız|meyiz|amıyor|emiyor|amazsınız|emezsiniz|ılamaz|ilemez|lamaz|lemez|namaz|nemez)(?!\\p{L})",
  ].join("|"),
  "gu",
);
/** Says no without denying anything. */
const POLITE =
  /(?<!\p{L})(?:no problem|no more than|no later than|not only|no worries|don't hesitate|do not hesitate|don't worry|no longer than|nicht nur|kein problem|no solo|pas seulement|n'hesitez pas|hesitez pas|no dude|non esitare|nao hesite)(?!\p{L})|不好意思|对不起|對不起|不过|不過|不仅|不僅|不超过|不超過|没问题|沒問題|没关系|沒關係|不同|かもしれません|申し訳ございません|申し訳ありません|すみません|問題ありません|ไม่เกิน|เท่าไหร่/gu;

/** A clause is about the same when so much of it stands in the other. */
const SAME = 0.6;
const MOST = 400;

interface Clause {
  stems: Set<string>;
  denied: boolean;
}

/** Clauses of a legible reply that deny what a source says, or say what a source denies. */
export function contradictions(text: string, sources: readonly string[], language: string): string[] {
  const said = sources
    .flatMap((source) => clauses(source))
    .slice(0, MOST)
    .map((each) => read(each, language));
  return [...new Set(clauses(text))].slice(0, MOST).filter((each) => {
    const own = read(each, language);
    if (own.stems.size < 2) return false;
    let same = 0;
    let opposite = 0;
    for (const other of said) {
      const score = likeness(own, other);
      if (other.denied === own.denied) same = Math.max(same, score);
      else opposite = Math.max(opposite, score);
    }
    return opposite >= SAME && opposite > same;
  });
}

function likeness(one: Clause, other: Clause): number {
  let shared = 0;
  for (const word of one.stems) if (other.stems.has(word)) shared += 1;
  return shared < 2 ? 0 : shared / Math.max(one.stems.size, Math.min(other.stems.size, one.stems.size + 2));
}

function read(clause: string, language: string): Clause {
  const plain = clause.replace(POLITE, " ");
  const denied = plain.search(NEGATIONS) >= 0;
  const short = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;
  const content = stems(normalize(plain.replace(NEGATIONS, " ")), language).filter(
    (word) => word.length >= (short.test(word) ? 2 : 4),
  );
  return { stems: new Set(content), denied };
}
