import { describe, expect, it } from "vitest";
import type { Condition } from "../../../contract/automation.ts";
import { FIELD_NAMES, FIELDS, OPERATORS, TRIGGER_NAMES } from "../../../contract/automation-tables.ts";
import { LOCALES } from "../../../contract/locales.ts";
import automations from "../../../locales/en/automations.json" with { type: "json" };
import general from "../../../locales/en/console.json" with { type: "json" };
import { readRuleFile } from "../../../web/console/automations/read-rule-file.ts";
import {
  differs,
  draftOf,
  duplicateOf,
  EMPTY_RULE,
  fieldsFor,
  moved,
  newAction,
  newCondition,
  operatorsOf,
  problemsOf,
  type RuleDraft,
  templatesOf,
  withOperator,
  withTrigger,
} from "../../../web/console/automations/rule-draft.ts";
import {
  conditionWords,
  durationWords,
  fieldWords,
  flowOf,
  operatorWords,
  triggerWords,
  unitWord,
} from "../../../web/console/automations/words.ts";
import type { Translate } from "../../../web/console/texts.ts";

const en = { ...general, automations };
const t: Translate = (key, values = {}) => {
  const text = key.split(".").reduce<unknown>((node, part) => (node as Record<string, unknown>)?.[part], en);
  if (typeof text !== "string") throw new Error(`no text for ${key}`);
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
};

const RULE: RuleDraft = {
  ...EMPTY_RULE,
  name: "Check in",
  delay: { amount: 4, unit: "hours" },
  actions: [
    { id: "first", type: "send_template", template: "delivered_today", channel: "auto" },
    { id: "wait", type: "wait", duration: { amount: 3, unit: "days" } },
    { id: "second", type: "send_template", template: "delivered_later", channel: "email" },
  ],
};

describe("a rule while it is edited", () => {
  it("is complete only with a name, a template in each message and a value in each condition", () => {
    expect(problemsOf(RULE)).toEqual(new Map());
    expect([...problemsOf(EMPTY_RULE).keys()]).toEqual(["name", "actions.0.template"]);
    const open = { ...RULE, conditions: { match: "all" as const, items: [newCondition("buyer.country")] } };
    expect([...problemsOf(open).keys()].some((place) => place.startsWith("conditions.items.0"))).toBe(true);
  });

  it("can be saved as it comes out of every action's form once that is filled in", () => {
    for (const type of ["wait", "stop", "set_priority", "credit_compensation"] as const) {
      expect(problemsOf({ ...RULE, actions: [newAction(type)] })).toEqual(new Map());
    }
    expect(problemsOf({ ...RULE, actions: [newAction("webhook")] }).has("actions.0.url")).toBe(true);
    expect(problemsOf({ ...RULE, actions: [newAction("label")] }).has("actions.0.labels")).toBe(true);
  });

  it("asks only what its trigger knows, and forgets the rest when the trigger changes", () => {
    expect(fieldsFor({ type: "order.delivered" })).toContain("order.total");
    expect(fieldsFor({ type: "order.delivered" })).not.toContain("message.text");
    const items: Condition[] = [
      { field: "review.rating", operator: "at_most", value: 3 },
      { field: "buyer.country", operator: "any_of", value: ["ES"] },
    ];
    const review: RuleDraft = { ...RULE, trigger: { type: "review.received" }, conditions: { match: "all", items } };
    const next = withTrigger(review, { type: "message.received" });
    expect(next.conditions.items.map(({ field }) => field)).toEqual(["buyer.country"]);
    expect(problemsOf(next)).toEqual(new Map());
  });

  it("keeps a condition's value as far as another operator takes it", () => {
    const list: Condition = { field: "buyer.country", operator: "any_of", value: ["ES", "MX"] };
    expect(withOperator(list, "none_of").value).toEqual(["ES", "MX"]);
    expect(withOperator(list, "is").value).toBe("ES");
    expect(withOperator({ ...list, operator: "is", value: "ES" }, "any_of").value).toEqual(["ES"]);
    expect(withOperator({ field: "order.total", operator: "at_least", value: 12.5 }, "less_than").value).toBe(12.5);
  });

  it("moves steps within its ends", () => {
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], 2, 3)).toEqual(["a", "b", "c"]);
    expect(moved(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
  });

  it("is copied without the names of its steps, under a name that fits", () => {
    const copy = duplicateOf(RULE, `${"x".repeat(120)} (copy)`);
    expect(copy.name).toHaveLength(100);
    expect(copy.actions.every((action) => !("id" in action))).toBe(true);
    expect(differs(draftOf(RULE), RULE)).toBe(false);
    expect(templatesOf(RULE)).toEqual(["delivered_today", "delivered_later"]);
  });
});

describe("a rule in words", () => {
  it("says what happens, one step after the other", () => {
    const templates = new Map([["delivered_today", { key: "delivered_today", name: "How was it?" }]]);
    expect(flowOf(RULE, templates, t, "en")).toEqual([
      "An order is delivered",
      "Wait 4 hours",
      "Message “How was it?”",
      "Wait 3 days",
      "Message “delivered_later”",
    ]);
  });

  it("has words for every trigger, field and operator", () => {
    for (const name of TRIGGER_NAMES) expect(triggerWords(name, t)).not.toBe("");
    for (const field of FIELD_NAMES) {
      expect(fieldWords(field, t)).not.toBe("");
      for (const operator of operatorsOf(field)) expect(operatorWords(FIELDS[field].type, operator, t)).not.toBe("");
    }
    expect(Object.keys(OPERATORS)).toEqual(["text", "choice", "number", "boolean", "list"]);
  });

  it("says conditions with values as people write them", () => {
    const say = (condition: Condition) => conditionWords(condition, t, "en");
    expect(say({ field: "buyer.country", operator: "any_of", value: ["ES", "MX"] })).toBe(
      "Country is any of Spain, Mexico",
    );
    expect(say({ field: "order.days_late", operator: "at_least", value: 3 })).toBe("Late by at least 3 days");
    expect(say({ field: "order.tracked", operator: "is", value: true })).toBe("Has tracking: Yes");
  });

  it("counts time in every language, with a word for the unit alone", () => {
    expect(durationWords({ amount: 1, unit: "days" }, "en")).toBe("1 day");
    for (const locale of LOCALES) {
      for (const amount of [0, 1, 2, 5, 11]) {
        const word = unitWord({ amount, unit: "hours" }, locale);
        expect(word, `${locale} ${amount}`).toMatch(/\p{L}/u);
        expect(word, `${locale} ${amount}`).not.toMatch(/\d/);
      }
    }
  });
});

describe("a file of rules", () => {
  it("is read when it is right, and refused with the place before anything is sent", () => {
    const { id: _id, ...action } = { ...RULE.actions[0]! };
    const rule = { ...RULE, actions: [action], enabled: true };
    const file = { parley: "automations/1", automations: [rule], templates: [] };
    expect(readRuleFile(`\uFEFF${JSON.stringify(file)}`)).toMatchObject({ ok: true, rules: 1, templates: 0 });
    expect(readRuleFile("{")).toEqual({ ok: false });
    expect(readRuleFile("{}")).toMatchObject({ ok: false, where: expect.stringContaining("parley") });
  });
});
