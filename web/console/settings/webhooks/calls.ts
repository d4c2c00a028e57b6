import type { Page } from "../../../../contract/common.ts";
import type { DeliveryState, Webhook, WebhookDelivery, WebhookEvent } from "../../../../contract/webhook.ts";
import { request } from "../../../ui/http.ts";

/** What the console asks about webhooks; the shapes are the contract's. */

export interface WebhookInput {
  url: string;
  name: string;
  events: WebhookEvent[];
}
type WithSecret = Webhook & { secret: string };

export const listWebhooks = () => request<Webhook[]>("GET", "/webhooks");
export const createWebhook = (webhook: WebhookInput) => request<WithSecret>("POST", "/webhooks", { json: webhook });
export const updateWebhook = (id: string, change: Partial<WebhookInput & { enabled: boolean }>) =>
  request<Webhook>("PATCH", `/webhooks/${id}`, { json: change });
export const rotateWebhookSecret = (id: string) => request<WithSecret>("POST", `/webhooks/${id}/secret`);
export const deleteWebhook = (id: string) => request<void>("DELETE", `/webhooks/${id}`);
export const listDeliveries = (
  id: string,
  state: DeliveryState | undefined,
  cursor: string | null,
  signal?: AbortSignal,
) =>
  request<Page<WebhookDelivery>>("GET", `/webhooks/${id}/deliveries`, { query: { state, cursor, limit: 20 }, signal });
export const replayDelivery = (id: string) => request<WebhookDelivery>("POST", `/webhooks/deliveries/${id}/replay`);

export const webhookKeys = {
  all: ["webhooks"] as const,
  deliveries: (id: string, state: string) => ["webhooks", id, "deliveries", state] as const,
};
