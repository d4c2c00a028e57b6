import { Alert, Button, Group, Modal, Progress, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Link } from "react-router-dom";
import type { ReplayChange, ReplayInput } from "../../../../contract/bot.ts";
import { formatDate, formatPercent } from "../../../ui/format.ts";
import { Tag } from "../../../ui/tag.tsx";
import { explainError } from "../../errors.ts";
import { Empty } from "../../shell/states.tsx";
import { useText } from "../../texts.ts";
import styles from "./replay.module.css";
import { useReplay } from "./use-replay.ts";

const LIMITS = ["50", "200", "500"] as const;
const FILTERS = ["all", "answered", "handedOff"] as const;
type Filter = (typeof FILTERS)[number];

const ANSWERS = new Set(["answer", "clarify", "offer"]);
const answers = (side: ReplayChange["before"]) => ANSWERS.has(side.decision);

/** Asks past questions again with what is not saved yet, and shows which answers would be different. Changes nothing. */
export function ReplayDialog({ input, onClose }: { input: Partial<ReplayInput>; onClose(): void }) {
  const { t, locale } = useText();
  const [limit, setLimit] = useState<string>("200");
  const [filter, setFilter] = useState<Filter>("all");
  const { state, start, stop } = useReplay();
  useEffect(() => stop, [stop]);
  const shown = state.changes.filter(
    ({ before, after }) =>
      filter === "all" ||
      (filter === "answered" ? !answers(before) && answers(after) : answers(before) && !answers(after)),
  );
  return (
    <Modal opened onClose={onClose} title={t("copilot.replay.title")} size="xl">
      <Stack>
        <Text size="sm">{t("copilot.replay.lead")}</Text>
        <Group align="end" gap="xs">
          <Select
            label={t("copilot.replay.limit")}
            data={[...LIMITS]}
            value={limit}
            allowDeselect={false}
            disabled={state.running}
            w={160}
            onChange={(value) => value && setLimit(value)}
          />
          {state.running ? (
            <Button variant="default" onClick={stop}>
              {t("actions.cancel")}
            </Button>
          ) : (
            <Button onClick={() => void start({ ...input, limit: Number(limit) })}>{t("copilot.replay.start")}</Button>
          )}
        </Group>
        {state.running && (
          <Progress
            value={state.total ? (100 * state.done) / state.total : 0}
            animated
            aria-label={t("copilot.replay.progress", { done: state.done, total: state.total })}
          />
        )}
        <div role="status" aria-live="polite">
          {state.error !== undefined && (
            <Alert color="red" variant="light">
              {explainError(state.error, t)}
            </Alert>
          )}
          {state.result && (
            <Text size="sm" fw={550}>
              {t("copilot.replay.result", {
                changed: state.result.changed,
                total: state.result.total,
                before: state.result.answeredBefore,
                after: state.result.answeredAfter,
              })}
            </Text>
          )}
        </div>
        {state.changes.length > 0 && (
          <SegmentedControl
            size="xs"
            aria-label={t("copilot.replay.filter")}
            value={filter}
            onChange={(value) => setFilter(value as Filter)}
            data={FILTERS.map((value) => ({ value, label: t(`copilot.replay.filters.${value}`) }))}
          />
        )}
        {state.result && shown.length === 0 && (
          <Empty icon={<IconArrowRight size={28} stroke={1.5} />} title={t("copilot.replay.nothing")} />
        )}
        <ul className={styles.changes}>
          {shown.slice(0, 200).map((change) => (
            <li key={`${change.conversationId}:${change.seq}`}>
              <p className={styles.question}>
                <bdi dir="auto">{change.question}</bdi>
                <Link to={`/conversations/${change.conversationId}`}>{formatDate(change.at, "dayShort", locale)}</Link>
              </p>
              <div className={styles.sides}>
                <Side label={t("copilot.replay.before")} side={change.before} />
                <Side label={t("copilot.replay.after")} side={change.after} />
              </div>
            </li>
          ))}
        </ul>
      </Stack>
    </Modal>
  );
}

function Side({ label, side }: { label: string; side: ReplayChange["before"] }) {
  const { t, locale } = useText();
  return (
    <div>
      <small>{label}</small>
      <p className={styles.verdict}>
        <Tag tone={answers(side) ? "bot" : "waiting"}>{t(`decisions.${side.decision}`)}</Tag>
        {side.reason && <Tag>{t(`reasonsShort.${side.reason}`)}</Tag>}
        <span>{formatPercent(side.confidence, locale)}</span>
      </p>
      {side.title && <bdi dir="auto">{side.title}</bdi>}
      {side.text && (
        <p className={styles.text} dir="auto">
          {side.text}
        </p>
      )}
    </div>
  );
}
