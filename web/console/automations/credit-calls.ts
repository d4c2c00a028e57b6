import type { z } from "zod";
import type { Page } from "../../../contract/common.ts";
import type {
  Compensation,
  CompensationRule,
  CompensationState,
  compensationRuleSchema,
  decideCompensationSchema,
} from "../../../contract/compensation.ts";
import { request } from "../../ui/http.ts";

/** Calls about credits and the rules that give them, one line each. */

export const creditKeys = {
  list: (state: CompensationState | undefined) => ["compensations", state] as const,
  all: ["compensations"] as const,
  rules: ["compensation-rules"] as const,
};

export type StoredRule = z.output<typeof compensationRuleSchema>;
export type Decision = z.output<typeof decideCompensationSchema>["decision"];

export const listCredits = (state: CompensationState | undefined, cursor: string | null, signal?: AbortSignal) =>
  request<Page<Compensation>>("GET", "/compensations", { query: { state, cursor, limit: 50 }, signal });
export const decideCredit = (id: string, decision: Decision) =>
  request<Compensation>("POST", `/compensations/${id}/decide`, { json: { decision } });
export const listCompensationRules = () => request<StoredRule[]>("GET", "/compensation-rules");
export const createCompensationRule = (rule: CompensationRule) =>
  request<StoredRule>("POST", "/compensation-rules", { json: rule });
export const updateCompensationRule = (id: string, change: Partial<CompensationRule>, version?: number) =>
  request<StoredRule>("PATCH", `/compensation-rules/${id}`, { json: change, version });
export const deleteCompensationRule = (id: string) => request<void>("DELETE", `/compensation-rules/${id}`);
