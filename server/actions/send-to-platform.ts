import type { OutboundMessage, SendResult } from "../../channels/channel.ts";
import { integrationOf } from "../../integrations/index.ts";
import { PlatformError } from "../../integrations/integration.ts";
import type { Context } from "../context.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { IntegrationModel, type IntegrationRecord } from "../models/integration.ts";
import { connectionOf } from "../platform-connections.ts";
import { threadIdOf } from "../queries/outbox.ts";

/**
 * Hands an in-site reply to the platform its thread came from. Undefined where no connected platform takes replies: they
 * stand in the outbox for whoever fetches them.
 */
export async function sendToPlatform(ctx: Context, message: OutboundMessage): Promise<SendResult | undefined> {
  const conversation = await ConversationModel.findById(message.conversationId, {
    threadKey: 1,
    threadId: 1,
    inboxId: 1,
    workspaceId: 1,
  }).lean<Pick<ConversationRecord, "threadKey" | "threadId" | "inboxId" | "workspaceId">>();
  const [, integrationId, threadId] =
    /^([0-9a-f]{24}):(.+)$/.exec((conversation && threadIdOf(conversation)) ?? "") ?? [];
  if (!conversation || !integrationId || !threadId) return undefined;
  const integration = await IntegrationModel.findOne({
    _id: integrationId,
    workspaceId: conversation.workspaceId,
  }).lean<IntegrationRecord>();
  if (!integration) return undefined;
  const adapter = integrationOf(integration.platform);
  if (!adapter.send) return undefined;
  if (!integration.enabled) return { status: "failed", retry: false, reason: "server:failures.platform_off" };
  try {
    const { id, text, attachments } = message;
    await adapter.send({ id, threadId, text, attachments: attachments.length }, connectionOf(ctx, integration));
    return { status: "sent" };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    ctx.log.warn({ err: error, messageId: message.id }, "a platform did not take a reply");
    return { status: "failed", retry: error.retry, reason: `server:failures.${error.reason}` };
  }
}
