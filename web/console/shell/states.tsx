import { Button, Loader } from "@mantine/core";
import { IconCloudOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { explainError } from "../errors.ts";
import { useText } from "../texts.ts";
import styles from "./states.module.css";

/** A page or pane that is still empty because it loads. */
export function Loading() {
  const { t } = useText();
  return (
    <div className={styles.state} role="status">
      <Loader size="sm" aria-hidden="true" />
      <span className={styles.hidden}>{t("states.loading")}</span>
    </div>
  );
}

/** Something did not load: why, and the button to try again. */
export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useText();
  return (
    <div className={styles.state} role="alert">
      <IconCloudOff size={28} stroke={1.5} aria-hidden="true" className={styles.icon} />
      <p className={styles.title}>{t("states.failed")}</p>
      <p className={styles.text}>{explainError(error, t)}</p>
      <Button variant="default" size="xs" onClick={retry}>
        {t("actions.retry")}
      </Button>
    </div>
  );
}

interface EmptyProps {
  icon: ReactNode;
  title: string;
  text?: string;
  children?: ReactNode;
}

/** Nothing here, and what that means. */
export function Empty({ icon, title, text, children }: EmptyProps) {
  return (
    <div className={styles.state}>
      <span className={styles.icon} aria-hidden="true">
        {icon}
      </span>
      <p className={styles.title}>{title}</p>
      {text && <p className={styles.text}>{text}</p>}
      {children}
    </div>
  );
}
