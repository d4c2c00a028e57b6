/** @jsxImportSource preact */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Announcer } from "../../ui/chat/view/announcer.tsx";
import { Composer } from "../../ui/chat/view/composer.tsx";
import { focusPanel } from "../../ui/chat/view/focus.ts";
import { Icon } from "../../ui/chat/view/icons.tsx";
import { MessageList } from "../../ui/chat/view/message-list.tsx";
import { Notice } from "../../ui/chat/view/notice.tsx";
import { ChatContext, useChanges } from "../../ui/chat/view/use-chat.ts";
import { useVisibleHeight } from "../../ui/chat/view/use-visible-height.ts";
import { useCentre } from "../context.ts";
import { ThreadChat } from "../thread-chat.ts";
import { PageLink } from "./page-link.tsx";

/** One thread, whole, with what is being said in it now. */
export function ThreadPage({ id }: { id: string }) {
  const { t, locale, session, threads, onExpired } = useCentre();
  const [gone, setGone] = useState(false);
  const chat = useMemo(
    () =>
      new ThreadChat({
        id,
        session,
        locale,
        t,
        onThreadsChanged: threads.changed,
        onRefused: (code) => (code === "link_expired" ? onExpired() : setGone(true)),
      }),
    [id, session, locale, t, threads, onExpired],
  );
  useEffect(() => {
    chat.open();
    return () => chat.close();
  }, [chat]);
  if (gone) {
    return (
      <div class="sheet">
        <BackLink />
        <p role="alert">{t("thread.gone")}</p>
      </div>
    );
  }
  return <OpenThread chat={chat} id={id} />;
}

function BackLink() {
  const { t } = useCentre();
  return (
    <PageLink to={{ page: "threads" }} class="back">
      <Icon name="down" size={20} />
      {t("thread.back")}
    </PageLink>
  );
}

function OpenThread({ chat, id }: { chat: ThreadChat; id: string }) {
  useChanges(chat);
  const { t, session, threads } = useCentre();
  const panel = useRef<HTMLElement>(null);
  const [dropping, setDropping] = useState(false);
  useVisibleHeight(panel);
  useEffect(() => focusPanel(panel.current), []);
  const thread = threads.threads?.find((each) => each.id === id);
  const order = threads.orders.find(({ orderId }) => orderId === thread?.orderId);
  const title =
    thread?.subject ??
    (thread?.orderId !== undefined
      ? t("list.order", { number: order?.number ?? thread.orderId })
      : t("thread.general", { shop: session.shopName }));
  const { phase, assignee } = chat;
  return (
    <ChatContext.Provider value={chat}>
      <section
        ref={panel}
        class={`panel${dropping ? " is-dropping" : ""}`}
        aria-labelledby="thread-title"
        tabIndex={-1}
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
        <div class="thread-head">
          <BackLink />
          <h2 id="thread-title">
            <bdi>{title}</bdi>
          </h2>
          {phase === "person" && assignee?.name && <p>{t("header.person", { name: assignee.name })}</p>}
          {phase === "waiting" && <p>{t("header.waiting")}</p>}
        </div>
        <Notice />
        <MessageList />
        <Composer />
        {dropping && <div class="drop">{t("composer.drop")}</div>}
        <Announcer chat={chat} />
      </section>
    </ChatContext.Provider>
  );
}
