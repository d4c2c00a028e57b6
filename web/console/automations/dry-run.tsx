import { Alert, Button, Drawer, SegmentedControl, Select } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router-dom";
import type { DryRunResult } from "../../../contract/automation.ts";
import { LOCALE_NAMES } from "../../../contract/locales.ts";
import { formatDate } from "../../ui/format.ts";
import { PlainText } from "../../ui/plain-text.tsx";
import { Tag } from "../../ui/tag.tsx";
import { explainError } from "../errors.ts";
import { Loading } from "../shell/states.tsx";
import { useText } from "../texts.ts";
import styles from "./automations.module.css";
import { dryRun } from "./calls.ts";
import type { RuleDraft } from "./rule-draft.ts";
import { reasonWords } from "./words.ts";

const SPANS = [1, 7, 14, 30] as const;

interface DryRunProps {
  draft: RuleDraft;
  opened: boolean;
  onClose(): void;
}

/** What the rule as it stands would have done in the past days: to whom, with which words, and what it would have held. */
export function DryRun({ draft, opened, onClose }: DryRunProps) {
  const { t } = useText();
  const [days, setDays] = useState(7);
  const run = useMutation({ mutationFn: () => dryRun(draft, days) });
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="lg"
      title={t("automations.dryRun.title")}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      <p className={styles.stepLead}>{t("automations.dryRun.lead")}</p>
      <div className={styles.runBar}>
        <Select
          aria-label={t("automations.dryRun.span")}
          data={SPANS.map((span) => ({ value: String(span), label: t("automations.dryRun.days", { count: span }) }))}
          value={String(days)}
          allowDeselect={false}
          w={180}
          onChange={(span) => span && setDays(Number(span))}
        />
        <Button leftSection={<IconPlayerPlay size={16} />} loading={run.isPending} onClick={() => run.mutate()}>
          {t("automations.dryRun.run")}
        </Button>
      </div>
      <div role="status" aria-live="polite">
        {run.isPending && <Loading />}
        {run.error && (
          <Alert color="red" variant="light">
            {explainError(run.error, t)}
          </Alert>
        )}
        {run.data && !run.isPending && (
          <>
            <p className={styles.verdict}>{t("automations.dryRun.wouldSend", { count: run.data.wouldSend })}</p>
            <p className={styles.stepLead}>
              {t("automations.dryRun.looked", {
                count: run.data.looked,
                triggered: run.data.triggered,
                held: run.data.wouldHold,
              })}
              {run.data.truncated && ` ${t("automations.dryRun.truncated")}`}
            </p>
          </>
        )}
      </div>
      {run.data && !run.isPending && <Items result={run.data} />}
    </Drawer>
  );
}

type Shown = "sent" | "held";

function Items({ result }: { result: DryRunResult }) {
  const { t, locale } = useText();
  const [shown, setShown] = useState<Shown>("sent");
  const isSent = (outcome: string) => outcome === "sent" || outcome === "done";
  const items = result.items.filter(({ outcome }) => isSent(outcome) === (shown === "sent"));
  if (result.items.length === 0) return null;
  return (
    <>
      <SegmentedControl
        fullWidth
        aria-label={t("automations.dryRun.show")}
        data={[
          { value: "sent", label: t("automations.dryRun.sent") },
          { value: "held", label: t("automations.dryRun.held") },
        ]}
        value={shown}
        onChange={(next) => setShown(next as Shown)}
      />
      {items.length === 0 && <p className={styles.nothing}>{t("automations.dryRun.nothing")}</p>}
      <ul className={styles.runItems}>
        {items.map((item, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a result never changes its order
          <li key={at} className={styles.runItem}>
            <p className={styles.runWho}>
              <strong>
                <bdi>{item.buyer.name || t("contact.unnamed")}</bdi>
              </strong>
              {item.order && (
                <Tag>
                  <bdi>#{item.order.number}</bdi>
                </Tag>
              )}
              {item.channel && <Tag>{t(`channels.${item.channel}`)}</Tag>}
              {item.locale && <Tag>{LOCALE_NAMES[item.locale]}</Tag>}
              <time dateTime={item.at}>{formatDate(item.at, "weekdayTime", locale)}</time>
            </p>
            {item.reason && <p className={styles.reason}>{reasonWords(item, t)}</p>}
            {item.subject && (
              <p className={styles.runSubject} dir="auto" lang={item.locale}>
                {item.subject}
              </p>
            )}
            {item.text && (
              <p className={styles.runText} dir="auto" lang={item.locale}>
                <PlainText text={item.text} />
              </p>
            )}
            {item.conversationId && (
              <Link to={`/conversations/${item.conversationId}`} className={styles.aside}>
                {t("automations.log.open")}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
