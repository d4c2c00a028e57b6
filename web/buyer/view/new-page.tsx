/** @jsxImportSource preact */
import { useMemo, useReducer, useRef, useState } from "preact/hooks";
import { newEchoId } from "../../ui/chat/chat.ts";
import { textOfError } from "../../ui/chat/errors.ts";
import { fileSize } from "../../ui/chat/format.ts";
import { Uploads } from "../../ui/chat/uploads.ts";
import { Icon } from "../../ui/chat/view/icons.tsx";
import { UploadList } from "../../ui/chat/view/upload-list.tsx";
import { ApiError } from "../../ui/http.ts";
import { useCentre } from "../context.ts";
import { hub } from "../hub.ts";
import { navigate } from "../route.ts";
import { uploadTarget } from "../thread-chat.ts";
import { PageLink } from "./page-link.tsx";
import { useHeading } from "./use-heading.ts";

/** A new thread, about an order or something else. */
export function NewPage({ orderId = "" }: { orderId?: string }) {
  const { t, locale, session, threads, onExpired } = useCentre();
  const [about, setAbout] = useState(orderId);
  const [text, setText] = useState("");
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState("");
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const picker = useRef<HTMLInputElement>(null);
  const heading = useHeading();
  // The same one for every try: what arrived in spite of a cut is found again.
  const echoId = useMemo(newEchoId, []);
  const uploads = useMemo(
    () =>
      new Uploads({
        limits: session.attachments,
        formatSize: (bytes) => fileSize(bytes, locale),
        target: uploadTarget,
        onChange: () => redraw(undefined),
      }),
    [session, locale],
  );
  const tooLong = text.length - session.maxLength;
  const canSend = !sending && !uploads.busy && tooLong <= 0 && (text.trim() !== "" || uploads.ready.length > 0);

  const send = async () => {
    if (!canSend) return;
    setSending(true);
    setProblem("");
    try {
      const attachments = uploads.ready.map(({ id }) => id);
      const { id } = await hub.start({
        echoId,
        text: text.trim(),
        ...(about && { orderId: about }),
        ...(attachments.length > 0 && { attachments }),
      });
      threads.changed();
      navigate({ page: "thread", id }, { replace: true });
    } catch (error) {
      setSending(false);
      if (error instanceof ApiError && error.code === "link_expired") onExpired();
      else if (error instanceof ApiError && error.status > 0) setProblem(textOfError(t, error));
      else setProblem(t("new.failed"));
    }
  };

  return (
    <form
      class="sheet"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <PageLink to={{ page: "threads" }} class="back">
        <Icon name="down" size={20} />
        {t("thread.back")}
      </PageLink>
      <h2 ref={heading} tabIndex={-1} class="sheet-title">
        {t("new.title", { shop: session.shopName })}
      </h2>
      {threads.orders.length > 0 && (
        <label class="field">
          {t("new.order")}
          <select value={about} onChange={(event) => setAbout(event.currentTarget.value)}>
            {!session.scope && <option value="">{t("new.general")}</option>}
            {threads.orders.map(({ orderId: id, number, items: [first] }) => (
              <option key={id} value={id}>
                {t("list.order", { number })}
                {first && ` · ${first.name}`}
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="field">
        {t("new.text")}
        <textarea
          rows={6}
          dir={text ? "auto" : undefined}
          value={text}
          aria-invalid={tooLong > 0}
          aria-describedby="new-problem"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <UploadList uploads={uploads} t={t} locale={locale} />
      <p id="new-problem" class="hint bad" role="status">
        {tooLong > 0 ? t("composer.tooLong", { count: tooLong }) : problem}
      </p>
      <div class="form-actions">
        <button type="submit" class="button" aria-disabled={!canSend}>
          {t(sending ? "new.sending" : "new.send")}
        </button>
        <button type="button" class="quiet" onClick={() => picker.current?.click()}>
          <Icon name="clip" size={20} />
          {t("composer.attach")}
        </button>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          accept={session.attachments.types.join(",")}
          onChange={() => {
            uploads.add([...(picker.current?.files ?? [])]);
            if (picker.current) picker.current.value = "";
          }}
        />
      </div>
    </form>
  );
}
