/** @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { localized } from "../../../../contract/locales.ts";
import type { PublicMessage } from "../../../../contract/sockets.ts";
import { dayKey, dayLabel } from "../format.ts";
import { focusPanel } from "./focus.ts";
import { Icon } from "./icons.tsx";
import { ActivityLine, Greeting, MessageItem, OutboxMessage } from "./message.tsx";
import { useChat } from "./use-chat.ts";
import { useThreadScroll } from "./use-thread-scroll.ts";

/** Messages of one person within this time read as one. */
const TOGETHER_MS = 5 * 60_000;
const SUGGESTIONS = ["parcel", "return", "refund", "change"] as const;

/** The conversation: opens at its end, stays there, and never moves under a reader who scrolled up. */
export function MessageList() {
  const chat = useChat();
  const { t, sync, locale } = chat;
  const { messages, outbox } = sync;
  const { greeting } = chat.config;
  const { scroller, onScroll, toEnd, below } = useThreadScroll(chat);
  const isLoaded = sync.syncedSeq !== undefined || !chat.isReturning;
  const isEmpty = messages.length === 0 && outbox.length === 0;

  const items = useMemo(() => drawMessages(messages, chat.agentReadSeq, locale), [messages, chat.agentReadSeq, locale]);

  return (
    <div class="thread">
      <div
        class="scroller"
        ref={scroller}
        onScroll={onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls by keyboard (WCAG 2.1.1).
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t("history.label")}
      >
        {sync.hasOlder && (
          <button type="button" class="older" disabled={sync.loadingOlder} onClick={() => void sync.loadOlder()}>
            {t(sync.loadingOlder ? "history.loading" : "history.older")}
          </button>
        )}
        {!sync.hasOlder && greeting && <Greeting text={localized(greeting, locale) ?? t("greeting")} />}
        {isEmpty && !isLoaded && <div class="skeleton" aria-hidden="true" />}
        <ol class="messages">
          {items}
          {outbox.map((item) => (
            <OutboxMessage key={item.echoId} item={item} />
          ))}
        </ol>
        {isEmpty && isLoaded && greeting && <Suggestions />}
        {chat.typing && (
          <p class="typing">
            <span class="dots" aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            {chat.typing.author === "bot"
              ? t("typing.bot")
              : chat.typing.name
                ? t("typing.person", { name: chat.typing.name })
                : t("typing.someone")}
          </p>
        )}
      </div>
      {below > 0 && (
        <button type="button" class="pill" onClick={toEnd}>
          <Icon name="down" size={16} />
          {t("history.new", { count: below })}
        </button>
      )}
    </div>
  );
}

/** Days, activity lines and messages, with the author's name once per group and the time at its end. */
function drawMessages(messages: readonly PublicMessage[], agentReadSeq: number, locale: string): ComponentChildren {
  const lastOwn = [...messages].reverse().find(({ direction }) => direction === "incoming")?.seq;
  return messages.map((message, index) => {
    const previous = messages[index - 1];
    const next = messages[index + 1];
    const isNewDay = !previous || dayKey(previous.createdAt) !== dayKey(message.createdAt);
    return [
      isNewDay && (
        <li key={`day-${message.seq}`} class="day">
          {dayLabel(message.createdAt, locale)}
        </li>
      ),
      message.direction === "activity" ? (
        <ActivityLine key={message.seq} message={message} />
      ) : (
        <MessageItem
          key={message.seq}
          message={message}
          startsGroup={isNewDay || !together(previous, message)}
          endsGroup={!next || !together(message, next) || dayKey(next.createdAt) !== dayKey(message.createdAt)}
          readState={message.seq === lastOwn ? (message.seq <= agentReadSeq ? "read" : "sent") : undefined}
        />
      ),
    ];
  });
}

function together(one: PublicMessage | undefined, other: PublicMessage): boolean {
  return (
    one !== undefined &&
    one.direction === other.direction &&
    one.author.type === other.author.type &&
    one.author.name === other.author.name &&
    Date.parse(other.createdAt) - Date.parse(one.createdAt) < TOGETHER_MS
  );
}

function Suggestions() {
  const chat = useChat();
  const { t } = chat;
  return (
    <fieldset class="suggestions">
      <legend>{t("suggestions.label")}</legend>
      {SUGGESTIONS.map((name) => (
        <button
          key={name}
          type="button"
          onClick={(event) => {
            focusPanel(event.currentTarget);
            chat.ask(t(`suggestions.${name}`));
          }}
        >
          {t(`suggestions.${name}`)}
        </button>
      ))}
    </fieldset>
  );
}
