import {
  type Action,
  type Automation,
  type Condition,
  type Duration,
  REASONS,
  type Trigger,
} from "../../../contract/automation.ts";
import { FIELDS, type FieldName, type FieldType, type TriggerName } from "../../../contract/automation-tables.ts";
import { isLocale, LOCALE_NAMES } from "../../../contract/locales.ts";
import type { Template } from "../../../contract/template.ts";
import english from "../../../locales/en/automations.json" with { type: "json" };
import { displayName, formatNumber } from "../../ui/format.ts";
import type { TextKey, Translate } from "../texts.ts";

/** Rules in the reader's words. Every function takes the translate function and the reader's locale where it formats. */

export function triggerWords(name: TriggerName, t: Translate): string {
  if (name === "schedule") return t("automations.triggers.schedule");
  const [group, what] = name.split(".");
  return t(`automations.triggers.${group}.${what}` as TextKey);
}

export function triggerSentence(trigger: Trigger, t: Translate): string {
  if (trigger.type !== "schedule") return triggerWords(trigger.type, t);
  return t(trigger.over === "orders" ? "automations.daily.orders" : "automations.daily.conversations", {
    time: trigger.at,
  });
}

export function fieldWords(field: FieldName, t: Translate): string {
  const [group, what] = field.split(".");
  return t(`automations.fields.${group}.${what}` as TextKey);
}

/** How an operator reads between a field of a type and its value. */
export function operatorWords(type: FieldType, operator: string, t: Translate): string {
  if (type === "boolean") return t("automations.operators.is");
  return t(`automations.operators.${operator}` as TextKey);
}

/** A value of a field with few values, in words. */
export function valueWords(field: FieldName, value: string, t: Translate, locale: string): string {
  switch (field) {
    case "order.state":
      return t(`automations.orderStates.${value}` as TextKey);
    case "conversation.status":
      return t(`status.${value}` as TextKey);
    case "conversation.priority":
      return t(`automations.priorities.${value}` as TextKey);
    case "conversation.channel":
      return t(`channels.${value}` as TextKey);
    case "buyer.country":
      return displayName("region", value, locale);
    case "buyer.language":
      return isLocale(value) ? LOCALE_NAMES[value] : displayName("language", value, locale);
    default:
      return value;
  }
}

/** A condition in one line: "Rating at most 3 stars". */
export function conditionWords({ field, operator, value }: Condition, t: Translate, locale: string): string {
  const { type, ...info } = FIELDS[field];
  const parts = [fieldWords(field, t), operatorWords(type, operator, t)];
  if (typeof value === "boolean") return `${parts[0]}: ${t(value ? "automations.yes" : "automations.no")}`;
  if (typeof value === "number") {
    const days = "unit" in info && info.unit === "days";
    return [...parts, days ? durationWords({ amount: value, unit: "days" }, locale) : formatNumber(value, locale)].join(
      " ",
    );
  }
  const values = (Array.isArray(value) ? value : [value]).map((each) => valueWords(field, each, t, locale));
  const shown = values.length > 4 ? [...values.slice(0, 4), "…"] : values;
  return [...parts, new Intl.ListFormat(locale, { type: "unit" }).format(shown)].join(" ");
}

/** "3 days", as the reader's language counts them. */
export function durationWords({ amount, unit }: Duration, locale: string): string {
  const name = unit.slice(0, -1);
  return new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "long" }).format(amount);
}

/** "days" beside a number that stands for itself, in the form that the number asks for. */
export function unitWord({ amount, unit }: Duration, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: "unit", unit: unit.slice(0, -1), unitDisplay: "long" });
  const word = format.formatToParts(amount).find(({ type }) => type === "unit")?.value;
  // Arabic says one and two days without a number: then the form of many stands for the unit.
  return (word ?? format.formatToParts(3).find(({ type }) => type === "unit")?.value ?? unit).trim();
}

function messageName(template: Pick<Template, "key" | "name"> | undefined, key: string, t: Translate): string {
  return template ? templateName(template, t) : key;
}

/** What a step of a rule does, in one line. `templates` by key. */
export function actionWords(
  action: Action,
  templates: ReadonlyMap<string, Pick<Template, "key" | "name">>,
  t: Translate,
  locale: string,
): string {
  switch (action.type) {
    case "send_template":
      return t("automations.steps.send", { name: messageName(templates.get(action.template), action.template, t) });
    case "wait":
      return t("automations.steps.wait", { time: durationWords(action.duration, locale) });
    case "label":
      return `${t("automations.actions.label")}: ${action.labels.join(", ")}`;
    case "set_priority":
      return `${t("automations.actions.set_priority")}: ${t(`automations.priorities.${action.priority}`)}`;
    default:
      return t(`automations.actions.${action.type}`);
  }
}

const DEFAULTS: Record<string, { name: string; description: string }> = english.defaults;
const MESSAGES: Record<string, string> = english.messages;

/** A rule's name; a default one's in the reader's language, as long as nobody gave it another. */
export function ruleName({ key, name }: Pick<Automation, "key" | "name">, t: Translate): string {
  if (!key || DEFAULTS[key]?.name !== name) return name;
  return t(`automations.defaults.${key}.name` as TextKey);
}

/** The same of a rule that is known by its name alone. */
export function ruleTitle(name: string, t: Translate): string {
  const key = Object.keys(DEFAULTS).find((each) => DEFAULTS[each]?.name === name);
  return key ? ruleName({ key, name }, t) : name;
}

/** Why a rule stopped itself: `missing_variable: order.promised_at`, in words. */
export function pausedWords(reason: string, t: Translate): string {
  const [code = "", ...rest] = reason.split(": ");
  const known = (REASONS as readonly string[]).includes(code);
  const words = known ? t(`automations.reasons.${code}` as TextKey, { detail: rest.join(": ") }) : reason;
  return t("automations.paused.text", { reason: words.replace(/[.。．]$/u, "") });
}

/** The same for what a rule is for. */
export function ruleDescription({ key, description }: Pick<Automation, "key" | "description">, t: Translate): string {
  if (!key || DEFAULTS[key]?.description !== description) return description;
  return t(`automations.defaults.${key}.description` as TextKey);
}

/** The same for a template's name. */
export function templateName({ key, name }: Pick<Template, "key" | "name">, t: Translate): string {
  return MESSAGES[key] === name ? t(`automations.messages.${key}` as TextKey) : name;
}

/** A rule's steps from what sets it off to its end, each in a few words. */
export function flowOf(
  rule: Pick<Automation, "trigger" | "delay" | "conditions" | "actions">,
  templates: ReadonlyMap<string, Pick<Template, "key" | "name">>,
  t: Translate,
  locale: string,
): string[] {
  return [
    triggerSentence(rule.trigger, t),
    ...(rule.delay.amount > 0 ? [t("automations.steps.wait", { time: durationWords(rule.delay, locale) })] : []),
    ...rule.actions.map((action) => actionWords(action, templates, t, locale)),
  ];
}

/** Why a message was held, in words; a reason that this release does not know shows as it is. */
export function reasonWords(
  { reason, detail }: { reason?: string | undefined; detail?: string | undefined },
  t: Translate,
): string {
  return reason ? t(`automations.reasons.${reason}` as TextKey, { detail: detail ?? "" }) : "";
}

/** The part of a rule that a version changed. */
export function partWords(part: string, t: Translate): string {
  return t(`automations.parts.${part}` as TextKey);
}
