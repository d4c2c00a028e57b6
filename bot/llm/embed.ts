import { createHash } from "node:crypto";
import OpenAI from "openai";
import type { Embed } from "../types.ts";
import type { TokenBudget } from "./limits.ts";
import { createMask } from "./mask.ts";

/** Where vectors are kept, so that a text is asked for once. Keys are hashes of model and text. */
export interface VectorCache {
  get(keys: readonly string[]): Promise<Map<string, Float32Array>>;
  put(vectors: ReadonlyMap<string, Float32Array>): Promise<void>;
}

export interface EmbedOptions {
  apiKey?: string | undefined;
  baseURL?: string | undefined;
  model: string;
  cache?: VectorCache | undefined;
  budget?: TokenBudget | undefined;
}

const MAX_LENGTH = 2_000;
const MAX_SIZE = 8_192;

/** Texts as vectors of length 1 by an OpenAI-compatible server. Personal data stays here. Rejects when the server fails. */
export function createEmbed({ apiKey, baseURL, model, cache, budget }: EmbedOptions): Embed {
  const openai = new OpenAI({
    apiKey: apiKey ?? "none",
    ...(baseURL !== undefined && { baseURL }),
    maxRetries: 1,
    logLevel: "off",
  });
  return async (texts, signal) => {
    const inputs = texts.map((text) => createMask().hide(text.slice(0, MAX_LENGTH)).trim() || " ");
    const keys = inputs.map((text) => createHash("sha256").update(`${model}\0${text}`).digest("base64url"));
    const known = (await cache?.get(keys)) ?? new Map<string, Float32Array>();
    const open = [...new Set(keys)].filter((key) => !known.has(key));
    if (open.length > 0) {
      if (budget && (await budget.left()) <= 0) throw new Error("today's tokens are used up");
      const wanted = open.map((key) => inputs[keys.indexOf(key)]!);
      const answer = await openai.embeddings.create({ model, input: wanted, encoding_format: "float" }, { signal });
      budget?.spend(answer.usage?.total_tokens ?? Math.ceil(wanted.join("").length / 4));
      const fresh = new Map<string, Float32Array>();
      for (const { index, embedding } of answer.data ?? []) {
        const key = open[index];
        const vector = key !== undefined && unit(embedding);
        if (vector) fresh.set(key, vector);
      }
      for (const [key, vector] of fresh) known.set(key, vector);
      if (fresh.size > 0) await cache?.put(fresh);
    }
    return keys.map((key) => known.get(key));
  };
}

/** Scaled to length 1; undefined for what is no vector. */
function unit(values: unknown): Float32Array | undefined {
  if (!Array.isArray(values) || values.length === 0 || values.length > MAX_SIZE) return undefined;
  const vector = Float32Array.from(values as number[]);
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length) || length === 0) return undefined;
  for (let at = 0; at < vector.length; at++) vector[at]! /= length;
  return vector;
}
