import { ActionIcon, Button, SegmentedControl, Select } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { Condition } from "../../../contract/automation.ts";
import { FIELDS, type FieldName } from "../../../contract/automation-tables.ts";
import { useText } from "../texts.ts";
import styles from "./automations.module.css";
import { fieldsFor, newCondition, operatorsOf, type RuleDraft, withOperator } from "./rule-draft.ts";
import { Step } from "./step.tsx";
import { ValueField } from "./value-field.tsx";
import { fieldWords, operatorWords } from "./words.ts";

interface IfCardProps {
  draft: RuleDraft;
  problems: ReadonlyMap<string, string>;
  onChange(draft: RuleDraft): void;
}

const GROUPS = ["order", "review", "buyer", "conversation", "message", "time"] as const;

/** For whom: conditions over typed fields. */
export function IfCard({ draft, problems, onChange }: IfCardProps) {
  const { t } = useText();
  const { match, items } = draft.conditions;
  const fields = fieldsFor(draft.trigger);
  const set = (next: Condition[]) => onChange({ ...draft, conditions: { match, items: next } });
  const data = GROUPS.map((group) => ({
    group: t(`automations.groups.${group}`),
    items: fields
      .filter((field) => FIELDS[field].of === group)
      .map((field) => ({ value: field, label: fieldWords(field, t) })),
  })).filter((group) => group.items.length > 0);
  return (
    <Step
      kind="if"
      title={t("automations.editor.if")}
      {...(items.length === 0 && { lead: t("automations.editor.everyone") })}
    >
      {items.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label={t("automations.editor.match")}
          data={[
            { value: "all", label: t("automations.editor.matchAll") },
            { value: "any", label: t("automations.editor.matchAny") },
          ]}
          value={match}
          onChange={(next) => onChange({ ...draft, conditions: { match: next as "all" | "any", items } })}
        />
      )}
      <ul className={styles.conditions}>
        {items.map((condition, at) => {
          const { type } = FIELDS[condition.field];
          const place = `conditions.items.${at}`;
          const change = (next: Condition) => set(items.map((each, index) => (index === at ? next : each)));
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place
            <li key={at} className={styles.condition}>
              <Select
                aria-label={t("automations.editor.field", { number: at + 1 })}
                data={data}
                value={condition.field}
                allowDeselect={false}
                searchable
                maxDropdownHeight={320}
                onChange={(field) => field && field !== condition.field && change(newCondition(field as FieldName))}
              />
              {type !== "boolean" && (
                <Select
                  aria-label={t("automations.editor.operator", { number: at + 1 })}
                  data={operatorsOf(condition.field).map((operator) => ({
                    value: operator,
                    label: operatorWords(type, operator, t),
                  }))}
                  value={condition.operator}
                  allowDeselect={false}
                  onChange={(operator) => operator && change(withOperator(condition, operator))}
                />
              )}
              <ValueField
                label={t("automations.editor.value", { number: at + 1 })}
                condition={condition}
                error={[...problems.keys()].some((key) => key === place || key.startsWith(`${place}.`))}
                onChange={(value) => change({ ...condition, value })}
              />
              <ActionIcon
                aria-label={t("automations.editor.removeCondition", { number: at + 1 })}
                onClick={() => set(items.filter((_, index) => index !== at))}
              >
                <IconTrash size={16} stroke={1.7} />
              </ActionIcon>
            </li>
          );
        })}
      </ul>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlus size={14} />}
        disabled={items.length >= 20}
        onClick={() => set([...items, newCondition(fields[0] ?? "buyer.country")])}
      >
        {t("automations.editor.addCondition")}
      </Button>
    </Step>
  );
}
