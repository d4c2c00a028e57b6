import { Button } from "@mantine/core";
import { IconClipboardText } from "@tabler/icons-react";
import { useState } from "react";
import type { Message } from "../../../../contract/message.ts";
import { useText } from "../../texts.ts";
import styles from "./copilot.module.css";

/** What a person should know before the first word: the buyer's wish and what the bot tried, of the last handoff. */
export function HandoffCard({ messages }: { messages: readonly Message[] }) {
  const { t } = useText();
  const [closed, setClosed] = useState<string>();
  const last = messages.findLast(({ activity }) => activity?.kind === "resolved" || activity?.summary);
  const summary = last?.activity?.summary;
  if (!last || !summary || closed === last.id) return null;
  const { wish, tried, orderNumber, files, text } = summary;
  return (
    <section className={styles.card} aria-label={t("copilot.summary.title")}>
      <div className={styles.cardHead}>
        <IconClipboardText size={16} stroke={1.7} aria-hidden="true" />
        {t("copilot.summary.title")}
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setClosed(last.id)}>
          {t("copilot.summary.close")}
        </Button>
      </div>
      {text && <p dir="auto">{text}</p>}
      <dl>
        <dt>{t("copilot.summary.wish")}</dt>
        <dd>
          <bdi dir="auto">{wish}</bdi>
        </dd>
        {orderNumber && (
          <>
            <dt>{t("copilot.summary.order")}</dt>
            <dd>
              <bdi>{orderNumber}</bdi>
            </dd>
          </>
        )}
        {files ? (
          <>
            <dt>{t("copilot.summary.files")}</dt>
            <dd>{t("copilot.summary.fileCount", { count: files })}</dd>
          </>
        ) : null}
        <dt>{t("copilot.summary.tried")}</dt>
        <dd>
          {tried.length === 0
            ? t("copilot.summary.nothing")
            : tried.map(({ decision, title }, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the list of a stored message never changes
                <div key={at}>
                  {t(`decisions.${decision}`)}
                  {title && (
                    <>
                      {" · "}
                      <bdi dir="auto">{title}</bdi>
                    </>
                  )}
                </div>
              ))}
        </dd>
      </dl>
    </section>
  );
}
