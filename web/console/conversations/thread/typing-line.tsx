import { useSyncExternalStore } from "react";
import { useServices } from "../../realtime/console-provider.tsx";
import { useText } from "../../texts.ts";
import styles from "./thread.module.css";

/** Who is writing now. The line keeps its height, so that nothing moves when it comes and goes. */
export function TypingLine({ id }: { id: string }) {
  const { t, locale } = useText();
  const { live } = useServices();
  const typists = useSyncExternalStore(live.subscribe, () => live.getTypists(id));
  const names = typists.map((each) => (each.author === "bot" ? t("author.bot") : (each.name ?? t("contact.theBuyer"))));
  return (
    <div className={styles.typing}>
      {names.length > 0 && (
        <>
          <span className={styles.dots} aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {t("thread.typing", { names: new Intl.ListFormat(locale).format(names), count: names.length })}
        </>
      )}
    </div>
  );
}
