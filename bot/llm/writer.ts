import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import type { z } from "zod";
import { check } from "../check.ts";
import { answerIn, titleIn } from "../decide.ts";
import type { Knowledge } from "../knowledge.ts";
import type { Writer, Written } from "../pipeline.ts";
import { ADDRESSES } from "../text/normalize.ts";
import { languageOf } from "../text/words.ts";
import type { BotEntry, BotTool } from "../types.ts";
import { findOrderNumber } from "../understand/understand.ts";
import { phrase } from "../write.ts";
import { type Completion, ModelClient, ModelError } from "./client.ts";
import { isGrounded } from "./grounding.ts";
import { Budget, type TokenBudget } from "./limits.ts";
import { createMask, type Mask } from "./mask.ts";
import type { LlmOptions } from "./options.ts";
import { leaksRules, PROMPT_VERSION, promptFor, type Source } from "./prompt.ts";
import { askBackSchema, handOffSchema, replySchema, searchSchema, toolsFor } from "./tools.ts";
import { faultOf } from "./vet.ts";

const SOURCES = 5;
/** Id of the buyer's order among the sources. */
const ORDER = "order";
const TOOL_RESULT_LENGTH = 4_000;
const FAILED = '{"error":"this is not available"}';

type Request = Parameters<Writer["compose"]>[0];

/** What a reply may rest on so far, and what it has cost. */
interface Draft {
  request: Request;
  mask: Mask;
  sources: Map<string, Source>;
  model: string;
  tokens: number;
  /** A tool did something, and did not fail. */
  acted: boolean;
}

/** Has a model write the reply from the FAQ's sources. Whatever goes wrong, the FAQ's own words remain. */
export function createWriter(
  options: LlmOptions,
  knowledge: Knowledge,
  {
    client = new ModelClient(options),
    budget = options.budget ?? new Budget(options.dailyTokens),
  }: { client?: ModelClient; budget?: TokenBudget } = {},
): Writer {
  const maxSteps = options.maxSteps ?? 5;
  const maxTokens = options.maxTokens ?? 12_000;

  async function run(request: Request, signal: AbortSignal): Promise<Written | undefined> {
    const { input, locale, ranking } = request;
    const mask = createMask();
    const draft: Draft = { request, mask, sources: new Map(), model: options.model, tokens: 0, acted: false };
    for (const { entry } of ranking.ranked.slice(0, SOURCES)) addSource(draft.sources, entry, request);
    if (request.status !== undefined) {
      draft.sources.set(ORDER, { id: ORDER, question: "The state of the buyer's order", answer: request.status });
    }
    const messages = promptFor({
      locale,
      turns: input.turns,
      sources: [...draft.sources.values()],
      mask,
      tone: input.tone ?? options.tone,
    });
    const tools = toolsFor(input.tools ?? []);
    for (let step = 0; step < maxSteps; step++) {
      const completion = await client.complete(messages, tools, signal);
      draft.model = completion.model;
      draft.tokens += completion.tokens;
      budget.spend(completion.tokens);
      request.note("model", `${completion.tokens} tokens`);
      const done = await take(draft, completion, messages, signal);
      if (done !== "more") return done;
      if (draft.tokens >= maxTokens || (await budget.left()) <= 0) throw new ModelError("the reply costs too much");
    }
    throw new ModelError("the model came to no end");
  }

  /** Does what the model asked for: a reply, or another round with the results of its tools. */
  async function take(
    draft: Draft,
    { message }: Completion,
    messages: ChatCompletionMessageParam[],
    signal: AbortSignal,
  ): Promise<Written | undefined | "more"> {
    const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
    if (calls.length === 0) throw new ModelError("the model used no tool");
    messages.push({ role: "assistant", content: null, tool_calls: calls });
    for (const call of calls.slice(0, 8)) {
      if (call.type !== "function") throw new ModelError("the model called what is not a function");
      const { name } = call.function;
      const args = parsed(call.function.arguments);
      if (name === "reply") return reply(draft, valid(replySchema, args));
      if (name === "ask_back") return askBack(draft, valid(askBackSchema, args));
      if (name === "hand_off") return handOff(draft, valid(handOffSchema, args).reason);
      const content = await callTool(draft, name, args, signal);
      messages.push({ role: "tool", tool_call_id: call.id, content });
    }
    return "more";
  }

  async function callTool(draft: Draft, name: string, args: unknown, signal: AbortSignal): Promise<string> {
    const { request, sources, mask } = draft;
    if (name === "search_faq") {
      const { query } = valid(searchSchema, args);
      const found = knowledge.rank(query, languageOf(request.locale)).ranked.slice(0, SOURCES);
      for (const { entry } of found) addSource(sources, entry, request);
      return JSON.stringify(found.map(({ entry }) => sources.get(entry.faqId)));
    }
    const tool = request.input.tools?.find((each) => each.name === name);
    if (!tool || typeof args !== "object" || args === null) throw new ModelError(`the model called an unknown tool`);
    const result = await runTool(tool, args as Record<string, unknown>, signal);
    request.note("tool", name);
    // What a tool found may be cited, under the tool's name; what strangers wrote into it founds nothing.
    const earlier = sources.get(name)?.answer ?? "";
    const founding = shown(result, tool.untrusted, () => undefined);
    sources.set(name, { id: name, question: tool.description, answer: `${earlier}\n${founding}` });
    if (tool.acts && !result.startsWith(FAILED)) draft.acted = true;
    return mask.hide(shown(result, tool.untrusted, (value) => ({ untrusted: value })));
  }

  function reply(draft: Draft, { text, sources: cited }: z.infer<typeof replySchema>): Written | undefined {
    const { input, locale, understanding } = draft.request;
    const used = cited.map((id) => draft.sources.get(id));
    if (used.length === 0 || used.some((source) => source === undefined))
      throw new ModelError("the reply cites no source");
    const known = used.filter((source) => source !== undefined);
    const shown = draft.mask.reveal(text).trim();
    // A question asks and founds nothing: only answers do, and what the hub itself knows of an order.
    const texts = known.map(({ answer }) => answer);
    const facts = known.filter(({ id }) => !isEntry(draft, id)).map(({ answer }) => answer);
    const answers = known.filter(({ id }) => isEntry(draft, id)).map(({ answer }) => answer);
    // An order number or address the buyer wrote may be repeated; amounts may not, they are claims.
    const own = [findOrderNumber(understanding.text), ...(understanding.text.match(ADDRESSES) ?? [])];
    const founded = [...texts, ...own.filter((part) => part !== undefined)];
    const failure = check(shown, input, { locale, sources: founded });
    draft.request.note("check", failure);
    if (failure) throw new ModelError(`the reply failed the check: ${failure}`);
    const fault = faultOf(shown, { answers, facts, acted: draft.acted }, locale);
    if (fault) throw new ModelError(`the reply failed the check: ${fault}`);
    const topics = known.map(({ question }) => question);
    if (leaksRules(shown) || !isGrounded(shown, texts, understanding.text, locale, { topics })) {
      throw new ModelError("the reply says more than its sources");
    }
    return finish(draft, { decision: "answer", text: shown, cited: known.map(({ id }) => id) });
  }

  function askBack(draft: Draft, { text }: z.infer<typeof askBackSchema>): Written | undefined {
    const { input, locale, understanding } = draft.request;
    if (understanding.turnsWithoutProgress > 0) return handOff(draft, "low_confidence");
    const shown = draft.mask.reveal(text).trim();
    const failure = check(shown, input, { locale, sources: [] });
    const fault = faultOf(shown, { answers: [], facts: [] }, locale);
    if (
      failure ||
      fault ||
      leaksRules(shown) ||
      !isGrounded(shown, [], understanding.text, locale, { question: true })
    ) {
      throw new ModelError("the question back failed the check");
    }
    return finish(draft, { decision: "clarify", text: shown });
  }

  function handOff(draft: Draft, reason: z.infer<typeof handOffSchema>["reason"]): Written {
    const { input, locale } = draft.request;
    return finish(draft, { decision: "hand_off", reason, text: phrase(input, locale, `handoff.${reason}`) });
  }

  return {
    async compose(request) {
      if ((await budget.left()) <= 0) return undefined;
      const limit = AbortSignal.timeout(options.timeout ?? 20_000);
      const signal = request.input.signal ? AbortSignal.any([limit, request.input.signal]) : limit;
      try {
        return await run(request, signal);
      } catch (error) {
        request.note("model", error instanceof Error ? error.message.slice(0, 200) : "failed");
        return undefined;
      }
    },
  };
}

