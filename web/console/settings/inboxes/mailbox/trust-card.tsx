import { Button, Stack, TagsInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Mailbox } from "../../../api/mail.ts";
import { useText } from "../../../texts.ts";
import { Card } from "../../frame.tsx";
import { useMailboxSave } from "./use-mailbox-save.ts";

const SEPARATORS = [",", " ", ";"];

/** Which servers may say where a mail comes from. All other mail the hub checks itself. */
export function TrustCard({ inboxId, mailbox }: { inboxId: string; mailbox: Mailbox }) {
  const { t } = useText();
  const [relays, setRelays] = useState(mailbox.trustedRelays);
  const [results, setResults] = useState(mailbox.trustedResults);
  const save = useMailboxSave(inboxId, (saved) => {
    setRelays(saved.trustedRelays);
    setResults(saved.trustedResults);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ trustedRelays: relays, trustedResults: results });
  };
  return (
    <Card title={t("mailboxes.trust.title")} lead={t("mailboxes.trust.lead")}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TagsInput
            label={t("mailboxes.trust.relays")}
            description={t("mailboxes.trust.relaysHint")}
            maw={560}
            dir="ltr"
            placeholder={relays.length === 0 ? "192.0.2.7" : ""}
            splitChars={SEPARATORS}
            acceptValueOnBlur
            maxTags={50}
            value={relays}
            onChange={setRelays}
          />
          <TagsInput
            label={t("mailboxes.trust.results")}
            description={t("mailboxes.trust.resultsHint")}
            maw={560}
            dir="ltr"
            placeholder={results.length === 0 ? "mx.example.com" : ""}
            splitChars={SEPARATORS}
            acceptValueOnBlur
            maxTags={20}
            value={results}
            onChange={setResults}
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
