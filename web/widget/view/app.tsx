/** @jsxImportSource preact */
import { useRef, useState } from "preact/hooks";
import { Announcer } from "../../ui/chat/view/announcer.tsx";
import { Icon } from "../../ui/chat/view/icons.tsx";
import { ChatContext, useChanges } from "../../ui/chat/view/use-chat.ts";
import type { WidgetChat } from "../chat.ts";
import { Panel } from "./panel.tsx";

/** The whole widget: the button in the corner, the panel it opens, and the voice that tells of new messages. */
export function App({ chat }: { chat: WidgetChat }) {
  useChanges(chat);
  const launcher = useRef<HTMLButtonElement>(null);
  const { t, unread, isOpen } = chat;
  const [leaving, setLeaving] = useState(false);
  const close = () => {
    // Once.
    if (chat.asksEmail && !leaving) return setLeaving(true);
    chat.close();
    launcher.current?.focus();
  };
  const label = unread > 0 ? t("launcher.unread", { count: unread }) : t("launcher.open");
  return (
    <ChatContext.Provider value={chat}>
      <div class={`widget${isOpen ? " is-open" : ""}`}>
        {isOpen && <Panel leaving={leaving} onClose={close} />}
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