function finish(draft: Draft, written: Pick<Written, "decision" | "text" | "reason" | "cited">): Written {
  return { ...written, model: draft.model, promptVersion: PROMPT_VERSION, tokens: draft.tokens };
}

function addSource(sources: Map<string, Source>, entry: BotEntry, { locale }: Request): void {
  const answer = answerIn(entry, locale) ?? entry.answers.en ?? Object.values(entry.answers).find((text) => text);
  if (!answer) return;
  const question = titleIn(entry, locale) ?? Object.values(entry.questions).flat()[0] ?? "";
  sources.set(entry.faqId, { id: entry.faqId, question, answer });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new ModelError("the model wrote broken JSON", { cause: error });
  }
}

function valid<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (!result.success) throw new ModelError("the model called a tool with wrong arguments");
  return result.data;
}

/** A tool that fails or hangs tells the model so; the reply's own time limit covers all of them. */
async function runTool(tool: BotTool, args: Record<string, unknown>, signal: AbortSignal): Promise<string> {
  const givenUp = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new ModelError("out of time")), { once: true });
  });
  try {
    const result = await Promise.race([tool.run(args, signal), givenUp]);
    return (typeof result === "string" ? result : (JSON.stringify(result) ?? "")).slice(0, TOOL_RESULT_LENGTH);
  } catch (error) {
    if (signal.aborted) throw error;
    return FAILED;
  }
}

function isEntry({ sources, request }: Draft, id: string): boolean {
  return id !== ORDER && sources.has(id) && !request.input.tools?.some(({ name }) => name === id);
}

/** A tool's result with the fields that strangers wrote replaced, at any depth. */
function shown(result: string, untrusted: readonly string[] = [], replace: (value: unknown) => unknown): string {
  if (untrusted.length === 0) return result;
  try {
    const clean = (key: string, value: unknown): unknown => (untrusted.includes(key) ? replace(value) : value);
    return JSON.stringify(JSON.parse(result, clean)) ?? "";
  } catch {
    // Cut or no JSON: nothing in it can be told apart.
    return "";
  }
}
