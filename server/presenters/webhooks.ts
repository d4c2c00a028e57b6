import type { Webhook, WebhookDelivery } from "../../contract/webhook.ts";
import type { WebhookDeliveryRecord, WebhookRecord } from "../models/webhook.ts";

/** A webhook without its secret. `parked`: deliveries that were given up. */
export function presentWebhook(webhook: WebhookRecord, parked: number): Webhook {
  return {
    id: webhook._id.toHexString(),
    name: webhook.name,
    url: webhook.url,
    events: webhook.events,
    enabled: webhook.enabled,
    createdAt: webhook.createdAt.toISOString(),
    updatedAt: webhook.updatedAt.toISOString(),
    failingSince: webhook.failingSince?.toISOString() ?? null,
    parked,
  };
}

export function presentDelivery(delivery: WebhookDeliveryRecord): WebhookDelivery {
  return {
    id: delivery._id.toHexString(),
    webhookId: delivery.webhookId.toHexString(),
    eventId: delivery.eventId.toHexString(),
    type: delivery.type,
    state: delivery.state,
    body: delivery.body,
    tries: delivery.tries,
    attempts: delivery.attempts.map(({ at, ...rest }) => ({ at: at.toISOString(), ...rest })),
    createdAt: delivery.createdAt.toISOString(),
    deliveredAt: delivery.deliveredAt?.toISOString() ?? null,
  };
}
