import { Button, Loader } from "@mantine/core";
import { IconAlertTriangle, IconArrowBackUp } from "@tabler/icons-react";
import { formatPercent } from "../../../ui/format.ts";
import { explainError } from "../../errors.ts";
import { useText } from "../../texts.ts";
import { useFaqTitle } from "../../use-faq-title.ts";
import styles from "./copilot.module.css";
import type { CopilotState } from "./use-copilot.ts";

interface CopilotBarProps {
  state: CopilotState;
  onCancel(): void;
  onUndo(): void;
  onDismiss(): void;
}

/** What the copilot is doing or has done: where it has it from, what to look at before sending, and the way back. */
export function CopilotBar({ state, onCancel, onUndo, onDismiss }: CopilotBarProps) {
  const { t } = useText();
  const { running, done, error } = state;
  if (!running && !done && !error) return null;
  return (
    <div className={styles.bar} role="status" aria-live="polite">
      {running && (
        <>
          <Loader size={14} aria-hidden="true" />
          <span className={styles.grow}>{t("copilot.bar.running")}</span>
          <Button size="compact-xs" variant="default" onClick={onCancel}>
            {t("actions.cancel")}
          </Button>
        </>
      )}
      {error && (
        <>
          <IconAlertTriangle size={15} aria-hidden="true" />
          <span className={styles.grow}>{explainError(error, t)}</span>
          <Button size="compact-xs" variant="subtle" onClick={onDismiss}>
            {t("actions.close")}
          </Button>
        </>
      )}
      {done && (
        <>
          <span className={styles.grow}>
            {done.text === "" ? (
              t("copilot.bar.nothing")
            ) : done.sources[0] ? (
              <Source source={done.sources[0]} />
            ) : (
              t("copilot.bar.read")
            )}
            {done.warnings.map((warning) => (
              <span key={`${warning.code} ${warning.text ?? ""}`} className={styles.warning}>
                <IconAlertTriangle size={14} aria-hidden="true" />
                {t(`copilot.warnings.${warning.code}`)}
                {warning.text && <bdi>“{warning.text}”</bdi>}
              </span>
            ))}
          </span>
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconArrowBackUp size={14} className="parley-flip" />}
            onClick={onUndo}
          >
            {t("copilot.bar.undo")}
          </Button>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={onDismiss}>
            {t("actions.close")}
          </Button>
        </>
      )}
    </div>
  );
}

function Source({ source }: { source: NonNullable<CopilotState["done"]>["sources"][number] }) {
  const { t, locale } = useText();
  const title = useFaqTitle(source);
  return <>{t("copilot.bar.source", { title, score: formatPercent(source.score, locale) })}</>;
}
