import type { DecisionKind, HandoffReason } from "../contract/bot.ts";
import type { Locale } from "../contract/locales.ts";
import type { Ranked, Ranking } from "./knowledge.ts";
import { normalize } from "./text/normalize.ts";
import type { BotEntry } from "./types.ts";
import type { Understanding } from "./understand/understand.ts";

/** What to do, before it is put in words. */
export interface Verdict {
  decision: DecisionKind;
  reason?: HandoffReason;
  /** Key of the bot's own text, without its variant. */
  say?: string;
  /** Entries to answer with, in the order asked. */
  answers?: Ranked[];
  /** Entries to choose between. */
  options?: Ranked[];
  /** A model may write instead: nothing but knowledge is missing. */
  open: boolean;
}

/** Each question of a message with its ranking. */
export interface PartRanking {
  text: string;
  ranking: Ranking;
}

/** Turns without an answer after which a person comes. */
const PATIENCE = 2;
/** Confidence from which several questions of one message are answered each by its own entry. */
const EACH = 0.6;
/** The runner-up's share of the best entry's belief from which the two are tied. */
const TIE = 0.7;
/** From this confidence on, a close runner-up does not matter. */
const SURE = 0.75;
/** Below this chance that any entry fits, knowledge is missing rather than certainty. */
const IN_SCOPE = 0.35;

/** Decides from what was understood and found. Every hand-off has its reason. */
export function judge(
  understanding: Understanding,
  ranking: Ranking,
  parts: readonly PartRanking[],
  {
    threshold,
    locale,
    canLookUp,
    words = [],
    proof,
  }: {
    threshold: number;
    locale: Locale;
    canLookUp: boolean;
    /** What the seller wants a person for. */
    words?: readonly string[];
    proof?: "proven" | "wrong" | "spent";
  },
): Verdict {
  const sure = ranking.right >= threshold;
  if (understanding.open.length === 0) return { decision: "silent", open: false };
  if (understanding.wantsHuman) return handOff("customer_request");
  if (proof === "wrong") return { decision: "clarify", say: "order.codeWrong", open: false };
  if (proof === "spent") return handOff("unsupported_request");
  if (proof === "proven") return canLookUp ? { decision: "answer", open: false } : handOff("tool_failure");
  const said = normalize(understanding.text);
  if (words.some((each) => each.trim() !== "" && said.includes(normalize(each)))) return handOff("policy_restriction");
  if (understanding.legalThreat) return handOff("policy_restriction");
  if (understanding.angry) return handOff("sentiment");
  // A greeting is one, unless the seller wrote that very greeting into the FAQ.
  if (understanding.only && !(sure && (ranking.signals?.neighbour ?? 0) > 0.8)) return social(understanding, canLookUp);
  if (understanding.repeated) return handOff("repeated");

  const several = distinct(parts, Math.max(threshold, EACH));
  if (several.length > 1) return answer(several, understanding, locale);
  if (sure && ranking.ranked[0]?.entry.handOff) return handOff("policy_restriction");
  const close = understanding.turnsWithoutProgress < 1 ? options(ranking, threshold, locale) : [];
  if (sure && !(close.length > 1 && tied(ranking))) return answer([ranking.ranked[0]!], understanding, locale);
  if (close.length > 1) {
    return { decision: "offer", say: "didYouMean", options: close, open: true };
  }
  return { ...handOff(ranking.scope < IN_SCOPE ? "missing_knowledge" : "low_confidence"), open: true };
}

function handOff(reason: HandoffReason): Verdict {
  return { decision: "hand_off", reason, say: `handoff.${reason}`, open: false };
}

function social(understanding: Understanding, canLookUp: boolean): Verdict {
  const { only, turnsWithoutProgress, greetedBefore } = understanding;
  const ask = (say: string): Verdict => ({ decision: "clarify", say, open: false });
  if (only === "thanks") return turnsWithoutProgress > 0 ? { decision: "silent", open: false } : ask("thanks");
  if (only === "goodbye") return turnsWithoutProgress > 0 ? { decision: "silent", open: false } : ask("goodbye");
  if (turnsWithoutProgress >= PATIENCE) return handOff("low_confidence");
  switch (only) {
    case "greeting":
      return ask(greetedBefore ? "rephrase" : "greeting");
    case "small_talk":
      return ask(greetedBefore ? "smallTalk" : "greeting");
    case "order_number":
      // A number sent when asked for it leads to what was wanted: a status we can look up, or a person who can.
      if (canLookUp) return { decision: "answer", open: true };
      return turnsWithoutProgress > 0 || greetedBefore
        ? { ...handOff("unsupported_request"), open: true }
        : ask("order.received");
    case "photo":
    case "file":
      return turnsWithoutProgress > 0 ? handOff("unsupported_request") : ask(`${only}.received`);
    default:
      return turnsWithoutProgress > 0 ? handOff("low_confidence") : ask("rephrase");
  }
}

function answer(entries: Ranked[], { answered }: Understanding, locale: Locale): Verdict {
  const fresh = entries.filter(({ entry }) => !answered.has(entry.faqId));
  // The answer is known to the buyer already, and did not help.
  if (fresh.length === 0) return handOff("repeated");
  const written = fresh.filter(({ entry }) => answerIn(entry, locale) !== undefined);
  if (written.length < fresh.length) {
    return { decision: "hand_off", reason: "missing_knowledge", say: "holding", open: true, answers: fresh };
  }
  return { decision: "answer", answers: written, open: true };
}

/** An entry's answer in a language; the two ways to write Chinese stand in for each other. */
export function answerIn(entry: BotEntry, locale: Locale): string | undefined {
  const own = entry.answers[locale]?.trim();
  if (own) return own;
  const sibling = locale === "zh-TW" ? "zh-CN" : locale === "zh-CN" ? "zh-TW" : undefined;
  return (sibling && entry.answers[sibling]?.trim()) || undefined;
}

/** How an entry is shown as a choice: its first question in the reader's language. */
export function titleIn(entry: BotEntry, locale: Locale): string | undefined {
  return entry.questions[locale]?.find((question) => question.trim() !== "")?.trim();
}

function distinct(parts: readonly PartRanking[], needed: number): Ranked[] {
  if (parts.length < 2) return [];
  const found = new Map<string, Ranked>();
  for (const { text, ranking } of parts) {
    const best = ranking.ranked[0];
    if (!best || ranking.right < needed || !/[?？؟]\s*$/.test(text)) continue;
    if (!found.has(best.entry.faqId)) found.set(best.entry.faqId, best);
  }
  return [...found.values()];
}

/** Too close to call, and not sure enough to call it: then the buyer says which of the two it is. */
function tied({ ranked, right }: Ranking): boolean {
  const [first, second] = ranked;
  return right < SURE && first !== undefined && second !== undefined && second.score >= TIE * first.score;
}

/** The two or three entries the question lies between, when it surely is about one of them. */
function options({ ranked, scope }: Ranking, threshold: number, locale: Locale): Ranked[] {
  const top = ranked[0];
  if (!top || scope < Math.max(IN_SCOPE, threshold)) return [];
  const close = ranked.slice(0, 3).filter(({ score }) => score >= 0.4 * top.score);
  const share = close.reduce((sum, { score }) => sum + score, 0);
  if (share * scope < threshold) return [];
  return close.filter(({ entry }) => titleIn(entry, locale) !== undefined && answerIn(entry, locale) !== undefined);
}
