import { type Locale, nearestLocale } from "../contract/locales.ts";
import { isKnownLink, links } from "./facts/links.ts";
import { type Quantity, quantities } from "./facts/quantities.ts";
import { legible } from "./facts/read.ts";
import { detectLanguage } from "./language/detect.ts";
import { normalize } from "./text/normalize.ts";
import { similarity } from "./text/similarity.ts";
import type { BotInput } from "./types.ts";

export type CheckFailure = "empty" | "too_long" | "repeats" | "wrong_language" | "forbidden" | "unfounded";

/** From this similarity on, two replies are the same to a reader. */
const SAME_REPLY = 0.85;

/**
 * Looks at a reply before it is sent, in code: nothing in here asks a model. `sources` are the texts it is based on;
 * when given, every amount, date, number, link and address of the reply must stand in one of them.
 */
export function check(
  text: string,
  input: BotInput,
  { locale, sources }: { locale: Locale; sources?: readonly string[] },
): CheckFailure | undefined {
  if (text.trim() === "") return "empty";
  if (text.length > (input.maxLength ?? 10_000)) return "too_long";
  const said = input.turns.filter((turn) => turn.author === "bot");
  if (said.some((turn) => similarity(turn.text, text) >= SAME_REPLY)) return "repeats";
  const plain = normalize(text);
  if (input.forbidden?.some((words) => words.trim() !== "" && plain.includes(normalize(words)))) return "forbidden";
  if (sources) {
    if (!isLanguage(text, locale)) return "wrong_language";
    if (unfounded(text, sources).length > 0) return "unfounded";
  }
  return undefined;
}

/** Whether a text is in the language; a text too short to tell passes. */
export function isLanguage(text: string, locale: Locale): boolean {
  const found = detectLanguage(text);
  if (found.language === "" || found.certainty < 0.4) return true;
  return nearestLocale(found.language)?.split("-")[0] === locale.split("-")[0];
}

/** Tracking and order numbers, codes: letters and digits mixed. */
const CODES = /(?<![A-Z0-9-])[A-Z0-9][A-Z0-9-]{3,}(?![A-Z0-9-])/g;

/**
 * Links, addresses, codes and numbers of a text that stand in none of the sources. A number needs its unit: 30 hours
 * are not founded by 30 days, unless `units` says that the texts are of languages whose units may be unknown.
 */
export function unfounded(text: string, sources: readonly string[], { units = true } = {}): string[] {
  const plain = legible(text);
  const known = sources.map((source) => legible(source));
  const missing: string[] = [];
  const knownLinks = new Set(known.flatMap((source) => [...links(source)]));
  const own = links(plain);
  for (const link of own) if (!isKnownLink(link, knownLinks)) missing.push(link);
  for (const [code] of text.matchAll(CODES)) {
    if (!/\d/.test(code) || !/[A-Z]/.test(code)) continue;
    const claim = normalize(code);
    const whole = new RegExp(`(?<![a-z0-9])${claim}(?![a-z0-9])`);
    if (!known.some((source) => whole.test(source))) missing.push(code);
  }
  const values = new Map<string, Quantity[]>();
  for (const each of known.flatMap((source) => quantities(source))) {
    for (const value of new Set([
      each.value,
      ...(datePart(each.written) ? each.written.split(/[./-]/).map(String) : []),
    ])) {
      const key = value.replace(/^0+(?=\d+$)/, "");
      values.set(key, [...(values.get(key) ?? []), value === each.value ? each : { ...each, units: ["date"] }]);
    }
  }
  for (const { written, value, units: claimed } of quantities(plain)) {
    const founded = values.get(value)?.some((each) => !units || agree(claimed, each.units));
    if (!founded) missing.push(written);
  }
  return missing;
}

/** A number without a unit says no more than its value; a date may be told with other words. */
function agree(claimed: readonly string[], known: readonly string[]): boolean {
  if (claimed.length === 0) return true;
  if (claimed.includes("date") && known.length === 0) return true;
  return claimed.some((unit) => known.includes(unit));
}

const datePart = (written: string): boolean => /^\d+([./-])\d+\1\d+$/.test(written);
