import { Alert, Button, Group, NumberInput, PasswordInput, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { IconCircleCheck, IconPlugConnected, IconPlugConnectedX } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Mailbox, type MailboxChange, type Security, testMailbox } from "../../../api/mail.ts";
import { explainError } from "../../../errors.ts";
import { useText } from "../../../texts.ts";
import { Card, Confirm } from "../../frame.tsx";
import { type Account, changeOf, draftOf, portFor } from "./account.ts";
import { FetchState } from "./fetch-state.tsx";
import { useMailboxSave } from "./use-mailbox-save.ts";

const SECURITIES: Security[] = ["tls", "starttls", "auto", "none"];

interface AccountCardProps {
  which: "imap" | "smtp";
  inboxId: string;
  mailbox: Mailbox;
}

/** A server with a login: where mail is fetched, or by which it is sent. Can be tried before it is saved. */
export function AccountCard({ which, inboxId, mailbox }: AccountCardProps) {
  const { t } = useText();
  const saved = mailbox[which];
  const [removing, setRemoving] = useState(false);
  const [editing, setEditing] = useState(false);
  const remove = useMailboxSave(inboxId, () => {
    setRemoving(false);
    setEditing(false);
  });
  return (
    <Card title={t(`mailboxes.${which}.title`)} lead={t(`mailboxes.${which}.lead`)}>
      {saved || editing ? (
        <>
          {which === "imap" && saved && <FetchState mailbox={mailbox} />}
          <AccountForm
            key={saved ? "saved" : "new"}
            which={which}
            inboxId={inboxId}
            mailbox={mailbox}
            onRemove={saved ? () => setRemoving(true) : () => setEditing(false)}
          />
        </>
      ) : (
        <Stack gap="sm" align="start">
          {which === "smtp" && <span>{t(mailbox.local ? "mailboxes.smtp.local" : "mailboxes.smtp.shared")}</span>}
          <Button variant="default" onClick={() => setEditing(true)}>
            {t(`mailboxes.${which}.setUp`)}
          </Button>
        </Stack>
      )}
      <Confirm
        opened={removing}
        title={t("mailboxes.account.removeTitle")}
        text={t(`mailboxes.${which}.removeText`)}
        confirm={t("mailboxes.account.remove")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ [which]: null })}
        onClose={() => setRemoving(false)}
      />
    </Card>
  );
}

function AccountForm({ which, inboxId, mailbox, onRemove }: AccountCardProps & { onRemove(): void }) {
  const { t } = useText();
  const saved = mailbox[which];
  const [account, setAccount] = useState<Account>(() => draftOf(which, mailbox));
  const set = (part: Partial<Account>) => {
    setAccount({ ...account, ...part });
    test.reset();
  };
  const save = useMailboxSave(inboxId, () => setAccount((before) => ({ ...before, password: "" })));
  const test = useMutation({ mutationFn: (change: MailboxChange) => testMailbox(inboxId, which, change) });
  const ready = account.host.trim() !== "" && account.port > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) save.mutate(changeOf(which, account));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
          <TextInput
            label={t("mailboxes.account.host")}
            placeholder={which === "imap" ? "imap.example.com" : "smtp.example.com"}
            required
            dir="ltr"
            maxLength={253}
            value={account.host}
            onChange={(event) => set({ host: event.currentTarget.value })}
          />
          <Select
            label={t("mailboxes.account.security")}
            data={SECURITIES.map((value) => ({ value, label: t(`mailboxes.security.${value}`) }))}
            value={account.security}
            allowDeselect={false}
            onChange={(value) => {
              const security = SECURITIES.find((each) => each === value);
              if (security) set({ security, port: portFor(which, account, security) });
            }}
          />
          <NumberInput
            label={t("mailboxes.account.port")}
            required
            min={1}
            max={65_535}
            allowDecimal={false}
            hideControls
            dir="ltr"
            value={account.port || ""}
            onChange={(value) => set({ port: Number(value) || 0 })}
          />
          {which === "imap" && (
            <TextInput
              label={t("mailboxes.account.folder")}
              required
              dir="ltr"
              maxLength={200}
              value={account.folder}
              onChange={(event) => set({ folder: event.currentTarget.value })}
            />
          )}
          <TextInput
            label={t("mailboxes.account.user")}
            autoComplete="off"
            dir="ltr"
            maxLength={320}
            value={account.user}
            onChange={(event) => set({ user: event.currentTarget.value })}
          />
          <PasswordInput
            label={t("mailboxes.account.password")}
            placeholder={saved?.passwordSet ? t("mailboxes.account.passwordKept") : undefined}
            autoComplete="new-password"
            dir="ltr"
            maxLength={1_000}
            visibilityToggleButtonProps={{ "aria-label": t("login.showPassword") }}
            value={account.password}
            onChange={(event) => set({ password: event.currentTarget.value })}
          />
          {which === "imap" && (
            <NumberInput
              label={t("mailboxes.account.poll")}
              description={t("mailboxes.account.pollHint")}
              min={10}
              max={3_600}
              allowDecimal={false}
              hideControls
              value={account.pollSeconds}
              onChange={(value) => set({ pollSeconds: Number(value) || 60 })}
            />
          )}
        </SimpleGrid>
        <div role="status">
          {test.data && (
            <Alert
              color={test.data.ok ? "teal" : "red"}
              icon={test.data.ok ? <IconCircleCheck size={18} /> : <IconPlugConnectedX size={18} />}
            >
              {test.data.message}
              {!test.data.ok && test.data.detail && (
                <small dir="ltr" style={{ display: "block" }}>
                  {test.data.detail}
                </small>
              )}
            </Alert>
          )}
          {test.error && <Alert color="red">{explainError(test.error, t)}</Alert>}
        </div>
        <Group gap="xs">
          <Button type="submit" loading={save.isPending} disabled={!ready}>
            {t("actions.save")}
          </Button>
          <Button
            variant="default"
            leftSection={<IconPlugConnected size={16} />}
            loading={test.isPending}
            disabled={!ready}
            onClick={() => test.mutate(changeOf(which, account))}
          >
            {t("mailboxes.account.test")}
          </Button>
          <Button variant="subtle" color={saved ? "red" : "gray"} onClick={onRemove}>
            {t(saved ? "mailboxes.account.remove" : "actions.cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
