import type { Locale } from "../../contract/locales.ts";
import { deedsIn, speaksOfCancelling } from "../facts/deeds.ts";
import { contradictions } from "../facts/polarity.ts";
import { legible, sentences } from "../facts/read.ts";
import { requestsForSecrets } from "../facts/secrets.ts";
import { languageOf } from "../text/words.ts";

/** What a reply may rest on: the seller's answers, and facts of an order that the hub told itself. */
export interface Grounds {
  answers: readonly string[];
  /** The state of an order in words, or what a tool found, without what strangers wrote into it. */
  facts: readonly string[];
  /** A tool did something in this turn. */
  acted?: boolean;
}

export type Fault = "claims_action" | "asks_secret" | "opposite";

/**
 * What is wrong with a reply besides its figures: an action that nobody did, a request for a secret, the opposite of
 * an answer. A sentence that stands in an answer word for word is the seller's own.
 */
export function faultOf(text: string, { answers, facts, acted = false }: Grounds, locale: Locale): Fault | undefined {
  const told = answers.map((answer) => legible(answer));
  const own = new Set(told.flatMap((answer) => sentences(answer)));
  const rest = sentences(legible(text)).filter((sentence) => !own.has(sentence));
  const plain = rest.join("\n");

  const known = told.flatMap((answer) => deedsIn(answer));
  const states = facts.map((fact) => legible(fact));
  const cancelled = states.some(speaksOfCancelling);
  for (const { sentence, conditional } of acted ? [] : deedsIn(plain)) {
    if (conditional && known.length > 0) continue;
    if (cancelled && speaksOfCancelling(sentence) && !MONEY.test(sentence)) continue;
    return "claims_action";
  }
  if (requestsForSecrets(plain).length > 0) return "asks_secret";
  if (contradictions(plain, [...told, ...states], languageOf(locale)).length > 0) return "opposite";
  return undefined;
}

/** A cancelled order's money is another matter. */
const MONEY =
  /refund|reimburs|erstatt|reembols|rembours|rimbors|estorn|возврат|вернул|返金|退款|退还|환불|استرداد|zwrot|zwroc|terugbet|iade|คืนเงิน|hoan tien|kembali/u;
