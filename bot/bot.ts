import { Knowledge } from "./knowledge.ts";
import { createWriter } from "./llm/writer.ts";
import { decide } from "./pipeline.ts";
import { Trainer } from "./rank/trainer.ts";
import type { Bot, BotOptions } from "./types.ts";

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
  const knowledge = new Knowledge();
  const trainer =
    options.training === false
      ? undefined
      : new Trainer({
          delay: options.trainingDelay ?? 150,
          snapshot: () => knowledge.trainingSet(),
          adopt: (model) => knowledge.adopt(model),
          onError: (error) => options.onError?.(error),
        });
  const writer = options.llm && createWriter(options.llm, knowledge);
  return {
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
    trained: () => trainer?.settled() ?? Promise.resolve(),
    async decide(input) {
      if (trainer && !knowledge.trained && knowledge.size > 0) {
        await within(trainer.settled(), input.patience ?? PATIENCE);
      }
      return decide(input, { knowledge, writer });
    },
    close: async () => trainer?.close(),
  };
}
