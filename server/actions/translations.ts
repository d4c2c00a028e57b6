import pLimit from "p-limit";
import type { Locale } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { accessConversation } from "../policies/conversations.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";
import { asAppError } from "./copilot.ts";

const AT_ONCE = 4;
/** An agent's message waits no longer than this for its translation. */
const PATIENCE_MS = 8_000;

/**
 * Translates messages for a reader, each once: the translation is kept beside the original. Returns those asked for, as
 * they are then; one that failed alone comes back without.
 * @throws AppError not_found, model_required, budget_spent, model_failed (none could be translated)
 */
export async function translateMessages(
  ctx: Context,
  {
    viewer,
    conversationId,
    to,
    seqs,
    signal,
  }: { viewer: Viewer; conversationId: string; to: Locale; seqs: number[]; signal: AbortSignal },
): Promise<MessageRecord[]> {
  requirePermission(viewer, "conversations.read");
  const conversation = await accessConversation(viewer, conversationId);
  const messages = await MessageModel.find({ conversationId: conversation._id, seq: { $in: seqs } })
    .sort({ seq: 1 })
    .lean<MessageRecord[]>();
  const bot = await ctx.knowledge.botFor(viewer.workspaceId);
  const open = messages.filter(
    (message) =>
      message.direction !== "activity" &&
      message.text.trim() !== "" &&
      !message.translations?.[to] &&
      bot.languageOf(message.text) !== to,
  );
  const limit = pLimit(AT_ONCE);
  const errors: unknown[] = [];
  const done = new Map<string, MessageRecord>();
  await Promise.all(
    open.map((message) =>
      limit(async () => {
        try {
          const [translated] = await bot.translate({ texts: [message.text], to, signal });
          if (translated) done.set(String(message._id), await keepTranslation(ctx, message, to, translated));
        } catch (error) {
          errors.push(error);
        }
      }),
    ),
  );
  if (done.size === 0 && errors.length > 0) throw asAppError(errors[0]);
  return messages.map((message) => done.get(String(message._id)) ?? message);
}

async function keepTranslation(
  ctx: Context,
  message: MessageRecord,
  to: Locale,
  translated: { text: string; model: string },
): Promise<MessageRecord> {
  const kept = await MessageModel.findOneAndUpdate(
    { _id: message._id },
    { $set: { [`translations.${to}`]: translated } },
    { returnDocument: "after" },
  ).lean<MessageRecord>();
  if (kept) ctx.bus.emit("message.updated", { message: kept });
  return kept ?? message;
}

/**
 * What an agent wrote, in the buyer's language: fields for the message. It never holds the message up: what can not be
 * translated in time goes out as it was written, and says so to the agents.
 */
export async function translateReply(
  ctx: Context,
  { workspaceId, text, to }: { workspaceId: string; text: string; to: Locale },
): Promise<Pick<MessageRecord, "translations" | "sentIn" | "translationFailed">> {
  try {
    const bot = await ctx.knowledge.botFor(workspaceId);
    const [translated] = await bot.translate({ texts: [text], to, signal: AbortSignal.timeout(PATIENCE_MS) });
    return translated ? { translations: { [to]: translated }, sentIn: to } : {};
  } catch (error) {
    ctx.log.warn({ err: error }, "a reply went out untranslated");
    return { translationFailed: true };
  }
}
