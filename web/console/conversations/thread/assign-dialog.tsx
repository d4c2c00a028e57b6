import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { listUsers } from "../../api/calls.ts";
import { keys } from "../../api/keys.ts";
import { explainError } from "../../errors.ts";
import { useSession } from "../../session/use-session.ts";
import { useText } from "../../texts.ts";

interface AssignDialogProps {
  opened: boolean;
  onClose(): void;
  assigneeId: string | undefined;
  onAssign(userId: string | null): void;
}

/** Gives a conversation to a person, or to nobody. */
export function AssignDialog({ opened, onClose, assigneeId, onAssign }: AssignDialogProps) {
  const { t } = useText();
  const { user } = useSession();
  const users = useQuery({ queryKey: keys.users, queryFn: listUsers, enabled: opened });
  const [chosen, setChosen] = useState<string | null>(null);
  const people = (users.data ?? []).filter((each) => !each.disabled && each.id !== assigneeId);
  const options = people.map((each) => ({
    value: each.id,
    label: each.id === user.id ? t("thread.assignMe", { name: each.name }) : each.name,
  }));
  const close = () => {
    setChosen(null);
    onClose();
  };
  const give = (userId: string | null) => {
    onAssign(userId);
    close();
  };
  return (
    <Modal opened={opened} onClose={close} title={t("thread.assign")} size="sm">
      <Stack gap="md">
        {users.error && (
          <Text c="red" role="alert">
            {explainError(users.error, t)}
          </Text>
        )}
        {users.data && options.length === 0 ? (
          <Text c="dimmed">{t("thread.assignNobody")}</Text>
        ) : (
          <Select
            label={t("thread.assignTo")}
            placeholder={t("thread.assignChoose")}
            data={options}
            value={chosen}
            onChange={setChosen}
            searchable
            data-autofocus
          />
        )}
        <Group justify="space-between">
          <Button variant="subtle" color="gray" disabled={!assigneeId} onClick={() => give(null)}>
            {t("thread.unassign")}
          </Button>
          <Button disabled={!chosen} onClick={() => give(chosen)}>
            {t("thread.assign")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
