import { type Bot, type BotEntry, createBot, createEmbed, type TokenBudget } from "../bot/index.ts";
import type { HandOffTopic } from "../contract/bot.ts";
import { recordUsage } from "./actions/bot-rules.ts";
import { keepEmbeddings } from "./actions/embeddings.ts";
import { documentEntry, entryOf, topicEntry } from "./bot-entries.ts";
import type { Context } from "./context.ts";
import type { FaqRecord } from "./models/faq.ts";
import { botRules, tokensLeft } from "./queries/bot-rules.ts";
import { enabledDocuments } from "./queries/documents.ts";
import { findEmbeddings } from "./queries/embeddings.ts";
import { enabledFaqs } from "./queries/faqs.ts";
import { workspaceLocale } from "./queries/workspace.ts";

type KnowledgeParts = Pick<Context, "bus" | "config" | "log" | "translate" | "clock">;

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
    bot?.setEntries(await this.#entries(workspaceId));
  }

  /** What the bot knows beside the FAQ: documents, and the subjects for people (`topics` in place of the stored ones). */
  async entriesBeside(workspaceId: string, topics?: HandOffTopic[]): Promise<BotEntry[]> {
    const { translate } = this.#parts;
    const [documents, { rules }, locale] = await Promise.all([
      enabledDocuments(workspaceId),
      botRules(workspaceId),
      workspaceLocale(workspaceId),
    ]);
    return [
      ...documents.map((document) => documentEntry(translate, document, locale)),
      ...(topics ?? rules.handOff.topics).map(topicEntry),
    ];
  }

  async #entries(workspaceId: string): Promise<BotEntry[]> {
    const [faqs, others] = await Promise.all([enabledFaqs(workspaceId), this.entriesBeside(workspaceId)]);
    return [...faqs.map(entryOf), ...others];
  }

  /** Counts what the model costs a workspace, in the database, so that all nodes share one budget. */
  #budgetOf(workspaceId: string): TokenBudget {
    const { clock, log } = this.#parts;
    return {
      left: () => tokensLeft(workspaceId, clock.now()),
      spend: (tokens) => {
        recordUsage({ clock }, { workspaceId, tokens }).catch((error) =>
          log.error({ err: error, workspaceId }, "what the model cost could not be counted"),
        );
      },
    };
  }

  async close(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    const bots = await Promise.allSettled(this.#bots.values());
    await Promise.all(bots.map((bot) => (bot.status === "fulfilled" ? bot.value.close() : undefined)));
  }

  async #load(workspaceId: string): Promise<Bot> {
    const { apiKey, baseUrl, model, embeddingModel } = this.#parts.config.openai;
    const budget = this.#budgetOf(workspaceId);
    const server = (apiKey || baseUrl) && { apiKey, baseURL: baseUrl, budget };
    const bot = createBot({
      ...(server && { llm: { ...server, model } }),
      ...(server && embeddingModel && { embed: this.#embed({ ...server, model: embeddingModel }) }),
      onError: (error) =>
        this.#parts.log.error({ err: error, workspaceId }, "a part of the bot failed; it goes on without"),
    });
    bot.setEntries(await this.#entries(workspaceId));
    return bot;
  }

  /** Texts as vectors, each asked for once in the life of the database. */
  #embed(options: { apiKey?: string; baseURL?: string; budget: TokenBudget; model: string }) {
    return createEmbed({
      ...options,
      cache: { get: findEmbeddings, put: (vectors) => keepEmbeddings(this.#parts, vectors) },
    });
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
