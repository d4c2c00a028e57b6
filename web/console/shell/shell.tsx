import type { ReactNode } from "react";
import { useText } from "../texts.ts";
import { DatabaseBanner } from "./database-banner.tsx";
import { LeftBar } from "./left-bar.tsx";
import { OfflineBanner } from "./offline-banner.tsx";
import styles from "./shell.module.css";
import { ShortcutsHelp, ShortcutsProvider } from "./shortcuts.tsx";

/** The console's frame: left bar (below on a phone), offline banner, page. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useText();
  return (
    <ShortcutsProvider>
      <a className={styles.skip} href="#main">
        {t("shell.skip")}
      </a>
      <div className={styles.shell}>
        <LeftBar />
        <div className={styles.page}>
          <OfflineBanner />
          <DatabaseBanner />
          <main id="main" className={styles.content} tabIndex={-1}>
            {children}
          </main>
        </div>
      </div>
      <ShortcutsHelp />
    </ShortcutsProvider>
  );
}
