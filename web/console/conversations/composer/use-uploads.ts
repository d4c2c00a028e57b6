import { useRef, useState } from "react";
import { ATTACHMENT_MAX_BYTES, ATTACHMENT_TYPES, type Attachment } from "../../../../contract/attachment.ts";
import { formatBytes } from "../../../ui/format.ts";
import { uploadAttachment } from "../../api/calls.ts";
import { explainError } from "../../errors.ts";
import { useText } from "../../texts.ts";

/** attachmentIdsSchema's most. */
const MOST = 10;

/** A file on its way, there, or refused. */
export interface Upload {
  key: string;
  name: string;
  size: number;
  /** 0 to 1. */
  progress: number;
  attachment?: Attachment;
  error?: string;
}

/** Files picked, pasted or dropped into the composer: checked, sent off at once, ready before the message is. */
export function useUploads() {
  const { t, locale } = useText();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const aborts = useRef(new Map<string, AbortController>());
  const count = useRef(0);

  const change = (key: string, part: Partial<Upload>) =>
    setUploads((before) => before.map((each) => (each.key === key ? { ...each, ...part } : each)));

  const start = (file: File, key: string) => {
    const abort = new AbortController();
    aborts.current.set(key, abort);
    uploadAttachment(file, (progress) => change(key, { progress }), abort.signal)
      .then((attachment) => change(key, { progress: 1, attachment }))
      .catch((error) => change(key, { error: explainError(error, t) }))
      .finally(() => aborts.current.delete(key));
  };

  const refusal = (file: File): string | undefined => {
    if (file.size > ATTACHMENT_MAX_BYTES) {
      return t("composer.fileTooLarge", { limit: formatBytes(ATTACHMENT_MAX_BYTES, locale) });
    }
    // A system that does not know the type gives none: then the server, which reads the bytes, decides.
    if (file.type && !(ATTACHMENT_TYPES as readonly string[]).includes(file.type)) return t("composer.fileType");
    return undefined;
  };

  return {
    uploads,
    add(files: Iterable<File>) {
      const room = MOST - uploads.length;
      const added = [...files].slice(0, Math.max(0, room)).map((file) => {
        count.current += 1;
        const error = refusal(file);
        const upload: Upload = { key: String(count.current), name: file.name, size: file.size, progress: 0, error };
        return { file, upload };
      });
      setUploads((before) => [...before, ...added.map((each) => each.upload)]);
      for (const { file, upload } of added) if (!upload.error) start(file, upload.key);
    },
    remove(key: string) {
      aborts.current.get(key)?.abort();
      setUploads((before) => before.filter((each) => each.key !== key));
    },
    clear() {
      setUploads([]);
    },
  };
}
