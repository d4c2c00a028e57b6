import { useQuery } from "@tanstack/react-query";
import { getDatabaseHealth } from "../api/calls.ts";
import { keys } from "../api/keys.ts";
import { useSession } from "../session/use-session.ts";
import { useText } from "../texts.ts";
import styles from "./shell.module.css";

const ASKED_EVERY = 30_000;

/** Tells whoever runs the hub that the database is damaged or its disk takes no writes, and what to do. */
export function DatabaseBanner() {
  const { t } = useText();
  const { user } = useSession();
  const { data } = useQuery({
    queryKey: keys.databaseHealth,
    queryFn: getDatabaseHealth,
    enabled: user.role === "admin",
    refetchInterval: ASKED_EVERY,
  });
  if (!data) return null;
  const { disk, damage } = data;
  return (
    <div role="alert">
      {disk !== "ok" && <p className={`${styles.banner} ${styles.bannerAlarm}`}>{t(`shell.database.${disk}`)}</p>}
      {damage.length > 0 && (
        <div className={`${styles.banner} ${styles.bannerAlarm}`}>
          <p>{t("shell.database.damaged")}</p>
          <details>
            <summary>{t("shell.database.finds")}</summary>
            <ul dir="ltr" lang="en">
              {damage.map((find) => (
                <li key={find}>{find}</li>
              ))}
            </ul>
          </details>
        </div>
      )}
    </div>
  );
}
