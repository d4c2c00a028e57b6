import type {
  Automation,
  AutomationFile,
  AutomationSettings,
  AutomationVersion,
  CheckIn,
  Definition,
} from "../../contract/automation.ts";
import type { Template } from "../../contract/template.ts";
import type { Rule } from "../automation/rules.ts";
import type { AutomationSettingsRecord, AutomationVersionRecord } from "../models/automation.ts";
import type { CheckInRecord } from "../models/check-in.ts";
import type { TemplateRecord } from "../models/template.ts";

export function presentAutomation(rule: Rule): Automation {
  return {
    id: rule._id.toHexString(),
    version: rule.version,
    enabled: rule.enabled,
    ...definitionOf(rule),
    paused: rule.paused ? { at: rule.paused.at.toISOString(), reason: rule.paused.reason } : null,
    counters: rule.counters,
    createdAt: rule.createdAt.toISOString(),
    updatedAt: rule.updatedAt.toISOString(),
    ...(rule.key !== undefined && { key: rule.key }),
    ...(rule.updatedBy !== undefined && { updatedBy: rule.updatedBy }),
  };
}

/** What a rule says, without who made it and how it went. */
export function definitionOf(rule: Definition): Definition {
  return {
    name: rule.name,
    description: rule.description,
    trigger: rule.trigger,
    delay: rule.delay,
    conditions: rule.conditions,
    actions: rule.actions,
    cap: rule.cap,
    quietHours: rule.quietHours,
    holdWhenOpen: rule.holdWhenOpen,
    stopOnReply: rule.stopOnReply,
    windowHours: rule.windowHours,
    triggersOthers: rule.triggersOthers,
  };
}

export function presentVersion({ at, ...version }: AutomationVersionRecord): AutomationVersion {
  return { ...version, at: at.toISOString() };
}

export function presentAutomationSettings({
  quietHours,
  buyerCap,
  compensationUrl,
  version,
}: AutomationSettingsRecord): AutomationSettings {
  return { quietHours, buyerCap, compensationUrl, version };
}

/** `usedBy`: the rules that send it; `standard`: whether it is one that Parley comes with. */
export function presentTemplate(
  template: TemplateRecord,
  { usedBy, standard }: Pick<Template, "usedBy" | "standard">,
): Template {
  return {
    id: template._id.toHexString(),
    version: template.version,
    key: template.key,
    name: template.name,
    fallback: template.fallback,
    texts: template.texts,
    standard,
    usedBy,
    createdAt: template.createdAt.toISOString(),
    updatedAt: template.updatedAt.toISOString(),
  };
}

export function presentCheckIn(checkIn: CheckInRecord): CheckIn {
  const { automationId, automationName, automationKey, plan } = checkIn;
  const conversationId = plan?.conversationId ?? checkIn.conversationId;
  return {
    id: checkIn._id.toHexString(),
    automation: { id: automationId.toHexString(), name: automationName, ...(automationKey && { key: automationKey }) },
    trigger: checkIn.trigger,
    step: checkIn.step,
    part: checkIn.part,
    dueAt: checkIn.dueAt?.toISOString() ?? null,
    finishedAt: checkIn.finishedAt?.toISOString() ?? null,
    history: checkIn.history.map(({ at, until, ...entry }) => ({
      ...entry,
      at: at.toISOString(),
      ...(until && { until: until.toISOString() }),
    })),
    occurredAt: checkIn.occurredAt.toISOString(),
    createdAt: checkIn.createdAt.toISOString(),
    ...(checkIn.outcome && { outcome: checkIn.outcome }),
    ...(checkIn.reason && { reason: checkIn.reason }),
    ...(checkIn.detail !== undefined && { detail: checkIn.detail }),
    ...(checkIn.orderId !== undefined && { orderId: checkIn.orderId }),
    ...(checkIn.contactId && { contactId: checkIn.contactId.toHexString() }),
    ...(conversationId && { conversationId: conversationId.toHexString() }),
    ...(checkIn.sentMessageId && { messageId: checkIn.sentMessageId.toHexString() }),
    ...(plan && { channel: plan.channel }),
  };
}

/** Rules and templates in the form of an export file. */
export function exportFile(rules: readonly Rule[], templates: readonly TemplateRecord[]): AutomationFile {
  return {
    parley: "automations/1",
    automations: rules.map((rule) => ({
      ...definitionOf(rule),
      enabled: rule.enabled,
      ...(rule.key !== undefined && { key: rule.key }),
    })),
    templates: templates.map(({ key, name, fallback, texts }) => ({ key, name, fallback, texts })),
  };
}
