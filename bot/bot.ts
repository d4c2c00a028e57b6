import type { Locale } from "../contract/locales.ts";
import { check } from "./check.ts";
import { answerIn, titleIn } from "./decide.ts";
import { groupAlike } from "./group.ts";
import { Knowledge } from "./knowledge.ts";
import { detectLanguage } from "./language/detect.ts";
import { ModelClient, NoModel } from "./llm/client.ts";
import { Copilot } from "./llm/copilot.ts";
import { Budget } from "./llm/limits.ts";
import type { Source } from "./llm/prompt.ts";
import { createWriter } from "./llm/writer.ts";
import { decide, openText, sourceOf } from "./pipeline.ts";
import { Trainer } from "./rank/trainer.ts";
import { VectorIndex } from "./search/vectors.ts";
import { languageOf } from "./text/words.ts";
import type { Bot, BotOptions, CopilotPart, CopilotRequest } from "./types.ts";

/** A buyer's question that comes while a new FAQ is being learned is better answered a second later. */
const PATIENCE = 1_500;

/** Waits for a promise, but no longer than so many milliseconds. */
function within(promise: Promise<void>, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    void promise.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A workspace's bot. Close it when the workspace goes, to end its training thread. */
export function createBot(options: BotOptions = {}): Bot {
  const fail = (error: Error) => options.onError?.(error);
  const knowledge = new Knowledge(options.embed && new VectorIndex(options.embed, fail));
  const trainer =
    options.training === false
      ? undefined
      : new Trainer({
          delay: options.trainingDelay ?? 150,
          snapshot: () => knowledge.trainingSet(),
          adopt: (model) => knowledge.adopt(model),
          onError: fail,
        });
  const client = options.llm && new ModelClient(options.llm);
  const budget = options.llm?.budget ?? new Budget(options.llm?.dailyTokens);
  const writer = options.llm && client && createWriter(options.llm, knowledge, { client, budget });
  const model = options.llm && client && new Copilot(options.llm, client, budget);
  const copilot = () => {
    if (!model) throw new NoModel("no language model is set up");
    return model;
  };
  return {
    hasModel: model !== undefined,
    async *copilot(request) {
      const { input, kind } = request;
      const asked = openText(input) || (input.turns.findLast((turn) => turn.author === "contact")?.text ?? "");
      const detected = detectLanguage(asked, input.hints, knowledge.answerLocales());
      const locale = request.locale ?? detected.locale;
      if (kind !== "draft") {
        yield* copilot().write(request, locale, []);
        return;
      }
      const query = [asked, request.text ?? ""].join("\n").trim();
      const { ranked } = await knowledge.rankWith(query, languageOf(detected.locale), request.signal);
      const sources = ranked.flatMap(({ entry }): Source[] => {
        const answer = answerIn(entry, locale) ?? Object.values(entry.answers).find((text) => text);
        return answer ? [{ id: entry.faqId, question: titleIn(entry, locale) ?? "", answer }] : [];
      });
      const titles = ranked.map(({ entry, score }) => sourceOf(entry, score, locale));
      if (!model) {
        yield* faqDraft(request, locale, ranked[0] && answerIn(ranked[0].entry, locale), titles);
        return;
      }
      for await (const part of model.write(request, locale, sources)) {
        yield part.type === "done" ? { ...part, sources: titles } : part;
      }
    },
    translate: async (request) => copilot().translate(request),
    summarize: async (turns, locale, signal) => copilot().summarize(turns, locale, signal),
    group: (texts) => groupAlike(texts),
    languageOf(text) {
      const { language, locale, certainty } = detectLanguage(text);
      return language !== "" && certainty >= 0.35 ? locale : undefined;
    },
    setEntries(entries) {
      knowledge.set(entries);
      trainer?.schedule();
    },
    upsertEntry(entry) {
      knowledge.put(entry);
      trainer?.schedule();
    },
    removeEntry(faqId) {
      knowledge.remove(faqId);
      trainer?.schedule();
    },
    async trained() {
      await knowledge.ready();
      await trainer?.settled();
    },
    async decide(input) {
      const patience = input.patience ?? PATIENCE;
      if (!knowledge.indexed) await within(knowledge.ready(), patience);
      if (trainer && !knowledge.trained && knowledge.size > 0) await within(trainer.settled(), patience);
      return decide(input, { knowledge, writer });
    },
    async close() {
      knowledge.close();
      await trainer?.close();
    },
  };
}

/** Without a model the draft is the FAQ's own answer. @throws NoModel when it has none in that language */
async function* faqDraft(
  { input }: CopilotRequest,
  locale: Locale,
  answer: string | undefined,
  sources: Extract<CopilotPart, { type: "done" }>["sources"],
): AsyncGenerator<CopilotPart> {
  if (!answer) throw new NoModel("no entry answers this, and no language model is set up");
  yield { type: "delta", text: answer };
  const failure = check(answer, { ...input, turns: [] }, { locale });
  const warnings = failure === "forbidden" || failure === "too_long" ? [{ code: failure }] : [];
  yield { type: "done", text: answer, locale, sources, warnings };
}
