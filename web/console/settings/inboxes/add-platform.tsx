import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router-dom";
import { createInsiteInbox } from "../../api/calls.ts";
import { keys } from "../../api/keys.ts";
import { useText } from "../../texts.ts";
import { useSave } from "../use-save.ts";

/** One more platform whose messages come in by the API: an in-site inbox with a source of its own. */
export function AddPlatform() {
  const { t } = useText();
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconPlus size={16} />} onClick={dialog.open}>
        {t("settings.channels.addPlatform")}
      </Button>
      <Modal
        opened={opened}
        onClose={dialog.close}
        title={t("settings.channels.addPlatform")}
        closeButtonProps={{ "aria-label": t("actions.close") }}
      >
        <AddForm onClose={dialog.close} />
      </Modal>
    </>
  );
}

function AddForm({ onClose }: { onClose(): void }) {
  const { t } = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const save = useSave({
    save: () => createInsiteInbox({ name: name.trim() }),
    onSaved: async (inbox) => {
      await client.invalidateQueries({ queryKey: keys.inboxes });
      onClose();
      navigate(`/settings/channels/${inbox.id}`);
    },
    said: false,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm">{t("settings.channels.addPlatformLead")}</Text>
        <TextInput
          label={t("settings.channels.name")}
          description={t("settings.channels.nameHint")}
          required
          maxLength={100}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("actions.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!name.trim()}>
            {t("mailboxes.add.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
