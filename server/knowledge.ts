import { type Bot, type BotEntry, createBot } from "../bot/index.ts";
import type { Context } from "./context.ts";
import type { FaqRecord } from "./models/faq.ts";
import { enabledFaqs } from "./queries/faqs.ts";

type KnowledgeParts = Pick<Context, "bus" | "config" | "log">;

/** The bots of this process, one for each workspace, taught from its FAQ and kept up to date with it. */
export class Knowledge {
  readonly #parts: KnowledgeParts;
  readonly #bots = new Map<string, Promise<Bot>>();
  readonly #unsubscribe: (() => void)[];

  constructor(parts: KnowledgeParts) {
    this.#parts = parts;
    const { bus } = parts;
    this.#unsubscribe = [
      bus.on("faq.saved", ({ faq }) => this.#learn(faq)),
      bus.on("faq.deleted", ({ workspaceId, faqId }) => this.#forget(workspaceId, faqId)),
      bus.on("faq.imported", ({ workspaceId }) => this.reload(workspaceId)),
    ];
  }

  /** The workspace's bot; the first call loads its FAQ. */
  botFor(workspaceId: string): Promise<Bot> {
    let bot = this.#bots.get(workspaceId);
    if (!bot) {
      bot = this.#load(workspaceId);
      this.#bots.set(workspaceId, bot);
      bot.catch(() => this.#bots.delete(workspaceId));
    }
    return bot;
  }

  /** Reads the whole FAQ of a workspace again, if its bot is awake. */
  async reload(workspaceId: string): Promise<void> {
    const bot = await this.#bots.get(workspaceId);
    bot?.setEntries((await enabledFaqs(workspaceId)).map(entryOf));
  }

  async close(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    const bots = await Promise.allSettled(this.#bots.values());
    await Promise.all(bots.map((bot) => (bot.status === "fulfilled" ? bot.value.close() : undefined)));
  }

  async #load(workspaceId: string): Promise<Bot> {
    const { apiKey, baseUrl, model } = this.#parts.config.openai;
    const bot = createBot({
      ...((apiKey || baseUrl) && { llm: { apiKey, baseURL: baseUrl, model } }),
      onError: (error) => this.#parts.log.error({ err: error, workspaceId }, "the bot could not be trained"),
    });
    bot.setEntries((await enabledFaqs(workspaceId)).map(entryOf));
    return bot;
  }

  async #learn(faq: FaqRecord): Promise<void> {
    const bot = await this.#bots.get(faq.workspaceId.toHexString());
    if (faq.enabled) bot?.upsertEntry(entryOf(faq));
    else bot?.removeEntry(faq._id.toHexString());
  }

  async #forget(workspaceId: string, faqId: string): Promise<void> {
    (await this.#bots.get(workspaceId))?.removeEntry(faqId);
  }
}

function entryOf(faq: FaqRecord): BotEntry {
  return {
    faqId: faq._id.toHexString(),
    questions: faq.questions,
    answers: faq.answers,
    ...(faq.externalId !== undefined && { externalId: faq.externalId }),
  };
}
