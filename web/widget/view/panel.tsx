/** @jsxImportSource preact */
import { useEffect, useRef, useState } from "preact/hooks";
import { Composer } from "../../ui/chat/view/composer.tsx";
import { focusPanel, keepFocusInside, PHONE } from "../../ui/chat/view/focus.ts";
import { Icon } from "../../ui/chat/view/icons.tsx";
import { MessageList } from "../../ui/chat/view/message-list.tsx";
import { Notice } from "../../ui/chat/view/notice.tsx";
import { useChat } from "../../ui/chat/view/use-chat.ts";
import { useVisibleHeight } from "../../ui/chat/view/use-visible-height.ts";
import { EmailForm } from "./email-form.tsx";

/** The open conversation: a dialog beside the page, or over it on a phone. `leaving`: it stays open once, to ask where to answer. */
export function Panel({ leaving, onClose }: { leaving: boolean; onClose: () => void }) {
  const chat = useChat();
  const { t } = chat;
  const panel = useRef<HTMLDivElement>(null);
  const [dropping, setDropping] = useState(false);
  const [isPhone] = useState(() => matchMedia(PHONE).matches);
  useVisibleHeight(panel);

  useEffect(() => focusPanel(panel.current), []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      onClose();
    }
    if (event.key === "Tab" && isPhone) keepFocusInside(event, panel.current);
  };

  return (
    <div
      ref={panel}
      class={`panel${dropping ? " is-dropping" : ""}`}
      role="dialog"
      aria-modal={isPhone}
      aria-label={t("panel.label", { shop: chat.config.shopName })}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={(event) => {
        if (!panel.current?.contains(event.relatedTarget as Node | null)) setDropping(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setDropping(false);
        chat.uploads.add([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <Header onClose={onClose} />
      <Notice />
      <MessageList />
      <EmailForm leaving={leaving} onDone={() => leaving && onClose()} />
      <Composer />
      {dropping && <div class="drop">{t("composer.drop")}</div>}
    </div>
  );
}

function Header({ onClose }: { onClose: () => void }) {
  const chat = useChat();
  const { t, phase, assignee } = chat;
  const line =
    phase === "person" && assignee?.name
      ? t("header.person", { name: assignee.name })
      : phase === "person" || phase === "waiting"
        ? t("header.waiting")
        : t("header.automatic");
  return (
    <header class="header">
      <div class="who">
        <h2>
          <bdi>{chat.config.shopName}</bdi>
        </h2>
        <p>{line}</p>
      </div>
      <button type="button" class="plain" aria-label={t("header.close")} onClick={onClose}>
        <Icon name="close" size={22} />
      </button>
    </header>
  );
}
