import { recordSummary } from "../actions/hand-off.ts";
import type { Context } from "../context.ts";
import { turnsOf } from "../queries/bot-input.ts";
import { listMessages } from "../queries/conversations.ts";
import { workspaceLocale } from "../queries/workspace.ts";
import type { MessageRecord } from "../records.ts";
import type { WorkResult } from "./owed.ts";

const TURNS = 40;
const PATIENCE_MS = 20_000;

/** Has the model put a hand-over's summary in sentences. The one made from the messages stands already: it is tried once. */
export async function summarize(ctx: Context, message: MessageRecord): Promise<WorkResult> {
  if (!message.activity?.summary || message.activity.summary.text) return "done";
  const bot = await ctx.knowledge.botFor(message.workspaceId.toHexString());
  if (!bot.hasModel) return "done";
  const { items } = await listMessages(message.conversationId, { beforeSeq: message.seq, limit: TURNS });
  try {
    const locale = await workspaceLocale(message.workspaceId);
    const summary = await bot.summarize(turnsOf(items), locale, AbortSignal.timeout(PATIENCE_MS));
    await recordSummary(ctx, { message, ...summary });
  } catch (error) {
    ctx.log.warn({ err: error, conversationId: message.conversationId.toHexString() }, "no summary was written");
  }
  return "done";
}
