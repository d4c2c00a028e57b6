import { Button, Group, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Mailbox } from "../../../api/mail.ts";
import { useText } from "../../../texts.ts";
import { Card, Confirm, CopyField } from "../../frame.tsx";
import { useMailboxSave } from "./use-mailbox-save.ts";

interface DkimCardProps {
  inboxId: string;
  mailbox: Mailbox;
  address: string;
}

/** The key with which mails are signed, and the DNS record by which others check it. */
export function DkimCard({ inboxId, mailbox: { dkim }, address }: DkimCardProps) {
  const { t } = useText();
  const [domain, setDomain] = useState(dkim?.domain ?? address.split("@")[1] ?? "");
  const [selector, setSelector] = useState(dkim?.selector ?? "parley");
  const [key, setKey] = useState("");
  const [removing, setRemoving] = useState(false);
  const save = useMailboxSave(inboxId, () => {
    setKey("");
    setRemoving(false);
  });
  const ready = domain.trim() !== "" && selector.trim() !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const privateKey = key.trim();
    if (ready) {
      save.mutate({ dkim: { domain: domain.trim(), selector: selector.trim(), ...(privateKey && { privateKey }) } });
    }
  };
  return (
    <Card title={t("mailboxes.dkim.title")} lead={t("mailboxes.dkim.lead")}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {dkim && (
            <Stack gap="xs">
              <Text fw={550}>{t("mailboxes.dkim.record")}</Text>
              <CopyField text={dkim.record.name} label={t("mailboxes.dkim.recordName")} />
              <CopyField text={dkim.record.value} label={t("mailboxes.dkim.recordValue")} />
            </Stack>
          )}
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
            <TextInput
              label={t("mailboxes.dkim.domain")}
              required
              dir="ltr"
              maxLength={253}
              value={domain}
              onChange={(event) => setDomain(event.currentTarget.value)}
            />
            <TextInput
              label={t("mailboxes.dkim.selector")}
              required
              dir="ltr"
              maxLength={63}
              value={selector}
              onChange={(event) => setSelector(event.currentTarget.value)}
            />
          </SimpleGrid>
          <Textarea
            label={t("mailboxes.dkim.key")}
            description={t(dkim ? "mailboxes.dkim.keyKept" : "mailboxes.dkim.keyHint")}
            placeholder="-----BEGIN PRIVATE KEY-----"
            autosize
            minRows={2}
            maxRows={6}
            maxLength={10_000}
            dir="ltr"
            spellCheck={false}
            autoComplete="off"
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
          <Group gap="xs">
            <Button type="submit" loading={save.isPending} disabled={!ready}>
              {t(dkim ? "actions.save" : "mailboxes.dkim.turnOn")}
            </Button>
            {dkim && (
              <Button variant="subtle" color="red" onClick={() => setRemoving(true)}>
                {t("mailboxes.dkim.turnOff")}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
      <Confirm
        opened={removing}
        title={t("mailboxes.dkim.turnOff")}
        text={t("mailboxes.dkim.removeText")}
        confirm={t("mailboxes.dkim.turnOff")}
        busy={save.isPending}
        onConfirm={() => save.mutate({ dkim: null })}
        onClose={() => setRemoving(false)}
      />
    </Card>
  );
}
