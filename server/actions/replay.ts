import { setImmediate } from "node:timers/promises";
import { Types } from "mongoose";
import { type Bot, type BotEntry, type BotInput, type BotResult, createBot } from "../../bot/index.ts";
import type { BotRules, ReplayChange, ReplayEvent, ReplayInput } from "../../contract/bot.ts";
import { entryOf } from "../bot-entries.ts";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import type { InboxRecord } from "../models/inbox.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";
import { botInputOf } from "../queries/bot-input.ts";
import { botRules } from "../queries/bot-rules.ts";
import { enabledFaqs } from "../queries/faqs.ts";
import { listInboxes } from "../queries/inboxes.ts";
import { type PastQuestion, pastQuestions } from "../queries/past-questions.ts";

/** A replay of this many questions is told of every so many. */
const PROGRESS_EVERY = 10;

/**
 * Asks past questions again, of the bot as it is and as it would be with other entries or rules, and yields what would
 * change. Writes nothing, and asks no model: both sides are the FAQ's own words.
 * @throws AppError forbidden, not_found (the inbox)
 */
export async function* replay(
  ctx: Context,
  { viewer, input, signal }: { viewer: Viewer; input: ReplayInput; signal: AbortSignal },
): AsyncGenerator<ReplayEvent> {
  requirePermission(viewer, "bot.edit");
  const inboxes = await listInboxes(viewer.workspaceId);
  const inbox = input.inboxId === undefined ? undefined : inboxes.find(({ _id }) => _id.equals(input.inboxId));
  if (input.inboxId !== undefined && !inbox) throw notFound("inbox");
  const questions = await pastQuestions(viewer.workspaceId, { inboxId: inbox?._id, limit: input.limit });
  yield { type: "progress", done: 0, total: questions.length };

  const { rules } = await botRules(viewer.workspaceId);
  const topics = input.rules?.handOff?.topics;
  const current = await ctx.knowledge.botFor(viewer.workspaceId);
  const others = await ctx.knowledge.entriesBeside(viewer.workspaceId, topics);
  const changed = createBot({ trainingDelay: 0, onError: (err) => ctx.log.error({ err }, "a replay could not train") });
  try {
    changed.setEntries([...changedEntries((await enabledFaqs(viewer.workspaceId)).map(entryOf), input), ...others]);
    await Promise.all([changed.trained(), current.trained()]);
    let answeredBefore = 0;
    let answeredAfter = 0;
    let count = 0;
    for (const [at, question] of questions.entries()) {
      if (signal.aborted) return;
      const from = inboxes.find(({ _id }) => _id.equals(question.conversation.inboxId));
      if (!from) continue;
      const [before, after] = await decideBoth(ctx, { question, from, current, changed, input, rules });
      if (before.decision === "answer") answeredBefore += 1;
      if (after.decision === "answer") answeredAfter += 1;
      if (differs(before, after)) {
        count += 1;
        yield { type: "change", change: changeOf(question, before, after) };
      }
      if ((at + 1) % PROGRESS_EVERY === 0) {
        yield { type: "progress", done: at + 1, total: questions.length };
        // Buyers are waiting for the same thread.
        await setImmediate();
      }
    }
    yield { type: "done", total: questions.length, changed: count, answeredBefore, answeredAfter };
  } finally {
    await changed.close();
  }
}

function changedEntries(entries: BotEntry[], { faqs }: ReplayInput): BotEntry[] {
  const byId = new Map(entries.map((entry) => [entry.faqId, entry]));
  for (const { id = new Types.ObjectId().toHexString(), questions, answers, enabled, remove } of faqs) {
    const known = byId.get(id);
    if (remove || enabled === false) byId.delete(id);
    else {
      byId.set(id, {
        ...known,
        faqId: id,
        questions: questions ?? known?.questions ?? {},
        answers: answers ?? known?.answers ?? {},
      });
    }
  }
  return [...byId.values()];
}

async function decideBoth(
  ctx: Context,
  {
    question,
    from,
    current,
    changed,
    input,
    rules,
  }: { question: PastQuestion; from: InboxRecord; current: Bot; changed: Bot; input: ReplayInput; rules: BotRules },
): Promise<[BotResult, BotResult]> {
  const asked: BotInput = {
    ...(await botInputOf(ctx, question.conversation, from, question.messages)),
    forbidden: rules.forbidden,
    handOffWords: rules.handOff.keywords,
    modelFree: true,
  };
  const otherwise: BotInput = {
    ...asked,
    threshold: input.threshold ?? asked.threshold,
    forbidden: input.rules?.forbidden ?? rules.forbidden,
    handOffWords: input.rules?.handOff?.keywords ?? rules.handOff.keywords,
  };
  return [await current.decide(asked), await changed.decide(otherwise)];
}

function differs(before: BotResult, after: BotResult): boolean {
  if (before.decision !== after.decision || before.reason !== after.reason) return true;
  // Which entry answers matters; how the bot words a question back does not.
  return before.decision === "answer" && before.text !== after.text;
}

function changeOf({ conversation, messages }: PastQuestion, before: BotResult, after: BotResult): ReplayChange {
  const last = messages.at(-1)!;
  return {
    conversationId: conversation._id.toHexString(),
    seq: last.seq,
    at: last.createdAt.toISOString(),
    question: messages.map(({ text }) => text).join("\n"),
    before: shown(before),
    after: shown(after),
  };
}

function shown({ decision, reason, confidence, sources, text }: BotResult): ReplayChange["before"] {
  const title = decision === "answer" ? sources[0]?.title : undefined;
  return {
    decision,
    confidence,
    ...(reason && { reason }),
    ...(title !== undefined && { title }),
    ...(text !== undefined && { text }),
  };
}
