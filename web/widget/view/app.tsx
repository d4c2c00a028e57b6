/** @jsxImportSource preact */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "../chat.ts";
import { Icon } from "./icons.tsx";
import { Panel } from "./panel.tsx";
import { ChatContext, useChanges } from "./use-chat.ts";

/** The whole widget: the button in the corner, the panel it opens, and the voice that tells of new messages. */
export function App({ chat }: { chat: Chat }) {
  useChanges(chat);
  const launcher = useRef<HTMLButtonElement>(null);
  const { t, unread, isOpen } = chat;
  const close = () => {
    chat.close();
    launcher.current?.focus();
  };
  const label = unread > 0 ? t("launcher.unread", { count: unread }) : t("launcher.open");
  return (
    <ChatContext.Provider value={chat}>
      <div class={`widget${isOpen ? " is-open" : ""}`}>
        {isOpen && <Panel onClose={close} />}
        <button
          ref={launcher}
          type="button"
          class="launcher"
          aria-expanded={isOpen}
          aria-haspopup="dialog"
          aria-label={isOpen ? t("header.close") : label}
          onClick={() => (isOpen ? close() : chat.open())}
        >
          <Icon name={isOpen ? "down" : "message"} size={26} />
          {unread > 0 && !isOpen && (
            <span class="badge" aria-hidden="true">
              {unread > 9 ? "9+" : unread}
            </span>
          )}
        </button>
        <Announcer chat={chat} />
      </div>
    </ChatContext.Provider>
  );
}

/** Reads new messages of the shop out loud, whether the panel is open or not. */
function Announcer({ chat }: { chat: Chat }) {
  const [text, setText] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new text starts the wait anew.
  useEffect(() => {
    // Once said, it would only be in the way of who reads on.
    const timer = setTimeout(() => setText(""), 5_000);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(
    () =>
      chat.onArrival(({ direction, author, automatic, text: said, attachments }) => {
        if (direction !== "outgoing") return;
        const name = automatic ? chat.t("message.automatic") : (author.name ?? chat.config.shopName);
        const content = [said, ...attachments.map((file) => file.name)].filter(Boolean).join(", ");
        setText(chat.t("announce", { name, text: content }));
      }),
    [chat],
  );
  return (
    <div class="unseen" role="status" aria-live="polite">
      {text}
    </div>
  );
}
