import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { WEBHOOK_EVENTS, type Webhook, type WebhookEvent } from "../../../../contract/webhook.ts";
import { useText } from "../../texts.ts";
import { CopyField } from "../frame.tsx";
import { useSave } from "../use-save.ts";
import { createWebhook, updateWebhook, webhookKeys } from "./calls.ts";

/** A new address, or another one for a webhook that is there. Its secret is shown once, when it is made. */
export function WebhookForm({ webhook, onClose }: { webhook?: Webhook; onClose(): void }) {
  const { t } = useText();
  const client = useQueryClient();
  const [name, setName] = useState(webhook?.name ?? "");
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [events, setEvents] = useState<WebhookEvent[]>(webhook?.events ?? [...WEBHOOK_EVENTS]);
  const [secret, setSecret] = useState<string>();
  const save = useSave({
    save: async () => {
      const input = { name: name.trim(), url: url.trim(), events };
      if (!webhook) return (await createWebhook(input)).secret;
      await updateWebhook(webhook.id, input);
      return undefined;
    },
    onSaved: async (made) => {
      await client.invalidateQueries({ queryKey: webhookKeys.all });
      if (made) setSecret(made);
      else onClose();
    },
    said: webhook ? undefined : false,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const title = t(secret ? "orders.webhooks.secretTitle" : webhook ? "orders.webhooks.edit" : "orders.webhooks.make");
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      closeOnClickOutside={!secret}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      {secret ? (
        <SecretOnce secret={secret} onDone={onClose} />
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={t("orders.webhooks.url")}
              description={t("orders.webhooks.urlHint")}
              type="url"
              dir="ltr"
              required
              data-autofocus
              placeholder="https://"
              maxLength={2000}
              value={url}
              onChange={(event) => setUrl(event.currentTarget.value)}
            />
            <TextInput
              label={t("contact.name")}
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Checkbox.Group
              label={t("orders.webhooks.which")}
              value={events}
              onChange={(chosen) => setEvents(WEBHOOK_EVENTS.filter((event) => chosen.includes(event)))}
            >
              <Stack gap={6} mt={6}>
                {WEBHOOK_EVENTS.map((event) => (
                  <Checkbox key={event} value={event} label={<code dir="ltr">{event}</code>} />
                ))}
              </Stack>
            </Checkbox.Group>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                {t("actions.cancel")}
              </Button>
              <Button type="submit" loading={save.isPending} disabled={!url.trim() || events.length === 0}>
                {t("actions.save")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

/** A secret that is not shown again. */
export function SecretOnce({ secret, onDone }: { secret: string; onDone(): void }) {
  const { t } = useText();
  return (
    <Stack>
      <Text>{t("orders.webhooks.secretText")}</Text>
      <CopyField text={secret} label={t("orders.webhooks.secret")} />
      <Group justify="flex-end">
        <Button onClick={onDone}>{t("actions.done")}</Button>
      </Group>
    </Stack>
  );
}
