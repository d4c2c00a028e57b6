import type { Locale } from "../../contract/locales.ts";
import { LOCALES, nearestLocale } from "../../contract/locales.ts";
import type { DetectedLanguage } from "../language/detect.ts";
import { similarity } from "../text/similarity.ts";
import type { BotInput, BotTurn } from "../types.ts";
import {
  consistsOf,
  count,
  type Patterns,
  patternsOf,
  prepared,
  spokenIn,
  UNSPACED,
  withoutCourtesy,
} from "./phrases.ts";
import { questionsIn } from "./questions.ts";

/** What the unanswered messages ask for, before anything is looked up. */
export interface Understanding {
  /** The unanswered messages, oldest first. */
  open: BotTurn[];
  /** Their text, a line each. */
  text: string;
  /** What of it is looked up: without a greeting before it and thanks behind it. */
  asked: string;
  /** The single questions in it; one when it can not be split. */
  questions: string[];
  wantsHuman: boolean;
  legalThreat: boolean;
  angry: boolean;
  /** The buyer asks what was asked before, in nearly the same words. */
  repeated: boolean;
  /** The whole message is only that. */
  only?: "greeting" | "thanks" | "goodbye" | "small_talk" | "order_number" | "photo" | "file" | "nothing";
  orderNumber?: string;
  /** Bot turns since a person or an answer: questions back, offers, small talk. */
  turnsWithoutProgress: number;
  greetedBefore: boolean;
  /** Entries already answered with in this conversation. */
  answered: Set<string>;
}

/** Bot turns looked back at for a repeated question. */
const MEMORY = 12;

/** Reads the end of a conversation, in the language to answer in and the one that seems to be written. */
export function understand(
  input: BotInput,
  { locale, language }: Pick<DetectedLanguage, "locale" | "language">,
): Understanding {
  const { turns, hints } = input;
  const last = turns.findLastIndex((turn) => turn.author === "bot" || turn.author === "user");
  const open = turns.slice(last + 1).filter((turn) => turn.author === "contact");
  const written = open
    .map((turn) => turn.text.trim())
    .filter((part) => part !== "")
    .join("\n");
  const chosen = chosenOption(turns[last], written);
  const text = chosen ?? written;
  const languages = spokenIn([
    locale,
    nearestLocale(language),
    nearestLocale(hints.conversationLocale),
    nearestLocale(hints.browserLocale),
  ]);
  const any = (test: (patterns: Patterns, form: string, language: Locale) => boolean) =>
    languages.some((language) => test(patternsOf(language), prepared(text, language), language));
  const orderNumber = findOrderNumber(text);
  const only = open.length > 0 ? onlyKind(text, open, orderNumber, any) : undefined;
  const bots = turns.filter((turn) => turn.author === "bot").slice(-MEMORY);
  return {
    open,
    text,
    asked: withoutCourtesy(text, languages),
    questions: questionsIn(text),
    wantsHuman: input.wantsHuman === true || any(wishesForPerson),
    legalThreat: any((patterns, form) => count(form, patterns.legal) > 0),
    angry: any((patterns, form) => anger(patterns, form, text) >= 1),
    repeated: only === undefined && chosen === undefined && isRepeated(turns, last, text),
    ...(only && { only }),
    ...(orderNumber && { orderNumber }),
    turnsWithoutProgress: withoutProgress(turns),
    greetedBefore: bots.length > 0,
    answered: new Set(bots.flatMap((turn) => turn.faqId ?? [])),
  };
}

function wishesForPerson(patterns: Patterns, form: string, language: Locale): boolean {
  if (form === "") return false;
  if (count(form, patterns.wish) > 0) return true;
  if (count(form, patterns.person) === 0 && count(form, patterns.contact) === 0) return false;
  if (count(form, patterns.person) > 0 && consistsOf(form, [patterns.person, patterns.talk, patterns.filler])) {
    return true;
  }
  return requestOf(language, patterns).test(form);
}

const requests = new Map<Locale, RegExp>();

/** "talk to a person" and "a person to talk to": at most a few short words in between. */
function requestOf(language: Locale, patterns: Patterns): RegExp {
  const known = requests.get(language);
  if (known) return known;
  const gap = UNSPACED.has(language) ? ".{0,5}" : "(?:[^\\p{L}\\p{N}]+[\\p{L}\\p{M}']{1,4}){0,3}[^\\p{L}\\p{N}]+";
  const talk = `(?:${patterns.talk.source})`;
  const whom = `(?:${patterns.person.source}|${patterns.contact.source})`;
  const made = new RegExp(`${talk}${gap}${whom}|${whom}${gap}${talk}`, "iu");
  requests.set(language, made);
  return made;
}

