import { ActionIcon, Button, Checkbox, Group, Select, Stack, Switch, TagsInput, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type BusinessHours, businessHoursSchema, WEEKDAYS, type Weekday } from "../../../contract/hours.ts";
import { updateBusinessHours } from "../api/bot-calls.ts";
import { keys } from "../api/keys.ts";
import { useText } from "../texts.ts";
import { Card } from "./frame.tsx";
import { useSave } from "./use-save.ts";

const NINE_TO_SIX = [{ from: "09:00", to: "18:00" }];

function usual(): BusinessHours {
  return {
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    week: { mon: NINE_TO_SIX, tue: NINE_TO_SIX, wed: NINE_TO_SIX, thu: NINE_TO_SIX, fri: NINE_TO_SIX },
    holidays: [],
  };
}

/** When the team answers; outside of it the bot says when to expect a person. */
export function HoursCard({ saved }: { saved: BusinessHours | null }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const [hours, setHours] = useState(saved);
  const save = useSave({
    save: updateBusinessHours,
    onSaved: () => client.invalidateQueries({ queryKey: keys.workspace }),
  });
  const valid = hours === null || businessHoursSchema.safeParse(hours).success;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (valid) save.mutate(hours);
  };
  const setDay = (day: Weekday, spans: { from: string; to: string }[]) =>
    hours && setHours({ ...hours, week: { ...hours.week, [day]: spans } });
  return (
    <Card title={t("copilot.hours.title")} lead={t("copilot.hours.lead")}>
      <form onSubmit={submit}>
        <Stack>
          <Switch
            label={t("copilot.hours.always")}
            checked={hours === null}
            onChange={(event) => setHours(event.currentTarget.checked ? null : (saved ?? usual()))}
          />
          {hours && (
            <>
              <Select
                label={t("copilot.hours.timeZone")}
                data={Intl.supportedValuesOf("timeZone")}
                value={hours.timeZone}
                allowDeselect={false}
                searchable
                limit={100}
                maw={320}
                onChange={(value) => value && setHours({ ...hours, timeZone: value })}
              />
              {WEEKDAYS.map((day, at) => (
                <Day
                  key={day}
                  // 2024-01-01 was a Monday.
                  name={new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" }).format(
                    Date.UTC(2024, 0, 1 + at),
                  )}
                  spans={hours.week[day] ?? []}
                  onChange={(spans) => setDay(day, spans)}
                />
              ))}
              <TagsInput
                label={t("copilot.hours.holidays")}
                description={t("copilot.hours.holidaysHint")}
                placeholder="2026-12-25"
                maw={420}
                value={hours.holidays}
                onChange={(holidays) => setHours({ ...hours, holidays })}
              />
              {!valid && (
                <Text c="red" size="sm" role="alert">
                  {t("copilot.hours.wrong")}
                </Text>
              )}
            </>
          )}
          <div>
            <Button type="submit" disabled={!valid} loading={save.isPending}>
              {t("actions.save")}
            </Button>
          </div>
        </Stack>
      </form>
    </Card>
  );
}

interface DayProps {
  name: string;
  spans: readonly { from: string; to: string }[];
  onChange(spans: { from: string; to: string }[]): void;
}

function Day({ name, spans, onChange }: DayProps) {
  const { t } = useText();
  const set = (at: number, change: { from?: string; to?: string }) =>
    onChange(spans.map((span, place) => (place === at ? { ...span, ...change } : span)));
  return (
    <Group gap="xs" align="start" wrap="nowrap">
      <Checkbox
        label={name}
        w={130}
        mt={8}
        checked={spans.length > 0}
        onChange={(event) => onChange(event.currentTarget.checked ? NINE_TO_SIX : [])}
      />
      {spans.length === 0 && (
        <Text size="sm" c="dimmed" mt={8}>
          {t("copilot.hours.closed")}
        </Text>
      )}
      <Stack gap={4}>
        {spans.map((span, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity but their place while they are typed
          <Group key={at} gap={4}>
            <TextInput
              type="time"
              aria-label={t("copilot.hours.from", { day: name })}
              value={span.from}
              onChange={(event) => set(at, { from: event.currentTarget.value })}
            />
            <span aria-hidden="true">–</span>
            <TextInput
              type="time"
              aria-label={t("copilot.hours.to", { day: name })}
              value={span.to}
              onChange={(event) => set(at, { to: event.currentTarget.value })}
            />
            {at > 0 && (
              <ActionIcon
                aria-label={t("copilot.hours.removeSpan", { day: name })}
                onClick={() => onChange(spans.filter((_, place) => place !== at))}
              >
                <IconTrash size={15} stroke={1.7} />
              </ActionIcon>
            )}
            {at === 0 && spans.length < 4 && (
              <ActionIcon
                aria-label={t("copilot.hours.addSpan", { day: name })}
                onClick={() => onChange([...spans, { from: "19:00", to: "21:00" }])}
              >
                <IconPlus size={15} stroke={1.7} />
              </ActionIcon>
            )}
          </Group>
        ))}
      </Stack>
    </Group>
  );
}
