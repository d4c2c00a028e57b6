import { Alert } from "@mantine/core";
import { IconCircleCheck, IconClock, IconPlugConnectedX } from "@tabler/icons-react";
import { formatRelative } from "../../../../ui/format.ts";
import { useNow } from "../../../../ui/now.ts";
import type { Mailbox } from "../../../api/mail.ts";
import { useText } from "../../../texts.ts";

/** Whether mail is being fetched, since when, and what is in the way. */
export function FetchState({ mailbox: { state } }: { mailbox: Mailbox }) {
  const { t, locale } = useText();
  const now = useNow();
  const fetched = state?.fetchedAt
    ? t("mailboxes.state.fetched", { time: formatRelative(state.fetchedAt, now, locale) })
    : "";
  if (!state) {
    return (
      <Alert mb="md" color="gray" icon={<IconClock size={18} />}>
        {t("mailboxes.state.waiting")}
      </Alert>
    );
  }
  if (state.connected) {
    return (
      <Alert mb="md" color="teal" icon={<IconCircleCheck size={18} />}>
        {t("mailboxes.state.connected")} {fetched}
      </Alert>
    );
  }
  return (
    <Alert mb="md" color="red" icon={<IconPlugConnectedX size={18} />} title={t("mailboxes.state.failed")}>
      {state.message} {fetched}
      {state.detail && (
        <small dir="ltr" style={{ display: "block" }}>
          {state.detail}
        </small>
      )}
    </Alert>
  );
}
