import type { DecisionSource } from "../contract/bot.ts";
import { type Locale, nearestLocale } from "../contract/locales.ts";
import { check } from "./check.ts";
import { judge, type PartRanking, titleIn, type Verdict } from "./decide.ts";
import type { Knowledge, Ranking } from "./knowledge.ts";
import { type DetectedLanguage, detectLanguage } from "./language/detect.ts";
import { languageOf } from "./text/words.ts";
import type { BotEntry, BotInput, BotResult, BotStep } from "./types.ts";
import { type Understanding, understand } from "./understand/understand.ts";
import { phrase, whenAnswered, write } from "./write.ts";

/** What a model wrote in place of the FAQ's own words; undefined when it failed or had nothing sound to say. */
export interface Written {
  decision: "answer" | "clarify" | "hand_off";
  text: string;
  reason?: Verdict["reason"];
  /** Ids of the entries and tools it rests on. */
  cited?: string[];
  model: string;
  promptVersion: string;
  tokens: number;
}

export interface Writer {
  compose(request: {
    input: BotInput;
    locale: Locale;
    understanding: Understanding;
    ranking: Ranking;
    verdict: Verdict;
    /** The state of the buyer's own order, in words, where it is asked for. */
    status: string | undefined;
    note(step: BotStep["step"], note?: string): void;
  }): Promise<Written | undefined>;
}

export interface Parts {
  knowledge: Knowledge;
  writer?: Writer | undefined;
}

/** As much of one message as is read, in characters of its compatibility form. */
const LONGEST_TEXT = 10_000;

/**
 * The beginning of a text. What counts is its length after folding: one character may become eighteen (U+FDFA), and every
 * later step works on the folded form.
 */
function shortened(text: string): string {
  const begin = text.slice(0, LONGEST_TEXT);
  if (begin.length < LONGEST_TEXT && /^\p{ASCII}*$/u.test(begin)) return begin;
  const folded = begin.normalize("NFKC");
  return (folded.length > LONGEST_TEXT ? folded.slice(0, LONGEST_TEXT) : begin).toWellFormed();
}

/** Decides what to do about the unanswered messages at the end of a conversation. Never rejects. */
export async function decide(given: BotInput, { knowledge, writer }: Parts): Promise<BotResult> {
  const input = { ...given, turns: given.turns.map((turn) => ({ ...turn, text: shortened(turn.text) })) };
  const started = performance.now();
  const steps: BotStep[] = [];
  let since = started;
  const note = (step: BotStep["step"], text?: string) => {
    const now = performance.now();
    steps.push({ step, ms: now - since, ...(text !== undefined && { note: text }) });
    since = now;
  };

  const spoken = openText(input);
  let detected = detectLanguage(spoken, input.hints, knowledge.answerLocales());
  note("language", detected.language);
  const understanding = understand(input, detected);
  note("understand", understanding.only);
  const ranking = await knowledge.rankWith(understanding.asked, languageOf(detected.locale), input.signal);
  detected = byNearest(detected, ranking, input);
  const { locale } = detected;
  const parts: PartRanking[] =
    understanding.questions.length < 2
      ? []
      : understanding.questions.map((text) => ({ text, ranking: knowledge.rank(text, languageOf(locale)) }));
  note("retrieve", `${knowledge.size} entries`);

  const orderNumber = input.proof?.state === "proven" ? input.proof.orderNumber : understanding.orderNumber;
  let status = orderNumber === undefined ? undefined : await orderStatus(input, orderNumber, locale, note);
  const { threshold, proof } = input;
  let verdict = judge(understanding, ranking, parts, {
    threshold,
    locale,
    canLookUp: status !== undefined,
    words: input.handOffWords ?? [],
    ...(proof && { proof: proof.state }),
  });
  const asksForOrder = verdict.decision === "answer" && verdict.answers?.some(({ entry }) => entry.orderStatus);
  if (asksForOrder && orderNumber === undefined) status = await orderStatus(input, undefined, locale, note);
  // With a proof at hand, what looks like a number was its code.
  const numberOnly = understanding.only === "order_number" && !proof;
  const mayProve = asksForOrder || (numberOnly && verdict.decision !== "answer");
  if (
    mayProve &&
    status === undefined &&
    orderNumber !== undefined &&
    (await askForProof(input, orderNumber, locale))
  ) {
    verdict = { decision: "clarify", say: "order.codeSent", open: false };
  } else if (input.describeOrder && status === undefined && numberOnly) {
    // The number leads nowhere: whoever sent it needs somebody who can look further.
    verdict = { decision: "hand_off", reason: "unsupported_request", say: "handoff.unsupported_request", open: false };
  }
  note("decide", verdict.reason ?? verdict.say ?? verdict.decision);
  const written =
    verdict.open && !input.modelFree
      ? await writer?.compose({ input, locale, understanding, ranking, verdict, status, note })
      : undefined;

  let text: string | undefined;
  if (written) {
    verdict = { ...verdict, decision: written.decision, ...(written.reason && { reason: written.reason }) };
    text = written.text;
  } else {
    text = write(input, verdict, locale, orderNumber);
    if (verdict.decision === "answer") {
      text = [text, status].filter((part) => part !== undefined).join("\n\n");
      const failure = check(text, input, { locale });
      note("check", failure);
      if (failure) {
        verdict = { decision: "hand_off", reason: reasonOf(failure), open: false };
        text = phrase(input, locale, `handoff.${verdict.reason}`);
      }
    }
  }
  if (verdict.decision === "hand_off" && text !== undefined) {
    text = [text, ...(await whenAnswered(input, locale))].join("\n\n");
  }
  note("write");
  const cited = written?.cited?.flatMap((id) => ranking.ranked.find(({ entry }) => entry.faqId === id) ?? []);
  if (cited?.length) verdict = { ...verdict, answers: cited };
  const documents = verdict.decision === "answer" ? documentsOf(verdict) : [];
  return {
    language: locale,
    decision: verdict.decision,
    ...(verdict.decision === "hand_off" && verdict.reason && { reason: verdict.reason }),
    confidence: ranking.right,
    sources: sourcesOf(verdict, ranking, locale),
    ...(text !== undefined && { text }),
    ...(documents.length > 0 && { documents }),
    latency: performance.now() - started,
    ...(detected.language && { detected: detected.language }),
    ...(written && { model: written.model, promptVersion: written.promptVersion, tokens: written.tokens }),
    steps,
  };
}

