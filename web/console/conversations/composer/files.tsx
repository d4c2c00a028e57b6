import { ActionIcon, FileButton, Progress, Tooltip } from "@mantine/core";
import { IconPaperclip, IconX } from "@tabler/icons-react";
import { useRef } from "react";
import { ATTACHMENT_TYPES } from "../../../../contract/attachment.ts";
import { formatBytes } from "../../../ui/format.ts";
import type { Upload } from "../../sync/uploads.ts";
import { useText } from "../../texts.ts";
import styles from "./composer.module.css";

export function FilePicker({ onFiles }: { onFiles(files: File[]): void }) {
  const { t } = useText();
  const reset = useRef<() => void>(null);
  return (
    <FileButton
      multiple
      accept={ATTACHMENT_TYPES.join(",")}
      resetRef={reset}
      inputProps={{ "aria-label": t("composer.attach") }}
      onChange={(files) => {
        onFiles(files);
        // The same file may be chosen again after it was removed.
        reset.current?.();
      }}
    >
      {(props) => (
        <Tooltip label={t("composer.attach")}>
          <ActionIcon {...props} aria-label={t("composer.attach")}>
            <IconPaperclip size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      )}
    </FileButton>
  );
}

export function UploadList({ uploads, onRemove }: { uploads: readonly Upload[]; onRemove(key: string): void }) {
  const { t, locale } = useText();
  if (uploads.length === 0) return null;
  return (
    <ul className={styles.uploads}>
      {uploads.map((upload) => (
        <li key={upload.key} className={styles.upload} data-failed={upload.error ? true : undefined}>
          <span className={styles.uploadText}>
            <bdi>{upload.name}</bdi>
            {upload.error ? (
              <span role="alert" className={styles.uploadError}>
                {upload.error}
              </span>
            ) : (
              <small>{formatBytes(upload.size, locale)}</small>
            )}
          </span>
          {!upload.attachment && !upload.error && (
            <Progress
              value={upload.progress * 100}
              size="xs"
              className={styles.progress}
              aria-label={t("composer.uploading", { name: upload.name })}
            />
          )}
          <ActionIcon
            size={22}
            aria-label={t("composer.removeFile", { name: upload.name })}
            onClick={() => onRemove(upload.key)}
          >
            <IconX size={13} />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}
