/** @jsxImportSource preact */
import type { Translate } from "../../texts.ts";
import { textOfError } from "../errors.ts";
import { fileSize } from "../format.ts";
import type { Upload, Uploads } from "../uploads.ts";
import { Icon } from "./icons.tsx";

interface UploadListProps {
  uploads: Uploads;
  t: Translate;
  locale: string;
}

/** The files beside a message being written, with how far they are and what is wrong with them. */
export function UploadList({ uploads, t, locale }: UploadListProps) {
  if (uploads.items.length === 0) return null;
  return (
    <ul class="uploads" aria-label={t("upload.label")}>
      {uploads.items.map((upload) => (
        <UploadRow key={upload.key} upload={upload} uploads={uploads} t={t} locale={locale} />
      ))}
    </ul>
  );
}

function UploadRow({ upload, uploads, t, locale }: UploadListProps & { upload: Upload }) {
  const { key, name, problem, progress, state } = upload;
  const percent = Math.round(progress * 100);
  return (
    <li class={`upload ${state}`}>
      <Icon name={state === "failed" ? "alert" : "file"} size={18} />
      <div class="upload-text">
        <span class="file-name">
          <bdi>{name}</bdi>
        </span>
        {problem ? (
          <span class="upload-problem" role="alert">
            {problem.message === undefined
              ? t(problem.key, problem.values)
              : textOfError(t, { code: problem.key.replace(/^errors\./, ""), message: problem.message })}
          </span>
        ) : state === "uploading" ? (
          <progress max={100} value={percent} aria-label={t("upload.progress", { name, percent })} />
        ) : (
          <span class="file-size">{fileSize(upload.size, locale)}</span>
        )}
      </div>
      {state === "failed" && uploads.canRetry(key) && (
        <button type="button" class="link" onClick={() => uploads.retry(key)}>
          {t("message.retry")}
        </button>
      )}
      <button
        type="button"
        class="plain small"
        aria-label={t("upload.remove", { name })}
        onClick={() => uploads.remove(key)}
      >
        <Icon name="close" size={16} />
      </button>
    </li>
  );
}
