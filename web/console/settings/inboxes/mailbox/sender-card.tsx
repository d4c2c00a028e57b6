import { Button, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { directionOf, type Locale } from "../../../../../contract/locales.ts";
import type { Mailbox } from "../../../api/mail.ts";
import { useSession } from "../../../session/use-session.ts";
import { useText } from "../../../texts.ts";
import { Card } from "../../frame.tsx";
import { LanguagePills } from "../../language-pills.tsx";
import { useMailboxSave } from "./use-mailbox-save.ts";

const PATTERNS = ["plus", "plain"] as const;

/** What buyers see of who wrote: the name, what stands below, the address that answers go to. */
export function SenderCard({ inboxId, mailbox }: { inboxId: string; mailbox: Mailbox }) {
  const { t } = useText();
  const { workspace } = useSession();
  const [senderName, setSenderName] = useState(mailbox.senderName);
  const [signature, setSignature] = useState(mailbox.signature);
  const [signatures, setSignatures] = useState(mailbox.signatures);
  const [language, setLanguage] = useState<Locale>(workspace.locale);
  const [pattern, setPattern] = useState(mailbox.addressPattern);
  const save = useMailboxSave(inboxId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const filled = Object.entries(signatures).filter(([, text]) => text.trim() !== "");
    save.mutate({
      senderName: senderName.trim(),
      signature: signature.trim(),
      signatures: Object.fromEntries(filled),
      addressPattern: pattern,
    });
  };
  return (
    <Card title={t("mailboxes.sender.title")} lead={t("mailboxes.sender.lead")}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t("mailboxes.sender.name")}
            description={t("mailboxes.sender.nameHint")}
            maw={420}
            maxLength={100}
            value={senderName}
            onChange={(event) => setSenderName(event.currentTarget.value)}
          />
          <Textarea
            label={t("mailboxes.sender.signature")}
            description={t("mailboxes.sender.signatureHint")}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={2_000}
            dir="auto"
            value={signature}
            onChange={(event) => setSignature(event.currentTarget.value)}
          />
          <div>
            <LanguagePills languages={Object.keys(signatures) as Locale[]} chosen={language} onChoose={setLanguage} />
            <Textarea
              label={t("mailboxes.sender.byLanguage")}
              description={t("mailboxes.sender.byLanguageHint")}
              autosize
              minRows={2}
              maxRows={8}
              maxLength={2_000}
              dir={directionOf(language)}
              lang={language}
              value={signatures[language] ?? ""}
              onChange={(event) => setSignatures({ ...signatures, [language]: event.currentTarget.value })}
            />
          </div>
          <Select
            label={t("mailboxes.sender.pattern")}
            description={t("mailboxes.sender.patternHint")}
            maw={420}
            data={PATTERNS.map((value) => ({ value, label: t(`mailboxes.sender.patterns.${value}`) }))}
            value={pattern}
            allowDeselect={false}
            onChange={(value) => setPattern(value === "plain" ? "plain" : "plus")}
          />
          <div>
            <Button type="submit" loading={save.isPending}>
              {t("actions.save")}
            </Button>
          </div>
        </Stack>
      </form>
    </Card>
  );
}
