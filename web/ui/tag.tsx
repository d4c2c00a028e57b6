import type { ReactNode } from "react";
import styles from "./tag.module.css";

export type Tone = "neutral" | "accent" | "bot" | "waiting" | "late" | "resolved" | "note";

/** A small word with a meaning. The tone only underlines what the word already says. */
export function Tag({ tone = "neutral", icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={`${styles.tag} ${styles[tone]}`}>
      {icon}
      <span>{children}</span>
    </span>
  );
}
