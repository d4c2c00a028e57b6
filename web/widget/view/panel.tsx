/** @jsxImportSource preact */
import { useEffect, useRef, useState } from "preact/hooks";
import { textOfError } from "../errors.ts";
import { Composer } from "./composer.tsx";
import { focusPanel, keepFocusInside, PHONE } from "./focus.ts";
import { Icon } from "./icons.tsx";
import { MessageList } from "./message-list.tsx";
import { useChat } from "./use-chat.ts";

/** The open conversation: a dialog beside the page, or over it on a phone. */
export function Panel({ onClose }: { onClose: () => void }) {
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

/** What the shopper should know about the connection. */
function Notice() {
  const { t, network, problem } = useChat();
  const text = network === "offline" ? t("connection.offline") : problem ? textOfError(t, problem) : undefined;
  return (
    <div role="status" class={text ? "notice" : "notice is-empty"}>
      {text}
    </div>
  );
}

/** iOS lays its keyboard over the page without telling the layout: follow what is really visible. */
function useVisibleHeight(panel: { current: HTMLElement | null }): void {
  useEffect(() => {
    const viewport = window.visualViewport;
    if (!viewport) return;
    const follow = () => {
      panel.current?.style.setProperty("--visible-height", `${viewport.height}px`);
      panel.current?.style.setProperty("--visible-top", `${viewport.offsetTop}px`);
    };
    follow();
    viewport.addEventListener("resize", follow);
    viewport.addEventListener("scroll", follow);
    return () => {
      viewport.removeEventListener("resize", follow);
      viewport.removeEventListener("scroll", follow);
    };
  }, [panel]);
}
