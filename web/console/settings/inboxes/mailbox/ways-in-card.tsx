import { Alert, Button, Stack, Text } from "@mantine/core";
import { IconEye, IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "../../../api/keys.ts";
import { type Mailbox, renewWebhook } from "../../../api/mail.ts";
import { useText } from "../../../texts.ts";
import { Card, Confirm, CopyField } from "../../frame.tsx";
import { useSave } from "../../use-save.ts";

/** Ways by which mail comes without being fetched: the built-in receiver, and the webhook of a mail service. */
export function WaysInCard({ inboxId, mailbox }: { inboxId: string; mailbox: Mailbox }) {
  const { t } = useText();
  const client = useQueryClient();
  const [shown, setShown] = useState(false);
  const [renewing, setRenewing] = useState(false);
  const renew = useSave({
    save: () => renewWebhook(inboxId),
    onSaved: (saved) => {
      client.setQueryData(keys.mailbox(inboxId), saved);
      setRenewing(false);
    },
    said: t("mailboxes.webhook.renewed"),
  });
  const { receiver, webhookPath } = mailbox;
  return (
    <Card title={t("mailboxes.waysIn.title")} lead={t("mailboxes.waysIn.lead")}>
      <Stack gap="sm">
        <Text fw={550}>{t("mailboxes.receiver.title")}</Text>
        {receiver?.taken ? (
          <Alert color="red" variant="light">
            {t("mailboxes.receiver.taken", { port: receiver.port })}
          </Alert>
        ) : receiver ? (
          <>
            <Text size="sm" c="dimmed">
              {t("mailboxes.receiver.lead")}
            </Text>
            <CopyField text={`${window.location.hostname}:${receiver.port}`} label={t("mailboxes.receiver.title")} />
          </>
        ) : (
          <Text size="sm" c="dimmed">
            {t("mailboxes.receiver.off")}
          </Text>
        )}
        <Text fw={550} mt="xs">
          {t("mailboxes.webhook.title")}
        </Text>
        <Text size="sm" c="dimmed">
          {t("mailboxes.webhook.lead")}
        </Text>
        {shown ? (
          <>
            <CopyField text={`${window.location.origin}${webhookPath}`} label={t("mailboxes.webhook.title")} />
            <div>
              <Button
                size="xs"
                variant="subtle"
                color="red"
                leftSection={<IconRefresh size={15} />}
                onClick={() => setRenewing(true)}
              >
                {t("mailboxes.webhook.renew")}
              </Button>
            </div>
          </>
        ) : (
          <div>
            <Button size="xs" variant="default" leftSection={<IconEye size={15} />} onClick={() => setShown(true)}>
              {t("mailboxes.webhook.show")}
            </Button>
          </div>
        )}
      </Stack>
      <Confirm
        opened={renewing}
        title={t("mailboxes.webhook.renew")}
        text={t("mailboxes.webhook.renewText")}
        confirm={t("mailboxes.webhook.renew")}
        busy={renew.isPending}
        onConfirm={() => renew.mutate()}
        onClose={() => setRenewing(false)}
      />
    </Card>
  );
}
