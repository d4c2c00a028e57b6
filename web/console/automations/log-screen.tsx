import { Button, Group, Select } from "@mantine/core";
import { IconInbox } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router-dom";
import { type CheckIn, outcomeSchema } from "../../../contract/automation.ts";
import { formatDate } from "../../ui/format.ts";
import { Tag, type Tone } from "../../ui/tag.tsx";
import { Screen } from "../settings/frame.tsx";
import { useSave } from "../settings/use-save.ts";
import { Pages } from "../shell/pages.tsx";
import { Empty } from "../shell/states.tsx";
import { usePages } from "../shell/use-pages.ts";
import { useText } from "../texts.ts";
import styles from "./automations.module.css";
import { automationKeys, type CheckInQuery, cancelCheckIn, listAutomations, listCheckIns } from "./calls.ts";
import { reasonWords, ruleName } from "./words.ts";

const TONES: Record<NonNullable<CheckIn["outcome"]> | "waiting", Tone> = {
  sent: "resolved",
  done: "resolved",
  held: "waiting",
  deferred: "neutral",
  cancelled: "neutral",
  waiting: "accent",
};
const OUTCOMES = ["sent", "held", "waiting", "cancelled"] as const;

/** What rules sent, will send and held back, newest first, with the reason. */
export function LogScreen() {
  const { t } = useText();
  const [search, setSearch] = useSearchParams();
  const rules = useQuery({ queryKey: automationKeys.list, queryFn: listAutomations });
  const query: CheckInQuery = {
    automation: search.get("rule") ?? undefined,
    outcome: (search.get("outcome") as CheckInQuery["outcome"]) ?? undefined,
  };
  const list = usePages(automationKeys.checkIns(query), (cursor, signal) => listCheckIns(query, cursor, signal));
  const filter = (name: string, value: string | null) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  return (
    <Screen title={t("automations.log.title")} lead={t("automations.log.lead")} wide>
      <Group gap="sm" mb="md">
        <Select
          aria-label={t("automations.log.rule")}
          placeholder={t("automations.log.allRules")}
          data={(rules.data ?? []).map((rule) => ({ value: rule.id, label: ruleName(rule, t) }))}
          value={query.automation ?? null}
          clearable
          clearButtonProps={{ "aria-label": t("automations.log.allRules") }}
          searchable
          w={260}
          onChange={(id) => filter("rule", id)}
        />
        <Select
          aria-label={t("automations.log.outcome")}
          placeholder={t("automations.log.allOutcomes")}
          data={OUTCOMES.map((outcome) => ({ value: outcome, label: t(`automations.outcomes.${outcome}`) }))}
          value={query.outcome ?? null}
          clearable
          clearButtonProps={{ "aria-label": t("automations.log.allOutcomes") }}
          w={200}
          onChange={(outcome) => filter("outcome", outcome)}
        />
      </Group>
      <Pages
        query={list}
        empty={
          <Empty
            icon={<IconInbox size={28} stroke={1.5} />}
            title={t("automations.log.none")}
            text={t("automations.log.noneText")}
          />
        }
      >
        {(entries) => (
          <ul className={styles.log}>
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </ul>
        )}
      </Pages>
    </Screen>
  );
}

function Entry({ entry }: { entry: CheckIn }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const cancel = useSave({
    save: () => cancelCheckIn(entry.id),
    onSaved: () => client.invalidateQueries({ queryKey: ["check-ins"] }),
    said: false,
  });
  const waits = entry.dueAt !== null;
  const known = outcomeSchema.safeParse(entry.outcome).data;
  const outcome = waits && known !== "deferred" ? "waiting" : (known ?? "waiting");
  const at = entry.dueAt ?? entry.finishedAt ?? entry.createdAt;
  return (
    <li className={styles.logRow}>
      <span>
        <Tag tone={TONES[outcome]}>{t(`automations.outcomes.${outcome}`)}</Tag>
      </span>
      <div className={styles.logText}>
        <strong>
          <bdi>{ruleName(entry.automation, t)}</bdi>
        </strong>
        {entry.orderId && <bdi className={styles.dimmed}>#{entry.orderId}</bdi>}
        {entry.reason && <p>{reasonWords(entry, t)}</p>}
      </div>
      <time className={styles.dimmed} dateTime={at}>
        {waits
          ? t("automations.log.due", { time: formatDate(at, "weekdayTime", locale) })
          : formatDate(at, "weekdayTime", locale)}
      </time>
      <span className={styles.logTools}>
        {entry.conversationId ? (
          <Link to={`/conversations/${entry.conversationId}`}>{t("automations.log.open")}</Link>
        ) : (
          entry.contactId && <Link to={`/contacts/${entry.contactId}`}>{t("contact.title")}</Link>
        )}
        {waits && (
          <Button size="compact-sm" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t("automations.log.cancel")}
          </Button>
        )}
      </span>
    </li>
  );
}
