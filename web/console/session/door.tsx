import type { ReactNode } from "react";
import { useText } from "../texts.ts";
import styles from "./door.module.css";

/** The frame of the pages before the console: one card in the middle. */
export function Door({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  const { t } = useText();
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Logo />
          <span>{t("app.name")}</span>
        </div>
        <h1 className={styles.title}>{title}</h1>
        <p className={styles.lead}>{lead}</p>
        {children}
      </div>
    </main>
  );
}

export function Logo() {
  return (
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#4f46e5" />
      <path
        d="M8 9.5A2.5 2.5 0 0 1 10.5 7h11A2.5 2.5 0 0 1 24 9.5v8a2.5 2.5 0 0 1-2.5 2.5H15l-5 5v-5A2.5 2.5 0 0 1 8 17.5z"
        fill="#fff"
      />
      <circle cx="13" cy="13.5" r="1.5" fill="#4f46e5" />
      <circle cx="19" cy="13.5" r="1.5" fill="#4f46e5" />
    </svg>
  );
}
