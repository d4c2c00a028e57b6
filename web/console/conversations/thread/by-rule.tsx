import { IconBolt, IconChevronDown } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router-dom";
import type { Conversation } from "../../../../contract/conversation.ts";
import type { Message } from "../../../../contract/message.ts";
import { formatDate } from "../../../ui/format.ts";
import { automationKeys, listCheckIns } from "../../automations/calls.ts";
import { reasonWords, ruleName, ruleTitle } from "../../automations/words.ts";
import { mayEditAutomations } from "../../permissions.ts";
import { useSession } from "../../session/use-session.ts";
import { useText } from "../../texts.ts";
import styles from "./by-rule.module.css";

/** Which rule sent a message; a way to it for those who may change it. */
export function ByRule({ automation }: { automation: NonNullable<Message["automation"]> }) {
  const { t } = useText();
  const { user } = useSession();
  const text = t("automations.thread.by", { name: ruleTitle(automation.name, t) });
  return (
    <span className={styles.mark}>
      <IconBolt size={13} aria-hidden="true" />
      {mayEditAutomations(user.role) ? <Link to={`/automations/rules/${automation.id}`}>{text}</Link> : text}
    </span>
  );
}

/** A message that was held so shortly before the buyer wrote may be why they wrote. */
const BEFORE_MS = 7 * 86_400_000;

/**
 * What rules would have sent this buyer and did not, with the reason of each: into this conversation, or anywhere while it was
 * there.
 */
export function HeldByRules({ conversation }: { conversation: Conversation }) {
  const { t, locale } = useText();
  const [open, setOpen] = useState(false);
  const query = { contact: conversation.contact.id, outcome: "held" } as const;
  const { data } = useQuery({
    // A message held after another one arrived shows with it.
    queryKey: [...automationKeys.checkIns(query), conversation.lastSeq],
    queryFn: ({ signal }) => listCheckIns(query, null, signal),
    placeholderData: (before) => before,
  });
  const since = Date.parse(conversation.createdAt) - BEFORE_MS;
  const held = (data?.items ?? []).filter(({ conversationId, finishedAt }) =>
    conversationId ? conversationId === conversation.id : finishedAt !== null && Date.parse(finishedAt) >= since,
  );
  if (held.length === 0) return null;
  return (
    <section className={styles.held} aria-label={t("automations.thread.held")}>
      <button type="button" className={styles.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconBolt size={14} aria-hidden="true" />
        {t("automations.thread.heldCount", { count: held.length })}
        <IconChevronDown size={14} aria-hidden="true" className={open ? styles.up : undefined} />
      </button>
      {open && (
        <ul>
          {held.map((entry) => (
            <li key={entry.id}>
              <span>
                <strong>
                  <bdi>{ruleName(entry.automation, t)}</bdi>
                </strong>{" "}
                {reasonWords(entry, t)}
              </span>
              <time dateTime={entry.finishedAt ?? entry.createdAt}>
                {formatDate(entry.finishedAt ?? entry.createdAt, "weekdayTime", locale)}
              </time>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
