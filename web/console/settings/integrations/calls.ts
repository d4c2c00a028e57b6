import type { Page } from "../../../../contract/common.ts";
import type { Integration, IntegrationEvent, Platform, PlatformInfo } from "../../../../contract/integration.ts";
import { request } from "../../../ui/http.ts";

/** What the console asks about connected platforms; the shapes are the contract's. */

export interface IntegrationInput {
  platform: Platform;
  name: string;
  secret?: string;
  settings?: Record<string, unknown>;
}
export type IntegrationWithSecret = Integration & { secret?: string };

export const listPlatforms = () => request<PlatformInfo[]>("GET", "/integrations/platforms");
export const listIntegrations = () => request<Integration[]>("GET", "/integrations");
export const createIntegration = (integration: IntegrationInput) =>
  request<IntegrationWithSecret>("POST", "/integrations", { json: integration });
export const updateIntegration = (
  id: string,
  change: { name?: string; enabled?: boolean; settings?: Record<string, unknown> },
) => request<Integration>("PATCH", `/integrations/${id}`, { json: change });
export const rotateIntegrationSecret = (id: string, secret: string | undefined) =>
  request<IntegrationWithSecret>("POST", `/integrations/${id}/secret`, { json: secret ? { secret } : {} });
export const deleteIntegration = (id: string) => request<void>("DELETE", `/integrations/${id}`);
export const listIntegrationEvents = (id: string, cursor: string | null, signal?: AbortSignal) =>
  request<Page<IntegrationEvent>>("GET", `/integrations/${id}/events`, { query: { cursor, limit: 20 }, signal });

export const integrationKeys = {
  platforms: ["integration-platforms"] as const,
  all: ["integrations"] as const,
  events: (id: string) => ["integrations", id, "events"] as const,
};
