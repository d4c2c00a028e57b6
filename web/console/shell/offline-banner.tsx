import { Loader } from "@mantine/core";
import { useEffect, useState } from "react";
import { useConnection } from "../realtime/console-provider.tsx";
import { useText } from "../texts.ts";
import styles from "./shell.module.css";

// A phone changing cells is back within a second; nobody needs to read about that.
const GRACE = 1_500;
const BACK_SHOWN = 2_500;

type Shown = "nothing" | "offline" | "back";

/** Says that the connection is lost and, for a moment, that it is back. Nothing needs to be pressed. */
export function OfflineBanner() {
  const { t } = useText();
  const connection = useConnection();
  const [shown, setShown] = useState<Shown>("nothing");
  useEffect(() => {
    if (connection === "online") {
      setShown((before) => (before === "offline" ? "back" : before));
      const timer = setTimeout(() => setShown("nothing"), BACK_SHOWN);
      return () => clearTimeout(timer);
    }
    const timer = setTimeout(() => setShown("offline"), connection === "connecting" ? GRACE * 3 : GRACE);
    return () => clearTimeout(timer);
  }, [connection]);
  return (
    <div role="status" aria-live="polite">
      {shown === "offline" && (
        <div className={styles.banner}>
          <Loader size={14} color="currentColor" aria-hidden="true" />
          {t("shell.offline")}
        </div>
      )}
      {shown === "back" && <div className={`${styles.banner} ${styles.bannerBack}`}>{t("shell.back")}</div>}
    </div>
  );
}
