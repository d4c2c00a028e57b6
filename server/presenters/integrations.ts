import { ERROR_STATUS } from "../../contract/errors.ts";
import type { Integration, IntegrationEvent } from "../../contract/integration.ts";
import { integrationOf } from "../../integrations/index.ts";
import type { Context } from "../context.ts";
import type { IntegrationEventRecord, IntegrationRecord } from "../models/integration.ts";
import { integrationUrl } from "../platform-connections.ts";

/** An integration without its secrets. */
export function presentIntegration(
  ctx: Context,
  integration: IntegrationRecord,
  events: Integration["events"],
): Integration {
  const { lastEventAt, lastRefusal } = integration;
  const refusedLast = lastRefusal !== undefined && (!lastEventAt || lastRefusal.at > lastEventAt);
  return {
    id: integration._id.toHexString(),
    platform: integration.platform,
    name: integration.name,
    enabled: integration.enabled,
    status: !integration.enabled
      ? "off"
      : refusedLast || events.failed > 0
        ? "failing"
        : lastEventAt
          ? "working"
          : "waiting",
    url: integrationUrl(ctx, integration._id),
    inboxId: integration.inboxId?.toHexString() ?? null,
    source: integrationOf(integration.platform).source?.(integration.settings) ?? null,
    settings: integration.settings,
    secrets: [...(integration.secret ? ["secret"] : []), ...Object.keys(integration.secrets)],
    version: integration.version ?? 0,
    createdAt: integration.createdAt.toISOString(),
    lastEventAt: lastEventAt?.toISOString() ?? null,
    lastRefusal: lastRefusal ? { code: lastRefusal.code, at: lastRefusal.at.toISOString() } : null,
    events,
  };
}

export function presentIntegrationEvent(
  { translate }: Pick<Context, "translate">,
  event: IntegrationEventRecord,
  locale: string,
): IntegrationEvent {
  const { failure } = event;
  return {
    id: event._id.toHexString(),
    integrationId: event.integrationId.toHexString(),
    deliveryId: event.deliveryId,
    topic: event.topic,
    state: event.state,
    body: event.body,
    tries: event.tries,
    orderIds: event.orderIds,
    conversationIds: event.conversationIds.map((id) => id.toHexString()),
    receivedAt: event.receivedAt.toISOString(),
    ...(failure !== undefined && { failure }),
    ...(failure !== undefined &&
      Object.hasOwn(ERROR_STATUS, failure) && { failureText: translate(locale, `errors.${failure}`) }),
  };
}
