import { Button, Loader } from "@mantine/core";
import { IconPhotoOff } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useText } from "../../texts.ts";
import styles from "./original.module.css";

/** The frame's height until it is known. Pixels. */
const FIRST_HEIGHT = 120;
/** Milliseconds. */
const LOOK_AGAIN = 150;

/**
 * A message as its writer designed it. The document has a policy of its own and runs nothing; pictures from elsewhere are
 * loaded only when the reader asks.
 */
export function OriginalFrame({ url, title }: { url: string; title: string }) {
  const { t } = useText();
  const frame = useRef<HTMLIFrameElement>(null);
  const observer = useRef<ResizeObserver>(undefined);
  const [height, setHeight] = useState(FIRST_HEIGHT);
  const [blocked, setBlocked] = useState(0);
  const [pictures, setPictures] = useState(false);
  const [state, setState] = useState<"loading" | "shown" | "failed">("loading");
  const [tries, setTries] = useState(0);
  useEffect(() => () => observer.current?.disconnect(), []);
  // The load event waits for every picture; the text is there to read long before a slow server gives up.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a frame that is made anew is looked at anew
  useEffect(() => {
    const timer = setInterval(() => {
      const document = frame.current?.contentDocument;
      if (!document || document.URL === "about:blank" || document.readyState === "loading") return;
      clearInterval(timer);
      loaded();
    }, LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [pictures, tries]);

  const loaded = () => {
    const body = frame.current?.contentDocument?.body;
    // What the server refuses comes as a page that no frame may show.
    if (!body || !/^text\/html/.test(frame.current?.contentDocument?.contentType ?? "")) {
      setState("failed");
      return;
    }
    setState("shown");
    setBlocked(body.querySelectorAll("img[data-blocked]").length);
    observer.current?.disconnect();
    observer.current = new ResizeObserver(() => setHeight(Math.ceil(body.getBoundingClientRect().height)));
    observer.current.observe(body);
  };
  return (
    <div className={styles.original}>
      {blocked > 0 && !pictures && (
        <div className={styles.blocked}>
          <IconPhotoOff size={16} stroke={1.7} aria-hidden="true" />
          <span>{t("mailboxes.original.blocked")}</span>
          <Button size="compact-xs" variant="default" onClick={() => setPictures(true)}>
            {t("mailboxes.original.load")}
          </Button>
        </div>
      )}
      {state === "loading" && (
        <div className={styles.loading} role="status">
          <Loader size="xs" aria-label={t("states.loading")} />
        </div>
      )}
      {state === "failed" ? (
        <div className={styles.blocked} role="alert">
          <span>{t("states.failed")}</span>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              setState("loading");
              setTries(tries + 1);
            }}
          >
            {t("actions.retry")}
          </Button>
        </div>
      ) : (
        <iframe
          ref={frame}
          key={`${pictures} ${tries}`}
          className={styles.frame}
          data-shown={state === "shown" || undefined}
          src={pictures ? `${url}?images=1` : url}
          title={title}
          // Without allow-scripts nothing runs; the hub's origin lets this page measure the text.
          sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
          referrerPolicy="no-referrer"
          style={{ blockSize: height }}
          onLoad={loaded}
        />
      )}
    </div>
  );
}
