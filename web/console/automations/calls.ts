import type {
  Automation,
  AutomationFigures,
  AutomationFile,
  AutomationSettings,
  AutomationVersion,
  CheckIn,
  Definition,
  DryRunResult,
  UpdateAutomation,
} from "../../../contract/automation.ts";
import type { Page } from "../../../contract/common.ts";
import { request } from "../../ui/http.ts";

/** Calls about automation rules, one line each, and their keys in the query cache. */

export const automationKeys = {
  all: ["automations"] as const,
  list: ["automations", "list"] as const,
  rule: (id: string) => ["automations", "rule", id] as const,
  history: (id: string) => ["automations", "history", id] as const,
  figures: ["automations", "figures"] as const,
  settings: ["automations", "settings"] as const,
  checkIns: (query: CheckInQuery) => ["check-ins", query] as const,
};

export const listAutomations = () => request<Automation[]>("GET", "/automations");
export const getFigures = () => request<AutomationFigures[]>("GET", "/automations/figures");
export const getAutomation = (id: string, signal?: AbortSignal) =>
  request<Automation>("GET", `/automations/${id}`, { signal });
export const createAutomation = (rule: Definition & { enabled: boolean }) =>
  request<Automation>("POST", "/automations", { json: rule });
/** Refused when `version` is not the newest; without it the last change wins. */
export const updateAutomation = (id: string, change: UpdateAutomation, version?: number) =>
  request<Automation>("PATCH", `/automations/${id}`, { json: change, version });
export const deleteAutomation = (id: string) => request<void>("DELETE", `/automations/${id}`);
export const getHistory = (id: string, signal?: AbortSignal) =>
  request<AutomationVersion[]>("GET", `/automations/${id}/history`, { signal });
export const restoreAutomation = (id: string, of: number, version: number) =>
  request<Automation>("POST", `/automations/${id}/restore`, { json: { version: of }, version });
export const exportAutomations = () => request<AutomationFile>("GET", "/automations/export");
export interface Imported {
  automations: { created: number; updated: number };
  templates: { created: number; updated: number };
}
export const importAutomations = (file: unknown) => request<Imported>("POST", "/automations/import", { json: file });
export const dryRun = (definition: Definition, days: number) =>
  request<DryRunResult>("POST", "/automations/dry-run", { json: { definition, days } });

export const getAutomationSettings = () => request<AutomationSettings>("GET", "/automations/settings");
export const updateAutomationSettings = (
  { quietHours, buyerCap, compensationUrl }: Omit<AutomationSettings, "version">,
  version: number,
) =>
  request<AutomationSettings>("PATCH", "/automations/settings", {
    json: { quietHours, buyerCap, compensationUrl },
    version,
  });

export interface CheckInQuery {
  automation?: string;
  conversation?: string;
  contact?: string;
  outcome?: CheckIn["outcome"] | "waiting";
}
export const listCheckIns = (query: CheckInQuery, cursor: string | null, signal?: AbortSignal) =>
  request<Page<CheckIn>>("GET", "/check-ins", { query: { ...query, cursor, limit: 50 }, signal });
export const cancelCheckIn = (id: string) => request<CheckIn>("POST", `/check-ins/${id}/cancel`);
