import type { ReactNode } from "react";
import styles from "./panel.module.css";

/** A part of the panel beside a conversation. */
export function Section({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h3>{title}</h3>
        {action}
      </div>
      {children}
    </section>
  );
}
