import { IconChevronDown } from "@tabler/icons-react";
import type { DecisionSummary } from "../../../../contract/bot.ts";
import { formatNumber, formatPercent, formatScore } from "../../../ui/format.ts";
import { useText } from "../../texts.ts";
import { useFaqTitle } from "../../use-faq-title.ts";
import styles from "./thread.module.css";

interface BotSummaryProps {
  bot: DecisionSummary;
  open: boolean;
  onToggle(): void;
}

/** Source and confidence in one line, which opens the whole decision. */
export function BotSummary({ bot, open, onToggle }: BotSummaryProps) {
  const { t, locale } = useText();
  const fromFaq = bot.decision === "answer" && bot.sources.length > 0;
  return (
    <button type="button" className={styles.botSummary} aria-expanded={open} onClick={onToggle}>
      <span>{fromFaq ? t("bot.faq") : t(`decisionsShort.${bot.decision}`)}</span>
      <span>{formatPercent(bot.confidence, locale)}</span>
      <IconChevronDown size={13} aria-hidden="true" className={open ? styles.up : undefined} />
      <span className="parley-hidden">{t("bot.whyLong")}</span>
    </button>
  );
}

export function BotDetails({ bot }: { bot: DecisionSummary }) {
  const { t, locale } = useText();
  return (
    <div className={styles.botDetails}>
      <dl>
        <dt>{t("bot.decision")}</dt>
        <dd>{t(`decisions.${bot.decision}`)}</dd>
        {bot.reason && (
          <>
            <dt>{t("bot.reason")}</dt>
            <dd>{t(`reasonsShort.${bot.reason}`)}</dd>
          </>
        )}
        <dt>{t("bot.confidence")}</dt>
        <dd>{formatPercent(bot.confidence, locale)}</dd>
        <dt>{t("bot.model")}</dt>
        <dd>{bot.model ? <bdi>{bot.model}</bdi> : t("bot.noModel")}</dd>
        {bot.tokens !== undefined && (
          <>
            <dt>{t("bot.tokens")}</dt>
            <dd>{formatNumber(bot.tokens, locale)}</dd>
          </>
        )}
        <dt>{t("bot.latency")}</dt>
        <dd>{t("bot.milliseconds", { value: formatNumber(Math.round(bot.latency), locale) })}</dd>
      </dl>
      {bot.sources.length > 0 && <Sources sources={bot.sources} />}
    </div>
  );
}

/** Entries with how well each fits, best first. */
export function Sources({ sources }: { sources: DecisionSummary["sources"] }) {
  const { t, locale } = useText();
  return (
    <>
      <p className={styles.sourcesTitle}>{t("bot.sources")}</p>
      <ol className={styles.sources}>
        {sources.map((source) => (
          <li key={source.faqId}>
            <SourceTitle source={source} />
            <span className={styles.score}>
              <span className={styles.meter} aria-hidden="true">
                <span style={{ inlineSize: `${Math.round(Math.min(1, Math.max(0, source.score)) * 100)}%` }} />
              </span>
              {formatScore(source.score, locale)}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

function SourceTitle({ source }: { source: DecisionSummary["sources"][number] }) {
  return <bdi>{useFaqTitle(source)}</bdi>;
}
