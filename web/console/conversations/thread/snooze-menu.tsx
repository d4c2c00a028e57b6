import { ActionIcon, Button, Group, Menu, Modal, Stack, TextInput, Tooltip } from "@mantine/core";
import { IconBellZ } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { formatDate } from "../../../ui/format.ts";
import { snoozeTimes, toLocalInput } from "../../sync/snooze.ts";
import { useText } from "../../texts.ts";

interface SnoozeMenuProps {
  opened: boolean;
  onChange(opened: boolean): void;
  onSnooze(until: Date): void;
}

export function SnoozeMenu({ opened, onChange, onSnooze }: SnoozeMenuProps) {
  const { t, locale } = useText();
  const [custom, setCustom] = useState<string>();
  const times = opened ? snoozeTimes(new Date()) : [];
  const until = custom ? new Date(custom) : undefined;
  const past = until !== undefined && !(until.getTime() > Date.now());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!until || past) return;
    setCustom(undefined);
    onSnooze(until);
  };
  return (
    <>
      <Menu opened={opened} onChange={onChange} position="bottom-end" width={280}>
        <Menu.Target>
          <Tooltip label={t("snooze.title")}>
            <ActionIcon aria-label={t("snooze.title")}>
              <IconBellZ size={19} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("snooze.until")}</Menu.Label>
          {times.map((time) => (
            <Menu.Item
              key={time.preset}
              onClick={() => onSnooze(time.until)}
              rightSection={<small>{formatDate(time.until, "weekdayTime", locale)}</small>}
            >
              {t(`snooze.${time.preset}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setCustom(toLocalInput(new Date(Date.now() + 24 * 3_600_000)))}>
            {t("snooze.custom")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={custom !== undefined} onClose={() => setCustom(undefined)} title={t("snooze.title")} size="sm">
        <form onSubmit={submit}>
          <Stack gap="md">
            <TextInput
              type="datetime-local"
              label={t("snooze.customLabel")}
              description={t("snooze.zone", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}
              value={custom ?? ""}
              min={toLocalInput(new Date())}
              onChange={(event) => setCustom(event.currentTarget.value)}
              error={custom && past ? t("snooze.past") : undefined}
              required
              data-autofocus
            />
            <Group justify="flex-end">
              <Button type="submit" disabled={!until || past}>
                {t("snooze.title")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
