/** @jsxImportSource preact */
import { useLayoutEffect, useRef } from "preact/hooks";
import { textOfError } from "../errors.ts";
import { fileSize } from "../format.ts";
import type { Upload } from "../uploads.ts";
import { focusPanel } from "./focus.ts";
import { Icon } from "./icons.tsx";
import { useChat } from "./use-chat.ts";

const HIGHEST = 120;

/** Where the shopper writes. Keeps the text over page changes; says beforehand what can not be sent. */
export function Composer() {
  const chat = useChat();
  const { t, draft, uploads, config } = chat;
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const tooLong = draft.length - config.maxLength;
  const hasContent = draft.trim() !== "" || uploads.busy || uploads.ready.length > 0;
  const canSend = hasContent && tooLong <= 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows what is written.
  useLayoutEffect(() => {
    const box = field.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, HIGHEST)}px`;
  }, [draft]);

  const send = () => {
    if (!canSend) return;
    chat.sendDraft();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter while composing picks a character (Chinese, Japanese, Korean); 229 is Safari's way of saying so.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    // On a touch keyboard Enter is the only way to a new line.
    if (matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    send();
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    uploads.add(files);
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <PersonButton />
      {uploads.items.length > 0 && (
        <ul class="uploads" aria-label={t("upload.label")}>
          {uploads.items.map((upload) => (
            <UploadRow key={upload.key} upload={upload} />
          ))}
        </ul>
      )}
      <p class={tooLong > 0 ? "hint bad" : "hint"} id="parley-hint" role="status">
        {tooLong > 0 ? t("composer.tooLong", { count: tooLong }) : chat.sendsAfterUpload ? t("composer.uploading") : ""}
      </p>
      <div class="row">
        <button
          type="button"
          class="plain"
          aria-label={t("composer.attach")}
          title={t("composer.attach")}
          onClick={() => picker.current?.click()}
        >
          <Icon name="clip" size={22} />
        </button>
        <input
          ref={picker}
          class="unseen"
          type="file"
          multiple
          hidden
          accept={config.attachments.types.join(",")}
          onChange={() => {
            uploads.add([...(picker.current?.files ?? [])]);
            if (picker.current) picker.current.value = "";
            field.current?.focus();
          }}
        />
        <textarea
          ref={field}
          rows={1}
          // Empty, "auto" would put the placeholder of a right-to-left language to the left.
          dir={draft ? "auto" : undefined}
          value={draft}
          placeholder={t("composer.placeholder")}
          aria-label={t("composer.label")}
          aria-describedby="parley-hint"
          aria-invalid={tooLong > 0}
          autoComplete="off"
          enterkeyhint="enter"
          onInput={(event) => chat.write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <button
          type="submit"
          class="send"
          aria-label={t("composer.send")}
          title={t("composer.send")}
          aria-disabled={!canSend}
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}

/** Always at hand until a person is there. */
function PersonButton() {
  const chat = useChat();
  if (chat.phase === "person" || chat.phase === "waiting") return null;
  if (chat.sync.outbox.some(({ human }) => human)) return null;
  return (
    <button
      type="button"
      class="person"
      onClick={(event) => {
        focusPanel(event.currentTarget);
        chat.askForPerson();
      }}
    >
      <Icon name="headset" size={18} />
      {chat.t("person.ask")}
    </button>
  );
}

function UploadRow({ upload }: { upload: Upload }) {
  const { t, uploads, locale } = useChat();
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
