/** @jsxImportSource preact */
import { useLayoutEffect, useRef } from "preact/hooks";
import { focusPanel } from "./focus.ts";
import { Icon } from "./icons.tsx";
import { UploadList } from "./upload-list.tsx";
import { useChat } from "./use-chat.ts";

const HIGHEST = 120;

/** Where the shopper writes. Keeps the text over page changes; says beforehand what can not be sent. */
export function Composer() {
  const chat = useChat();
  const { t, locale, draft, uploads, config } = chat;
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
      <UploadList uploads={uploads} t={t} locale={locale} />
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
