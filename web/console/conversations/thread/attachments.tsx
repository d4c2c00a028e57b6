import { IconDownload, IconFile, IconFileTypePdf, IconMovie } from "@tabler/icons-react";
import type { Attachment } from "../../../../contract/attachment.ts";
import { formatBytes } from "../../../ui/format.ts";
import { useText } from "../../texts.ts";
import styles from "./thread.module.css";

/** The largest a picture is shown. Pixels. */
const MAX_WIDTH = 320;
const MAX_HEIGHT = 260;
// What every browser shows itself; HEIC for one only downloads.
const SHOWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

export function Attachments({ attachments }: { attachments: readonly Attachment[] }) {
  if (attachments.length === 0) return null;
  return (
    <ul className={styles.attachments}>
      {attachments.map((attachment) => (
        <li key={attachment.id}>
          {SHOWN.has(attachment.type) ? <Picture attachment={attachment} /> : <File attachment={attachment} />}
        </li>
      ))}
    </ul>
  );
}

function Picture({ attachment }: { attachment: Attachment }) {
  const { t } = useText();
  const { width, height } = attachment;
  const scale = width && height ? Math.min(1, MAX_WIDTH / width, MAX_HEIGHT / height) : 1;
  // The room is kept before the picture is there, so that nothing shifts when it comes.
  const size = width && height ? { width: Math.round(width * scale), height: Math.round(height * scale) } : undefined;
  return (
    <a href={attachment.url} target="_blank" rel="noopener noreferrer" className={styles.picture}>
      <img
        src={attachment.url}
        alt={t("thread.picture", { name: attachment.name })}
        loading="lazy"
        decoding="async"
        {...(size ?? { width: 240, height: 180 })}
      />
    </a>
  );
}

function File({ attachment }: { attachment: Attachment }) {
  const { t, locale } = useText();
  const Icon =
    attachment.type === "application/pdf"
      ? IconFileTypePdf
      : attachment.type.startsWith("video/")
        ? IconMovie
        : IconFile;
  return (
    <a href={attachment.url} target="_blank" rel="noopener noreferrer" className={styles.file}>
      <Icon size={22} stroke={1.5} aria-hidden="true" />
      <span>
        <bdi>{attachment.name}</bdi>
        <small>{formatBytes(attachment.size, locale)}</small>
      </span>
      <IconDownload size={16} stroke={1.7} role="img" aria-label={t("thread.openFile")} />
    </a>
  );
}
