import type { Locale } from "../contract/locales.ts";
import { answerIn, titleIn, type Verdict } from "./decide.ts";
import { similarity } from "./text/similarity.ts";
import type { BotInput } from "./types.ts";

/** Texts with several wordings, in `locales/<lang>/bot.json`; the others have one. */
const VARIANTS: Record<string, string[]> = Object.fromEntries(
  [
    "greeting",
    "thanks",
    "smallTalk",
    "didYouMean",
    "rephrase",
    "holding",
    "handoff.customer_request",
    "handoff.missing_knowledge",
    "handoff.low_confidence",
    "handoff.sentiment",
    "handoff.repeated",
  ].map((key) => [key, ["a", "b"]]),
);

/** One of the bot's own texts, in a wording that was not used in this conversation if there is one. */
export function phrase(input: BotInput, locale: Locale, key: string, params?: Record<string, unknown>): string {
  const said = input.turns.filter((turn) => turn.author === "bot").map((turn) => turn.text);
  const variants = VARIANTS[key];
  if (!variants) return input.say(locale, key, params);
  const start = (input.turns.at(-1)?.seq ?? 0) % variants.length;
  const texts = variants.map((_, at) =>
    input.say(locale, `${key}.${variants[(start + at) % variants.length]}`, params),
  );
  return texts.find((text) => !said.some((earlier) => similarity(earlier, text) > 0.9)) ?? texts[0]!;
}

/** Puts a verdict into words in the buyer's language. Undefined when there is nothing to say. */
export function write(input: BotInput, verdict: Verdict, locale: Locale, orderNumber?: string): string | undefined {
  if (verdict.decision === "silent") return undefined;
  if (verdict.decision === "answer") {
    const answers = (verdict.answers ?? []).map(({ entry }) => answerIn(entry, locale));
    return answers.filter((text) => text !== undefined).join("\n\n") || undefined;
  }
  const params: Record<string, unknown> = {};
  if (orderNumber !== undefined) params.order = orderNumber;
  if (verdict.options) {
    params.options = verdict.options.map(({ entry }, at) => `${at + 1}. ${titleIn(entry, locale)}`).join("\n");
  }
  return phrase(input, locale, verdict.say ?? "handoff.low_confidence", params);
}

/** When a person will read it: the place in the queue, or the team's return. */
export async function whenAnswered({ service, say }: BotInput, locale: Locale): Promise<string[]> {
  const { away, queue } = (await service?.().catch(() => undefined)) ?? {};
  if (away) {
    const elsewhere =
      away.address === undefined ? [] : [say(locale, "outsideHours.byEmail", { address: away.address })];
    if (!away.until) return [say(locale, "outsideHours.unknown"), ...elsewhere];
    const when = new Intl.DateTimeFormat(locale, {
      weekday: "long",
      hour: "numeric",
      minute: "2-digit",
      ...(away.timeZone !== undefined && { timeZone: away.timeZone }),
      timeZoneName: "short",
    }).format(away.until);
    return [say(locale, "outsideHours.known", { when }), ...elsewhere];
  }
  return queue !== undefined && queue > 1 ? [say(locale, "queue", { place: queue })] : [];
}