function anger(patterns: Patterns, form: string, original: string): number {
  const letters = original.match(/\p{L}/gu)?.length ?? 0;
  const capitals = original.match(/\p{Lu}/gu)?.length ?? 0;
  const shouting = letters >= 15 && capitals / letters > 0.7 ? 0.4 : 0;
  const insisting = /[!！?？]{3,}/.test(original) ? 0.3 : 0;
  return count(form, patterns.swearing) + 0.5 * count(form, patterns.displeasure) + shouting + insisting;
}

function onlyKind(
  text: string,
  open: readonly BotTurn[],
  orderNumber: string | undefined,
  any: (test: (patterns: Patterns, form: string) => boolean) => boolean,
): Understanding["only"] {
  if (!/[\p{L}\p{N}]/u.test(text)) {
    const files = open.flatMap((turn) => turn.attachments);
    if (files.length > 0) return files.some(({ type }) => /^(?:image|video)\//.test(type)) ? "photo" : "file";
    // A heart or a thumb closes a talk as "thanks" does.
    return /\p{Extended_Pictographic}/u.test(text) ? "thanks" : "nothing";
  }
  // Two words are too few to be sure of their language, and polite words differ enough between languages.
  const brief = (test: (patterns: Patterns, form: string) => boolean) =>
    any(test) || (text.length < 40 && LOCALES.some((locale) => test(patternsOf(locale), prepared(text, locale))));
  const is = (name: "smallTalk" | "thanks" | "goodbye" | "greeting") =>
    brief((patterns, form) => {
      if (count(form, patterns[name]) === 0) return false;
      return consistsOf(form, [
        patterns.smallTalk,
        patterns.thanks,
        patterns.goodbye,
        patterns.greeting,
        patterns.filler,
      ]);
    });
  if (is("smallTalk")) return "small_talk";
  if (is("thanks")) return "thanks";
  if (is("goodbye")) return "goodbye";
  if (is("greeting")) return "greeting";
  if (orderNumber) {
    const rest = text.replaceAll(orderNumber, " ").replace(/[#№:.]/g, " ");
    if (any((patterns) => consistsOf(rest.toLowerCase(), [patterns.greeting, patterns.filler]))) return "order_number";
  }
  return undefined;
}

/** Something that looks like an order number: at least five signs, mostly digits, alone or after letters. */
export function findOrderNumber(text: string): string | undefined {
  const found = text.match(
    /(?<![\p{L}\p{N}@./-])#?(?:[A-Z]{1,5}-?)?(?:\d{5,}|\d{2,}(?:-\d{2,})+)(?![\p{L}\p{N}@]|[./-]\d)/iu,
  )?.[0];
  return found?.replace(/^#/, "");
}

/** The question meant by "2" after the bot offered a numbered choice. */
function chosenOption(asked: BotTurn | undefined, text: string): string | undefined {
  const number = /^\s*[#(]?([1-9])[.)]?\s*$/.exec(text.normalize("NFKC"))?.[1];
  if (asked?.author !== "bot" || number === undefined) return undefined;
  return asked.text
    .split("\n")
    .find((line) => line.startsWith(`${number}. `))
    ?.slice(3);
}

function isRepeated(turns: readonly BotTurn[], last: number, text: string): boolean {
  if (text.length < 8) return false;
  // Only what a bot has answered counts: a buyer who writes twice before any answer is just waiting.
  const answeredUpTo = turns.slice(0, last + 1).findLastIndex((turn) => turn.author === "bot");
  return turns
    .slice(Math.max(0, answeredUpTo - MEMORY), Math.max(0, answeredUpTo))
    .some((turn) => turn.author === "contact" && similarity(turn.text, text) > 0.8);
}

function withoutProgress(turns: readonly BotTurn[]): number {
  let run = 0;
  for (const turn of turns.toReversed()) {
    if (turn.author === "user" || (turn.author === "bot" && turn.faqId !== undefined)) break;
    if (turn.author === "bot") run++;
  }
  return run;
}
