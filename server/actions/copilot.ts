import { BudgetSpent, type CopilotPart, ModelError, NoModel } from "../../bot/index.ts";
import type { CopilotInput } from "../../contract/copilot.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { accessConversation } from "../policies/conversations.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";
import { botInputOf } from "../queries/bot-input.ts";
import { listMessages } from "../queries/conversations.ts";
import { findInbox } from "../queries/inboxes.ts";

const TURNS = 40;

/**
 * Writes for an agent: a draft, a rewrite, a translation, piece by piece. Nothing is stored or sent.
 * @throws AppError not_found, model_required, budget_spent, model_failed
 */
export async function* askCopilot(
  ctx: Context,
  {
    viewer,
    conversationId,
    request,
    signal,
  }: { viewer: Viewer; conversationId: string; request: CopilotInput; signal: AbortSignal },
): AsyncGenerator<CopilotPart> {
  requirePermission(viewer, "conversations.reply");
  const conversation = await accessConversation(viewer, conversationId);
  const inbox = await findInbox(ctx, conversation.inboxId);
  if (!inbox) throw notFound("inbox");
  const { items } = await listMessages(conversation._id, { limit: TURNS });
  const bot = await ctx.knowledge.botFor(viewer.workspaceId);
  const input = await botInputOf(ctx, conversation, inbox, items);
  try {
    yield* bot.copilot({
      kind: request.kind,
      input,
      signal,
      ...(request.text?.trim() && { text: request.text }),
      ...(request.locale && { locale: request.locale }),
    });
  } catch (error) {
    throw asAppError(error);
  }
}

/** What a model could not do, as a refusal an agent understands. */
export function asAppError(error: unknown): unknown {
  if (error instanceof NoModel) return new AppError("model_required", undefined, { cause: error });
  if (error instanceof BudgetSpent) return new AppError("budget_spent", undefined, { cause: error });
  if (error instanceof ModelError) return new AppError("model_failed", undefined, { cause: error, reported: false });
  return error;
}