function documentsOf({ answers = [] }: Verdict): string[] {
  return [...new Set(answers.flatMap(({ entry }) => entry.documents ?? []))];
}

/** What the buyer wrote since somebody last answered. */
export function openText({ turns }: BotInput): string {
  const last = turns.findLastIndex((turn) => turn.author === "bot" || turn.author === "user");
  const open = turns.slice(last + 1).filter((turn) => turn.author === "contact");
  return open.map((turn) => turn.text).join("\n");
}

/** An uncertain guess yields to the language of the very question the seller wrote down. */
function byNearest(detected: DetectedLanguage, ranking: Ranking, { hints }: BotInput): DetectedLanguage {
  if (detected.certainty >= 0.35 || !ranking.spoken || (ranking.signals?.neighbour ?? 0) < 0.75) return detected;
  if (languageOf(detected.locale) === ranking.spoken) return detected;
  const tag = [hints.conversationLocale, hints.browserLocale].find(
    (each) => each && languageOf(each) === ranking.spoken,
  );
  const locale = nearestLocale(tag ?? ranking.spoken);
  return locale ? { locale, language: ranking.spoken, certainty: 0.5, foreign: false } : detected;
}

async function orderStatus(
  { describeOrder }: BotInput,
  orderNumber: string | undefined,
  locale: Locale,
  note: (step: BotStep["step"], text?: string) => void,
): Promise<string | undefined> {
  if (!describeOrder) return undefined;
  try {
    return await describeOrder(orderNumber, locale);
  } catch {
    return undefined;
  } finally {
    note("tool", "order");
  }
}

async function askForProof({ proveOrder }: BotInput, orderNumber: string, locale: Locale): Promise<boolean> {
  try {
    return (await proveOrder?.(orderNumber, locale)) ?? false;
  } catch {
    return false;
  }
}

function reasonOf(failure: NonNullable<ReturnType<typeof check>>) {
  if (failure === "repeats") return "repeated" as const;
  if (failure === "forbidden") return "policy_restriction" as const;
  if (failure === "empty") return "tool_failure" as const;
  return "unsupported_request" as const;
}

function sourcesOf(verdict: Verdict, ranking: Ranking, locale: Locale): DecisionSource[] {
  const top = ranking.ranked[0];
  if (!top) return [];
  const chosen = verdict.answers ?? verdict.options ?? [];
  const rest = ranking.ranked.filter(({ entry }) => !chosen.some((each) => each.entry.faqId === entry.faqId));
  return [...chosen, ...rest].map(({ entry, score }) =>
    sourceOf(entry, Math.max(0, Math.min(1, (ranking.right * score) / Math.max(top.score, 1e-9))), locale),
  );
}

/** An entry as a decision names it. */
export function sourceOf(entry: BotEntry, score: number, locale: Locale): DecisionSource {
  const title = titleIn(entry, locale) ?? Object.values(entry.questions).flat()[0];
  return {
    faqId: entry.faqId,
    ...(entry.externalId !== undefined && { externalId: entry.externalId }),
    score,
    ...(title !== undefined && { title }),
  };
}
