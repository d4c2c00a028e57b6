import { useEffect, useRef, useState } from "react";
import styles from "./templates.module.css";

interface MailFrameProps {
  html: string;
  direction: "ltr" | "rtl";
  title: string;
}

/** A mail's rich text by itself: it runs nothing, loads nothing, and its styles stay inside. */
export function MailFrame({ html, direction, title }: MailFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const observer = useRef<ResizeObserver>(undefined);
  const [height, setHeight] = useState(120);
  useEffect(() => () => observer.current?.disconnect(), []);
  const measure = () => {
    const document = frame.current?.contentDocument;
    if (!document?.body) return;
    // The page's policy holds here too and allows styles set by script alone.
    Object.assign(document.body.style, {
      margin: "0",
      font: '15px/1.55 system-ui, "Noto Sans", sans-serif',
      color: "#1f2735",
      overflowWrap: "anywhere",
    });
    observer.current?.disconnect();
    observer.current = new ResizeObserver(() => setHeight(Math.ceil(document.body.scrollHeight)));
    observer.current.observe(document.body);
  };
  return (
    <iframe
      ref={frame}
      className={styles.frame}
      title={title}
      sandbox="allow-same-origin"
      referrerPolicy="no-referrer"
      srcDoc={`<!doctype html><html dir="${direction}"><body>${html}</body></html>`}
      style={{ blockSize: height }}
      onLoad={measure}
    />
  );
}
