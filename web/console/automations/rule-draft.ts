import type { Action, Automation, Condition, Definition, Trigger } from "../../../contract/automation.ts";
import { definitionSchema } from "../../../contract/automation.ts";
import {
  type About,
  FIELD_NAMES,
  FIELDS,
  type FieldInfo,
  type FieldName,
  type FieldType,
  OPERATORS,
  TRIGGERS,
  type TriggerInfo,
  VARIABLES,
} from "../../../contract/automation-tables.ts";

/** A rule while it is edited: the parts that are saved. Inputs may be empty until then. */
export type RuleDraft = Definition;

const PARTS = [
  "name",
  "description",
  "trigger",
  "delay",
  "conditions",
  "actions",
  "cap",
  "quietHours",
  "holdWhenOpen",
  "stopOnReply",
  "windowHours",
  "triggersOthers",
] as const satisfies readonly (keyof Definition)[];

export const EMPTY_RULE: RuleDraft = {
  name: "",
  description: "",
  trigger: { type: "order.delivered" },
  delay: { amount: 0, unit: "hours" },
  conditions: { match: "all", items: [] },
  actions: [{ id: "send", type: "send_template", template: "", channel: "auto" }],
  cap: null,
  quietHours: true,
  holdWhenOpen: true,
  stopOnReply: true,
  windowHours: 72,
  triggersOthers: false,
};

export function draftOf(rule: Automation | Definition): RuleDraft {
  return Object.fromEntries(PARTS.map((part) => [part, rule[part]])) as unknown as RuleDraft;
}

/** A copy under another name. Its steps get names of their own when it is saved. */
export function duplicateOf(rule: Definition, name: string): RuleDraft {
  return {
    ...draftOf(rule),
    name: name.slice(0, 100),
    actions: rule.actions.map(({ id: _id, ...action }) => action as Action),
  };
}

export function differs(draft: RuleDraft, saved: RuleDraft): boolean {
  return JSON.stringify(draft) !== JSON.stringify(saved);
}

/** What a rule with this trigger knows. */
export function aboutOf(trigger: Trigger): readonly About[] {
  if (trigger.type === "schedule") return [trigger.over === "orders" ? "order" : "conversation"];
  return TRIGGERS[trigger.type].about;
}

/** Whether the shop begins with this trigger: quiet hours and caps count. */
export function isProactive(trigger: Trigger): boolean {
  const info: TriggerInfo = TRIGGERS[trigger.type];
  return info.proactive;
}

/** Fields that conditions of a rule with this trigger can ask, in the order of the table. */
export function fieldsFor(trigger: Trigger): FieldName[] {
  const about: readonly string[] = aboutOf(trigger);
  return FIELD_NAMES.filter((name) => {
    const { of } = FIELDS[name];
    return of === "buyer" || of === "time" || about.includes(of);
  });
}

export function infoOf(field: FieldName): FieldInfo {
  return FIELDS[field];
}

export function operatorsOf(field: FieldName): string[] {
  return Object.keys(OPERATORS[FIELDS[field].type]);
}

/** What an operator of a field compares with. */
export function valueKind(field: FieldName, operator: string): "string" | "number" | "boolean" | "list" {
  const kinds: Record<string, "string" | "number" | "boolean" | "list"> = OPERATORS[FIELDS[field].type];
  return kinds[operator] ?? "string";
}

const FIRST_OPERATOR: Record<FieldType, string> = {
  text: "contains_any",
  choice: "any_of",
  number: "at_least",
  boolean: "is",
  list: "has_any",
};

/** A condition on a field before anything is filled in. */
export function newCondition(field: FieldName): Condition {
  return withOperator({ field, operator: "", value: "" }, FIRST_OPERATOR[FIELDS[field].type]);
}

/** The same condition with another operator; the value stays as far as the operator takes it. */
export function withOperator({ field, value }: Condition, operator: string): Condition {
  const kind = valueKind(field, operator);
  if (kind === "list") {
    return { field, operator, value: Array.isArray(value) ? value : typeof value === "string" && value ? [value] : [] };
  }
  if (kind === "string") {
    return { field, operator, value: typeof value === "string" ? value : Array.isArray(value) ? (value[0] ?? "") : "" };
  }
  if (kind === "number") return { field, operator, value: typeof value === "number" ? value : 1 };
  return { field, operator, value: typeof value === "boolean" ? value : true };
}

/** Another trigger: conditions on what it does not know go. */
export function withTrigger(draft: RuleDraft, trigger: Trigger): RuleDraft {
  const known = new Set(fieldsFor(trigger));
  const items = draft.conditions.items.filter(({ field }) => known.has(field));
  return { ...draft, trigger, conditions: { ...draft.conditions, items } };
}

export function newAction(type: Action["type"]): Action {
  switch (type) {
    case "send_template":
      return { type, template: "", channel: "auto" };
    case "label":
      return { type, labels: [], remove: false };
    case "assign":
      return { type, userId: "" };
    case "set_priority":
      return { type, priority: "high" };
    case "credit_compensation":
      return { type, reason: "delay" };
    case "webhook":
      return { type, url: "" };
    case "wait":
      return { type, duration: { amount: 1, unit: "days" } };
    default:
      return { type };
  }
}

/** Moves an entry by one place; outside of the list nothing changes. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  if (to < 0 || to >= items.length || from === to) return [...items];
  const next = [...items];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** Variables that messages of this trigger can use: the others are never filled in. */
export function variablesFor(trigger: Trigger): Set<string> {
  const groups = new Set<string>(["buyer", "shop", "agent", "hours", ...aboutOf(trigger)]);
  if (groups.has("order")) groups.add("tracking").add("compensation");
  return new Set(
    Object.entries(VARIABLES).flatMap(([group, names]) =>
      groups.has(group) ? names.map((name) => `${group}.${name}`) : [],
    ),
  );
}

/** What keeps a rule from being saved: by place, such as `actions.0.template`; the schema's own words for the rare ones. */
export function problemsOf(draft: RuleDraft): Map<string, string> {
  const parsed = definitionSchema.safeParse(draft);
  const problems = new Map<string, string>();
  for (const { path, message } of parsed.error?.issues ?? []) {
    const place = path.join(".");
    if (!problems.has(place)) problems.set(place, message);
  }
  return problems;
}

/** The templates that a rule sends, in order, each once. */
export function templatesOf({ actions }: Pick<Definition, "actions">): string[] {
  const keys = actions.flatMap((action) => (action.type === "send_template" && action.template ? action.template : []));
  return [...new Set(keys)];
}
