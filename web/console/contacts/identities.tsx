import { ActionIcon, Button, Checkbox, Group, Modal, Stack, Text, Tooltip } from "@mantine/core";
import { IconArrowsSplit2, IconShieldCheck } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ContactSummary } from "../../../contract/conversation.ts";
import type { ContactIdentity } from "../api/calls.ts";
import { keys } from "../api/keys.ts";
import { ChannelIcon } from "../conversations/channel-icon.tsx";
import styles from "../conversations/contact/panel.module.css";
import { orderKeys, splitContact } from "../orders/calls.ts";
import { useSave } from "../settings/use-save.ts";
import { type Translate, useText } from "../texts.ts";

interface IdentitiesProps {
  contact: ContactSummary;
  identities: readonly ContactIdentity[];
}

/** Where a buyer writes from; what turns out to be somebody else's can be split off again. */
export function Identities({ contact, identities }: IdentitiesProps) {
  const { t } = useText();
  const [splitting, setSplitting] = useState(false);
  return (
    <>
      <ul className={styles.identities}>
        {identities.map((identity) => (
          <li key={identity.id}>
            <IdentityName identity={identity} />
          </li>
        ))}
      </ul>
      {identities.length > 1 && (
        <Tooltip label={t("orders.split.open")}>
          <ActionIcon mt={6} size={26} aria-label={t("orders.split.open")} onClick={() => setSplitting(true)}>
            <IconArrowsSplit2 size={16} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      )}
      {splitting && <SplitDialog contact={contact} identities={identities} onClose={() => setSplitting(false)} />}
    </>
  );
}

function IdentityName({ identity }: { identity: ContactIdentity }) {
  const { t } = useText();
  return (
    <>
      <ChannelIcon channel={identity.channel} size={15} />
      <bdi title={identity.key}>{identityLabel(identity.key, t)}</bdi>
      {identity.verified && <IconShieldCheck size={15} role="img" aria-label={t("contact.verified")} />}
    </>
  );
}

/** An address as it is; a browser or a customer of the shop by a short name. */
function identityLabel(key: string, t: Translate): string {
  const [, kind, id = ""] = /^(visitor|customer|unproven):(.+)$/.exec(key) ?? [];
  if (kind === "visitor") return t("contact.visitor", { id: id.slice(0, 8) });
  if (kind === "customer") return t("contact.customer", { id });
  if (kind === "unproven") return t("mailboxes.proof.identity", { address: id });
  return key;
}

function SplitDialog({ contact, identities, onClose }: IdentitiesProps & { onClose(): void }) {
  const { t } = useText();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<string[]>([]);
  const split = useSave({
    save: () => splitContact(contact.id, chosen),
    onSaved: async () => {
      void client.invalidateQueries({ queryKey: keys.conversations });
      void client.invalidateQueries({ queryKey: keys.lists });
      void client.invalidateQueries({ queryKey: orderKeys.lists });
      void client.invalidateQueries({ queryKey: orderKeys.contacts });
      await client.invalidateQueries({ queryKey: keys.contact(contact.id) });
      onClose();
    },
    said: t("orders.split.done"),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("orders.split.title")}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      <Stack>
        <Text size="sm">{t("orders.split.text")}</Text>
        {identities.map((identity) => (
          <Checkbox
            key={identity.id}
            checked={chosen.includes(identity.id)}
            onChange={(event) =>
              setChosen(
                event.currentTarget.checked ? [...chosen, identity.id] : chosen.filter((id) => id !== identity.id),
              )
            }
            label={`${t(`channels.${identity.channel}`)} · ${identityLabel(identity.key, t)}`}
          />
        ))}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("actions.cancel")}
          </Button>
          <Button
            loading={split.isPending}
            disabled={chosen.length === 0 || chosen.length === identities.length}
            onClick={() => split.mutate()}
          >
            {t("orders.split.confirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
