import { Group, MultiSelect, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import type { Trigger } from "../../../contract/automation.ts";
import { TRIGGER_NAMES, TRIGGERS, type TriggerName } from "../../../contract/automation-tables.ts";
import { WEEKDAYS, type Weekday } from "../../../contract/hours.ts";
import { useText } from "../texts.ts";
import { DurationField } from "./duration-field.tsx";
import { type RuleDraft, withTrigger } from "./rule-draft.ts";
import { Step } from "./step.tsx";
import { triggerWords } from "./words.ts";

interface PartProps {
  draft: RuleDraft;
  onChange(draft: RuleDraft): void;
}

const GROUPS = ["order", "review", "conversation", "message", "schedule"] as const;

/** What sets the rule off. */
export function WhenCard({ draft, onChange }: PartProps) {
  const { t } = useText();
  const { trigger } = draft;
  const data = GROUPS.map((group) => ({
    group: t(`automations.groups.${group}`),
    items: TRIGGER_NAMES.filter((name) => TRIGGERS[name].group === group).map((name) => ({
      value: name,
      label: triggerWords(name, t),
    })),
  }));
  const choose = (name: string | null) => {
    if (!name) return;
    const next: Trigger =
      name === "schedule"
        ? { type: "schedule", over: "orders", at: "10:00", timeZone: ownTimeZone(), weekdays: [], withinDays: 30 }
        : { type: name as Exclude<TriggerName, "schedule"> };
    onChange(withTrigger(draft, next));
  };
  return (
    <Step kind="when" title={t("automations.editor.when")}>
      <Stack gap="sm">
        <Select
          aria-label={t("automations.editor.when")}
          data={data}
          value={trigger.type}
          allowDeselect={false}
          searchable
          maxDropdownHeight={360}
          onChange={choose}
        />
        {trigger.type === "schedule" && (
          <Schedule trigger={trigger} onChange={(next) => onChange(withTrigger(draft, next))} />
        )}
      </Stack>
    </Step>
  );
}

type ScheduleTrigger = Extract<Trigger, { type: "schedule" }>;

function Schedule({ trigger, onChange }: { trigger: ScheduleTrigger; onChange(trigger: ScheduleTrigger): void }) {
  const { t, locale } = useText();
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
  return (
    <Group gap="sm" align="flex-end">
      <Select
        label={t("automations.daily.over")}
        data={[
          { value: "orders", label: t("automations.daily.overOrders") },
          { value: "conversations", label: t("automations.daily.overConversations") },
        ]}
        value={trigger.over}
        allowDeselect={false}
        w={170}
        onChange={(over) => over && onChange({ ...trigger, over: over as ScheduleTrigger["over"] })}
      />
      <TextInput
        type="time"
        label={t("automations.daily.at")}
        value={trigger.at}
        required
        w={120}
        onChange={(event) => onChange({ ...trigger, at: event.currentTarget.value })}
      />
      <Select
        label={t("automations.daily.timeZone")}
        data={["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")]}
        value={trigger.timeZone}
        allowDeselect={false}
        searchable
        limit={60}
        w={200}
        onChange={(timeZone) => timeZone && onChange({ ...trigger, timeZone })}
      />
      <MultiSelect
        label={t("automations.daily.weekdays")}
        placeholder={trigger.weekdays.length === 0 ? t("automations.daily.everyDay") : undefined}
        // The first of January 2024 was a Monday.
        data={WEEKDAYS.map((day, at) => ({ value: day, label: weekday.format(Date.UTC(2024, 0, 1 + at)) }))}
        value={trigger.weekdays}
        miw={220}
        onChange={(weekdays) => onChange({ ...trigger, weekdays: weekdays as Weekday[] })}
      />
      <NumberInput
        label={t("automations.daily.within")}
        value={trigger.withinDays}
        min={1}
        max={90}
        allowDecimal={false}
        clampBehavior="strict"
        w={170}
        onChange={(days) => typeof days === "number" && onChange({ ...trigger, withinDays: days })}
      />
    </Group>
  );
}

/** How long after it the first step is done. */
export function WaitCard({ draft, onChange }: PartProps) {
  const { t } = useText();
  return (
    <Step kind="wait" title={t("automations.editor.wait")}>
      <DurationField
        label={t("automations.editor.wait")}
        value={draft.delay}
        onChange={(delay) => onChange({ ...draft, delay })}
      />
      {draft.delay.amount === 0 && (
        <Text size="sm" c="dimmed" mt={4}>
          {t("automations.editor.atOnce")}
        </Text>
      )}
    </Step>
  );
}

function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}
