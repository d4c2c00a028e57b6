import { Button, Select, Stack, Textarea } from "@mantine/core";
import { IconRobot, IconSparkles } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "react-router-dom";
import type { BotDecision } from "../../../contract/bot.ts";
import { LOCALE_NAMES, LOCALES } from "../../../contract/locales.ts";
import type { Inbox } from "../../../contract/settings.ts";
import { formatPercent, formatScore } from "../../ui/format.ts";
import { Tag } from "../../ui/tag.tsx";
import { previewBot } from "../api/calls.ts";
import { explainError } from "../errors.ts";
import { useText } from "../texts.ts";
import { sourcePath, useFaqTitle } from "../use-faq-title.ts";
import { Card } from "./frame.tsx";
import styles from "./try-it.module.css";

/** What the bot would do with a message, without doing it. */
export function TryIt({ inboxes }: { inboxes: readonly Inbox[] }) {
  const { t } = useText();
  const [text, setText] = useState("");
  const [locale, setLocale] = useState<string | null>(null);
  const [inboxKey, setInboxKey] = useState<string | null>(inboxes[0]?.key ?? null);
  const ask = useMutation({
    mutationFn: () => previewBot({ text: text.trim(), locale: locale ?? undefined, inboxKey: inboxKey ?? undefined }),
  });
  const inbox = inboxes.find((each) => each.key === inboxKey);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) ask.mutate();
  };
  return (
    <Card title={t("tryIt.title")} lead={t("tryIt.lead")}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Textarea
            label={t("tryIt.question")}
            placeholder={t("tryIt.placeholder")}
            autosize
            minRows={2}
            maxRows={6}
            maxLength={10_000}
            dir={text ? "auto" : undefined}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) submit(event);
            }}
          />
          <div className={styles.choices}>
            <Select
              label={t("tryIt.inbox")}
              data={inboxes.map((each) => ({ value: each.key, label: each.name }))}
              value={inboxKey}
              allowDeselect={false}
              onChange={setInboxKey}
            />
            <Select
              label={t("tryIt.language")}
              placeholder={t("tryIt.detect")}
              data={LOCALES.map((code) => ({ value: code, label: LOCALE_NAMES[code] }))}
              value={locale}
              clearable
              searchable
              onChange={setLocale}
            />
          </div>
          <div>
            <Button
              type="submit"
              leftSection={<IconSparkles size={16} />}
              loading={ask.isPending}
              disabled={!text.trim()}
            >
              {t("tryIt.ask")}
            </Button>
          </div>
        </Stack>
      </form>
      <div role="status" aria-live="polite">
        {ask.error && <p className={styles.error}>{explainError(ask.error, t)}</p>}
        {ask.data && <Decision decision={ask.data} threshold={inbox?.bot.threshold} />}
      </div>
    </Card>
  );
}

function Decision({ decision, threshold }: { decision: BotDecision; threshold: number | undefined }) {
  const { t, locale } = useText();
  const [chosen, ...others] = decision.sources;
  const answers = decision.decision !== "hand_off" && decision.decision !== "silent";
  return (
    <div className={styles.result}>
      <p className={styles.verdict}>
        <Tag tone={answers ? "bot" : "waiting"} icon={<IconRobot size={13} aria-hidden="true" />}>
          {t(`decisions.${decision.decision}`)}
        </Tag>
        <Tag>{LOCALE_NAMES[decision.language]}</Tag>
        {decision.reason && <Tag>{t(`reasonsShort.${decision.reason}`)}</Tag>}
      </p>
      <div className={styles.confidence}>
        <span>{t("tryIt.confidence", { value: formatPercent(decision.confidence, locale) })}</span>
        {threshold !== undefined && <span>{t("tryIt.threshold", { value: formatPercent(threshold, locale) })}</span>}
      </div>
      <div className={styles.bar} aria-hidden="true">
        <span
          className={styles.fill}
          data-enough={threshold === undefined || decision.confidence >= threshold || undefined}
          style={{ inlineSize: `${decision.confidence * 100}%` }}
        />
        {threshold !== undefined && (
          <span className={styles.mark} style={{ insetInlineStart: `${threshold * 100}%` }} />
        )}
      </div>
      {decision.text && (
        <p className={styles.answer} dir="auto" lang={decision.language}>
          {decision.text}
        </p>
      )}
      {chosen ? (
        <>
          <h3>{t(answers ? "tryIt.chosen" : "tryIt.nearest")}</h3>
          <ul className={styles.sources}>
            <Source source={chosen} />
          </ul>
        </>
      ) : (
        <p className={styles.nothing}>{t("tryIt.noEntry")}</p>
      )}
      {others.length > 0 && (
        <>
          <h3>{t("tryIt.others")}</h3>
          <ul className={styles.sources}>
            {others.map((source) => (
              <Source key={source.faqId} source={source} />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function Source({ source }: { source: BotDecision["sources"][number] }) {
  const { locale } = useText();
  const title = useFaqTitle(source);
  return (
    <li>
      <Link to={sourcePath(source)}>
        <bdi>{title}</bdi>
      </Link>
      <span>{formatScore(source.score, locale)}</span>
    </li>
  );
}
