import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router-dom";
import { keys } from "../../../api/keys.ts";
import { createMailbox } from "../../../api/mail.ts";
import { isAddress } from "../../../conversations/composer/reply-channel.ts";
import { useText } from "../../../texts.ts";
import { useSave } from "../../use-save.ts";

/** One more address that buyers can write to. */
export function AddMailbox() {
  const { t } = useText();
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={dialog.open}>
        {t("mailboxes.add.action")}
      </Button>
      <Modal
        opened={opened}
        onClose={dialog.close}
        title={t("mailboxes.add.action")}
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
  const [address, setAddress] = useState("");
  const save = useSave({
    save: () => createMailbox({ name: name.trim(), address: address.trim() }),
    onSaved: async (inbox) => {
      await client.invalidateQueries({ queryKey: keys.inboxes });
      onClose();
      navigate(`/settings/channels/${inbox.id}`);
    },
    said: false,
  });
  const ready = name.trim() !== "" && isAddress(address);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label={t("settings.channels.name")}
          description={t("settings.channels.nameHint")}
          required
          maxLength={100}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          type="email"
          label={t("settings.channels.address")}
          description={t("mailboxes.add.addressHint")}
          placeholder="support@example.com"
          required
          dir="ltr"
          maxLength={254}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("actions.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!ready}>
            {t("mailboxes.add.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
