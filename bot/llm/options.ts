import type { TokenBudget } from "./limits.ts";

/** How to reach an OpenAI-compatible server, and what it may cost. */
export interface LlmOptions {
  apiKey?: string;
  /** Such as `http://localhost:11434/v1`; OpenAI's own when unset. */
  baseURL?: string;
  model: string;
  embeddingModel?: string;
  /** Milliseconds for the whole reply, all steps and retries included. 20,000 by default. */
  timeout?: number;
  /** Model calls per reply. 5 by default. */
  maxSteps?: number;
  /** Tokens of one reply, prompt and completion together. 12,000 by default. */
  maxTokens?: number;
  /** Tokens per day for the workspace; above it the bot keeps to the FAQ. */
  dailyTokens?: number;
  /** Who counts, in place of `dailyTokens`. */
  budget?: TokenBudget;
  /** The seller's tone, such as "warm and brief". */
  tone?: string;
}
