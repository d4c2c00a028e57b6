import type { Inbox } from "../../../../contract/settings.ts";
import { useText } from "../../texts.ts";
import { Card, CopyField } from "../frame.tsx";
import { embedSnippet } from "./snippets.ts";

export function EmbedCard({ inbox }: { inbox: Inbox }) {
  const { t } = useText();
  return (
    <Card title={t("settings.channels.embed")} lead={t("settings.channels.embedLead")}>
      <CopyField text={embedSnippet(window.location.origin, inbox.key)} label={t("settings.channels.embed")} />
    </Card>
  );
}
