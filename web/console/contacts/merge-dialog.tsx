import { Button, Group, Modal, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ContactSummary } from "../../../contract/conversation.ts";
import { keys } from "../api/keys.ts";
import { useContact } from "../conversations/contact/use-contact.ts";
import { listContacts, listOrders, mergeContact, orderKeys } from "../orders/calls.ts";
import styles from "../orders/orders.module.css";
import { useSave } from "../settings/use-save.ts";
import { Failed, Loading } from "../shell/states.tsx";
import { useRested } from "../shell/use-pages.ts";
import { useText } from "../texts.ts";

interface MergeDialogProps {
  contact: ContactSummary;
  opened: boolean;
  onClose(): void;
}

/** Two contacts are one person: find the other one, see what would move, and move it. */
export function MergeDialog({ contact, opened, onClose }: MergeDialogProps) {
  const { t } = useText();
  const [other, setOther] = useState<ContactSummary>();
  const close = () => {
    setOther(undefined);
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t("orders.merge.title")}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      {other ? (
        <Preview contact={contact} other={other} onBack={() => setOther(undefined)} onDone={close} />
      ) : (
        <Search contact={contact} onChoose={setOther} />
      )}
    </Modal>
  );
}

function Search({ contact, onChoose }: { contact: ContactSummary; onChoose(other: ContactSummary): void }) {
  const { t } = useText();
  const [words, setWords] = useState("");
  const q = useRested(words.trim());
  const found = useQuery({
    queryKey: orderKeys.contactList(`merge ${q}`),
    queryFn: ({ signal }) => listContacts(q, null, signal),
    enabled: q !== "",
  });
  const others = found.data?.items.filter(({ id }) => id !== contact.id);
  return (
    <Stack>
      <Text size="sm">{t("orders.merge.lead", { name: contact.name || t("contact.unnamed") })}</Text>
      <TextInput
        type="search"
        data-autofocus
        label={t("orders.merge.search")}
        leftSection={<IconSearch size={16} aria-hidden="true" />}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {found.error && <Failed error={found.error} retry={() => void found.refetch()} />}
      {others?.length === 0 && (
        <Text size="sm" role="status">
          {t("orders.nothing")}
        </Text>
      )}
      <ul className={styles.list}>
        {others?.slice(0, 20).map((each) => (
          <li key={each.id}>
            <UnstyledButton w="100%" onClick={() => onChoose(each)}>
              <strong>
                <bdi>{each.name || t("contact.unnamed")}</bdi>
              </strong>
              <br />
              <small className={styles.dimmed}>
                <bdi>{each.email ?? t("orders.merge.noEmail")}</bdi>
              </small>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </Stack>
  );
}

interface PreviewProps {
  contact: ContactSummary;
  other: ContactSummary;
  onBack(): void;
  onDone(): void;
}

function Preview({ contact, other, onBack, onDone }: PreviewProps) {
  const { t } = useText();
  const client = useQueryClient();
  const details = useContact(other.id);
  const orders = useQuery({
    queryKey: [...orderKeys.ofContact(other.id), "first"],
    queryFn: ({ signal }) => listOrders({ contact: other.id }, null, signal),
  });
  const merge = useSave({
    save: () => mergeContact(contact.id, other.id),
    onSaved: async () => {
      void client.invalidateQueries({ queryKey: keys.conversations });
      void client.invalidateQueries({ queryKey: keys.lists });
      void client.invalidateQueries({ queryKey: orderKeys.lists });
      void client.invalidateQueries({ queryKey: orderKeys.contacts });
      await client.invalidateQueries({ queryKey: ["contact"] });
      onDone();
    },
    said: t("orders.merge.done"),
  });
  const error = details.error ?? orders.error;
  if (error) return <Failed error={error} retry={() => void Promise.all([details.refetch(), orders.refetch()])} />;
  if (!details.data || !orders.data) return <Loading />;
  const { identities, conversations } = details.data;
  return (
    <Stack>
      <Text size="sm">
        {t("orders.merge.preview", {
          other: other.name || other.email || t("contact.unnamed"),
          name: contact.name || contact.email || t("contact.unnamed"),
        })}
      </Text>
      <ul>
        <li>{t("orders.merge.addresses", { count: identities.length })}</li>
        <li>{t("orders.merge.conversations", { count: conversations.length })}</li>
        <li>{t("orders.merge.orders", { count: orders.data.items.length })}</li>
      </ul>
      <Text size="sm" c="dimmed">
        {t("orders.merge.undo")}
      </Text>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onBack}>
          {t("orders.merge.back")}
        </Button>
        <Button loading={merge.isPending} onClick={() => merge.mutate()} data-autofocus>
          {t("orders.merge.confirm")}
        </Button>
      </Group>
    </Stack>
  );
}
