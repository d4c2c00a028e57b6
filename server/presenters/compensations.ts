import type { z } from "zod";
import type { Compensation, compensationRuleSchema } from "../../contract/compensation.ts";
import type { CompensationRecord, CompensationRuleRecord } from "../models/compensation.ts";

export function presentCompensation(credit: CompensationRecord): Compensation {
  const { orderId, orderNumber, reason, amount, currency, state } = credit;
  return {
    id: credit._id.toHexString(),
    orderId,
    orderNumber,
    reason,
    buyer: { name: credit.buyerName, ...(credit.contactId && { id: credit.contactId.toHexString() }) },
    rule: { id: credit.ruleId.toHexString(), name: credit.ruleName },
    amount,
    currency,
    state,
    createdAt: credit.createdAt.toISOString(),
    updatedAt: credit.updatedAt.toISOString(),
    ...(credit.failure !== undefined && { failure: credit.failure }),
    ...(credit.decidedBy !== undefined && { decidedBy: credit.decidedBy }),
  };
}

export function presentCompensationRule(rule: CompensationRuleRecord): z.output<typeof compensationRuleSchema> {
  const { _id, workspaceId: _workspaceId, createdAt, updatedAt, ...rest } = rule;
  const { name, enabled, reason, minDaysLate, minTotal, maxTotal, currency, version } = rest;
  return {
    id: _id.toHexString(),
    version,
    name,
    enabled,
    reason,
    minDaysLate,
    countries: rest.countries,
    categories: rest.categories,
    kind: rest.kind,
    value: rest.value,
    most: rest.most ?? null,
    approvalAbove: rest.approvalAbove ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    ...(minTotal !== undefined && { minTotal }),
    ...(maxTotal !== undefined && { maxTotal }),
    ...(currency !== undefined && { currency }),
  };
}
