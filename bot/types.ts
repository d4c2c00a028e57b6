import type { BotDecision, DecisionSource } from "../contract/bot.ts";
import type { CopilotKind, CopilotWarning } from "../contract/copilot.ts";
import type { Locale, Localized } from "../contract/locales.ts";
import type { LlmOptions } from "./llm/options.ts";

/** One FAQ entry as the bot learns it. */
export interface BotEntry {
  faqId: string;
  externalId?: string;
  /** Ways to ask it, by language. */
  questions: Localized<string[]>;
  answers: Localized<string>;
  /** It is a subject for people: who asks about it is handed over. */
  handOff?: boolean;
  /** The answer goes with the state of the buyer's order. */
  orderStatus?: boolean;
  /** Ids of documents that go with the answer. */
  documents?: string[];
  /** Products it is about, and no others: names, models, article numbers. */
  names?: string[];
}

/** One message of the conversation, whoever wrote it. */
export interface BotTurn {
  seq: number;
  author: "contact" | "bot" | "user" | "system";
  text: string;
  attachments: { name: string; type: string }[];
  at: Date;
  /** The entry a bot turn was written from. */
  faqId?: string;
}

/** What is known of the buyer's language besides the words. Tags are BCP 47, the country ISO 3166-1 alpha-2. */
export interface LanguageHints {
  conversationLocale?: string;
  browserLocale?: string;
  orderCountry?: string;
  contactName?: string;
  workspaceLocale: Locale;
}

/** A text from `locales/<lang>/bot.json`, by key such as `handoff.customer_request`. */
export type Say = (locale: Locale, key: string, params?: Record<string, unknown>) => string;

/** Something the bot may do or look up for this conversation; the server binds it to what the buyer may see. */
export interface BotTool {
  name: string;
  description: string;
  /** JSON schema of the arguments object. */
  parameters: Record<string, unknown>;
  /** Fields of the result that strangers write, such as an item's name: shown as such, and nothing rests on them. */
  untrusted?: readonly string[];
  /** It does something, so that a reply may say so. */
  acts?: boolean;
  /** The result is shown to the model as data. Throw to report a failure. */
  run(args: Record<string, unknown>, signal: AbortSignal): Promise<unknown>;
}

/** When a person will answer. */
export interface Service {
  /**
   * The team is away; `until` is when it is back, told in `timeZone` (IANA, the server's when unset). `address`: where
   * an answer reaches a buyer who has left.
   */
  away?: { until?: Date; timeZone?: string; address?: string };
  /** The buyer's place among those who wait for a person, from 1. */
  queue?: number;
}

export interface BotInput {
  /** Oldest first; the unanswered incoming ones last. */
  turns: BotTurn[];
  hints: LanguageHints;
  /** 0 to 1: below this confidence the bot does not answer. */
  threshold: number;
  /** The buyer pressed "talk to a person". */
  wantsHuman?: boolean;
  say: Say;
  /** Tools for the model; without a model they are not called. */
  tools?: BotTool[];
  /**
   * The status of an order the buyer is known to own, in words; undefined when there is none to tell. Without a
   * number: of the one order that can be meant.
   */
  describeOrder?(orderNumber: string | undefined, locale: Locale): Promise<string | undefined>;
  /** Sends a one-time code to where an order was placed from. False when there is no way to, or it was done before. */
  proveOrder?(orderNumber: string, locale: Locale): Promise<boolean>;
  /** What came of a one-time code that the buyer typed just now. */
  proof?: { state: "proven"; orderNumber: string } | { state: "wrong" | "spent" };
  /** When a person will answer; asked for when one is needed. */
  service?(): Promise<Service>;
  /** Longest reply the channel carries, in characters. */
  maxLength?: number;
  /** Words or phrases the seller forbids in a reply. */
  forbidden?: string[];
  /** Words or phrases of a buyer that bring a person at once. */
  handOffWords?: string[];
  /** How a model's replies sound, such as "warm and brief". */
  tone?: string;
  /** Decide without the model, also where there is one. */
  modelFree?: boolean;
  /** Milliseconds to wait for the first ranking of a newly loaded FAQ to be trained. 1,500 by default. */
  patience?: number;
  signal?: AbortSignal;
}

/** What a step did, for the record an agent can open. */
export interface BotStep {
  step: "language" | "understand" | "retrieve" | "decide" | "tool" | "model" | "write" | "check";
  /** Milliseconds. */
  ms: number;
  note?: string;
}

export interface BotResult extends BotDecision {
  /** Documents to send with the answer. */
  documents?: string[];
  /** Milliseconds the decision took. */
  latency: number;
  /** The language that was written, as ISO 639-1, also when the product does not speak it. */
  detected?: string;
  model?: string;
  promptVersion?: string;
  tokens?: number;
  steps?: BotStep[];
}

export interface BotOptions {
  /** Off keeps to retrieval from untrained centroids and starts no worker. On by default. */
  training?: boolean;
  /** Milliseconds to wait after a change before training, so that an import trains once. 150 by default. */
  trainingDelay?: number;
  /** A model to write with; without it answers are the FAQ's own words. */
  llm?: LlmOptions;
  /** Texts as vectors, to find what means the same in other words; retrieval goes on without it when it fails. */
  embed?: Embed;
  /** Told of a training that failed; retrieval goes on without it. */
  onError?(error: Error): void;
}

/** Texts as vectors of length 1, in their order; undefined for those that could not be had. */
export type Embed = (texts: readonly string[], signal: AbortSignal) => Promise<(Float32Array | undefined)[]>;

/** Rewrites are of `text`; a draft answers the turns, along the lines of `text` where there is one. */
export interface CopilotRequest {
  kind: CopilotKind;
  input: BotInput;
  text?: string;
  /** The language to write in; the buyer's when absent. */
  locale?: Locale;
  /** Stops it. */
  signal: AbortSignal;
}

/** What the copilot gives: pieces as they are written, then the whole. */
export type CopilotPart =
  | { type: "delta"; text: string }
  | {
      type: "done";
      text: string;
      locale: Locale;
      sources: DecisionSource[];
      warnings: CopilotWarning[];
      model?: string;
      tokens?: number;
    };

export interface TranslationRequest {
  texts: readonly string[];
  to: Locale;
  signal: AbortSignal;
}
/** In the order asked; undefined where the text is in the language already. */
export type Translated = { text: string; model: string } | undefined;

/** One workspace's bot. */
export interface Bot {
  /** A model is set up. */
  readonly hasModel: boolean;
  /** @throws NoModel, BudgetSpent, ModelError */
  copilot(request: CopilotRequest): AsyncGenerator<CopilotPart>;
  /** @throws NoModel, BudgetSpent, ModelError */
  translate(request: TranslationRequest): Promise<Translated[]>;
  /**
   * A short account of a conversation for a colleague, in a language.
   * @throws NoModel, BudgetSpent, ModelError
   */
  summarize(turns: readonly BotTurn[], locale: Locale, signal: AbortSignal): Promise<{ text: string; model: string }>;
  /** Texts that ask the same, as lists of their places; the largest group first. */
  group(texts: readonly string[]): Promise<number[][]>;
  /** The language of a text, where it can be told. */
  languageOf(text: string): Locale | undefined;
  setEntries(entries: BotEntry[]): void;
  upsertEntry(entry: BotEntry): void;
  removeEntry(faqId: string): void;
  /** Resolves when all that was set so far is indexed and the ranking trained on it. Never rejects. */
  trained(): Promise<void>;
  decide(input: BotInput): Promise<BotResult>;
  close(): Promise<void>;
}
