import { useEffect, useRef, useState } from "react";
import styles from "./templates.module.css";

interface MailFrameProps {
  /** A whole document. */
  html: string;
  title: string;
}

/** A mail by itself, as a mailbox shows it: it runs nothing, loads nothing, its links lead nowhere, its styles stay inside. */
export function MailFrame({ html, title }: MailFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const observer = useRef<ResizeObserver>(undefined);
  const [height, setHeight] = useState(120);
  useEffect(() => () => observer.current?.disconnect(), []);
  const loaded = () => {
    const document = frame.current?.contentDocument;
    if (!document?.body) return;
    for (const element of document.querySelectorAll<HTMLElement>("[data-style]")) {
      element.style.cssText = element.dataset.style ?? "";
    }
    // Mails are read on white, whatever the console's colours are.
    document.documentElement.style.colorScheme = "only light";
    document.body.style.overflowWrap = "anywhere";
    observer.current?.disconnect();
    observer.current = new ResizeObserver(() => setHeight(Math.ceil(document.body.getBoundingClientRect().height)));
    observer.current.observe(document.body);
  };
  return (
    <iframe
      ref={frame}
      className={styles.frame}
      title={title}
      sandbox="allow-same-origin"
      referrerPolicy="no-referrer"
      srcDoc={withStylesAside(html)}
      style={{ blockSize: height }}
      onLoad={loaded}
    />
  );
}

/** The page's policy holds in the frame too: it lets no style attribute count, only what a script sets. */
function withStylesAside(html: string): string {
  return html.replace(/<[^>]+>/g, (tag) => tag.replaceAll(' style="', ' data-style="'));
}
