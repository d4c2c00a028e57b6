import OpenAI from "openai";
import type { ChatCompletion, ChatCompletionMessageParam, ChatCompletionTool } from "openai/resources/chat/completions";
import { CircuitBreaker } from "./limits.ts";
import type { LlmOptions } from "./options.ts";

/** A model could not be asked, or did not answer in a form that serves. The FAQ path follows. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}

/** There is no model to ask. */
export class NoModel extends Error {
  override readonly name = "NoModel";
}

/** Today's tokens are used up. */
export class BudgetSpent extends Error {
  override readonly name = "BudgetSpent";
}

export interface Completion {
  message: ChatCompletion.Choice["message"];
  /** As the server reports it. */
  model: string;
  tokens: number;
}

const RETRIES = 2;
const FIRST_WAIT = 250;
/** Bytes of an answer that are read; a server that sends more is broken. */
const MAX_BODY = 512 * 1024;
const MAX_COMPLETION_TOKENS = 800;

/** Asks an OpenAI-compatible server, with retries, a circuit breaker, and a bound on what it may send. */
export class ModelClient {
  private readonly openai: OpenAI;
  private readonly options: LlmOptions;
  private readonly breaker: CircuitBreaker;
  private readonly random: () => number;

  constructor(options: LlmOptions, { breaker = new CircuitBreaker(), random = Math.random } = {}) {
    this.options = options;
    this.breaker = breaker;
    this.random = random;
    this.openai = new OpenAI({
      // Local servers want none, the package insists on one.
      apiKey: options.apiKey ?? "none",
      ...(options.baseURL !== undefined && { baseURL: options.baseURL }),
      maxRetries: 0,
      fetch: boundedFetch,
      logLevel: "off",
    });
  }

  /**
   * One completion. Busy or failing servers are asked again while time is left.
   * @throws ModelError when no usable answer came before `signal` fired
   */
  async complete(
    messages: ChatCompletionMessageParam[],
    tools: ChatCompletionTool[],
    signal: AbortSignal,
  ): Promise<Completion> {
    for (let attempt = 0; ; attempt++) {
      if (!this.breaker.allows()) throw new ModelError("the model server keeps failing");
      try {
        const answer = await this.ask(messages, tools, signal);
        this.breaker.succeeded();
        return answer;
      } catch (error) {
        if (isServersFault(error, signal)) this.breaker.failed();
        if (attempt >= RETRIES || signal.aborted || !isWorthRetrying(error)) {
          throw new ModelError(error instanceof Error ? error.message : String(error), { cause: error });
        }
        // Full jitter: clients that failed together do not return together.
        await pause(this.random() * FIRST_WAIT * 2 ** attempt, signal);
      }
    }
  }

  /**
   * Text as it is written, to be consumed to its end: the last piece returned tells model and cost. Not tried again once
   * something came.
   * @throws ModelError when the server fails or breaks off
   */
  async *stream(
    messages: ChatCompletionMessageParam[],
    { signal, maxTokens = MAX_COMPLETION_TOKENS }: { signal: AbortSignal; maxTokens?: number },
  ): AsyncGenerator<string, { model: string; tokens: number }> {
    let written = "";
    let model = this.options.model;
    let tokens: number | undefined;
    let finished = false;
    for (let attempt = 0; !finished; attempt++) {
      if (!this.breaker.allows()) throw new ModelError("the model server keeps failing");
      try {
        const chunks = await this.openai.chat.completions.create(
          { model: this.options.model, messages, max_tokens: maxTokens, temperature: 0.2, stream: true },
          { signal },
        );
        for await (const chunk of chunks) {
          if (typeof chunk.model === "string") model = chunk.model;
          if (typeof chunk.usage?.total_tokens === "number") tokens = chunk.usage.total_tokens;
          const piece = chunk.choices?.[0]?.delta?.content;
          if (typeof piece !== "string" || piece === "") continue;
          written += piece;
          if (written.length > maxTokens * 8) throw new ModelError("the model server sent too much");
          yield piece;
        }
        // The package ends a stream that was aborted as if it were complete.
        if (signal.aborted) throw new ModelError("given up");
        if (written === "") throw new ModelError("the model server sent no text");
        this.breaker.succeeded();
        finished = true;
      } catch (error) {
        if (isServersFault(error, signal)) this.breaker.failed();
        if (written !== "" || attempt >= RETRIES || signal.aborted || !isWorthRetrying(error)) {
          throw new ModelError(error instanceof Error ? error.message : String(error), { cause: error });
        }
        await pause(this.random() * FIRST_WAIT * 2 ** attempt, signal);
      }
    }
    return { model, tokens: tokens ?? Math.ceil((JSON.stringify(messages).length + written.length) / 4) };
  }

  private async ask(
    messages: ChatCompletionMessageParam[],
    tools: ChatCompletionTool[],
    signal: AbortSignal,
  ): Promise<Completion> {
    const answer: Partial<ChatCompletion> = await this.openai.chat.completions.create(
      { model: this.options.model, messages, tools, max_tokens: MAX_COMPLETION_TOKENS, temperature: 0.2 },
      { signal },
    );
    const message = answer.choices?.[0]?.message;
    if (!message || typeof message !== "object") throw new ModelError("the model server sent no message");
    const tokens = answer.usage?.total_tokens;
    return {
      message,
      model: typeof answer.model === "string" ? answer.model : this.options.model,
      // A server that does not count is counted for: about four characters make a token.
      tokens:
        typeof tokens === "number" && tokens >= 0 ? tokens : Math.ceil(JSON.stringify([messages, message]).length / 4),
    };
  }
}

/** A caller that gave up says nothing about the server, unless it gave up for want of time. */
function isServersFault(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted) return signal.reason instanceof DOMException && signal.reason.name === "TimeoutError";
  return isWorthRetrying(error);
}

function isWorthRetrying(error: unknown): boolean {
  if (error instanceof OpenAI.APIUserAbortError) return false;
  if (error instanceof OpenAI.APIError) {
    return error.status === undefined || error.status === 408 || error.status === 429 || error.status >= 500;
  }
  return true;
}

async function boundedFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (!response.body) return response;
  let seen = 0;
  const bounded = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.byteLength;
        if (seen > MAX_BODY) controller.error(new ModelError("the model server sent too much"));
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Response(bounded, { status: response.status, statusText: response.statusText, headers: response.headers });
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
}
