import { Button, Loader, Skeleton } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { Fragment, useEffect, useMemo, useRef, useState } from "react";
import type { Conversation } from "../../../../contract/conversation.ts";
import type { Message } from "../../../../contract/message.ts";
import { displayName, formatDate, sameDay } from "../../../ui/format.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { Failed } from "../../shell/states.tsx";
import { useText } from "../../texts.ts";
import { HandoffCard } from "../copilot/handoff-card.tsx";
import { TranslateStrip } from "../copilot/translation.tsx";
import { useReading } from "../copilot/use-reading.ts";
import { useForwardChannel, useOutbox, useThread } from "../use-conversation.ts";
import { ActivityLine } from "./activity-line.tsx";
import { MessageRow } from "./message-row.tsx";
import { PendingRow } from "./pending-row.tsx";
import styles from "./thread.module.css";
import { TypingLine } from "./typing-line.tsx";
import { useStickyScroll } from "./use-sticky-scroll.ts";

/** Messages of one author within this time stand under one name. */
const GROUP_WITHIN = 5 * 60_000;
/** Older messages are fetched when the reader comes this near to the top. Pixels. */
const NEAR_TOP = 300;

export function MessageList({ conversation }: { conversation: Conversation }) {
  const { t, locale } = useText();
  const { view, thread } = useThread(conversation.id);
  const outgoing = useOutbox(conversation.id);
  const scroller = useRef<HTMLElement>(null);
  const { messages } = view;
  const reading = useReading(conversation, messages);
  const first = messages[0]?.seq ?? 0;
  const last = messages.at(-1)?.seq ?? 0;
  const { following, toEnd } = useStickyScroll(scroller, {
    firstKey: first,
    lastKey: `${last} ${outgoing.map((entry) => entry.echoId).join(" ")}`,
  });
  const unseen = useUnseen(messages, following);
  useMarkRead(conversation, last, following);

  // Sending is going to the end: the agent wants to see what was sent.
  const newestOutgoing = outgoing.at(-1)?.echoId;
  useEffect(() => {
    if (newestOutgoing) toEnd();
  }, [newestOutgoing, toEnd]);

  const nearTop = () => {
    const element = scroller.current;
    if (element && element.scrollTop < NEAR_TOP && view.hasOlder) void thread.loadOlder();
  };

  return (
    <>
      <TranslateStrip reading={reading} spoken={displayName("language", conversation.locale ?? "", locale)} />
      <HandoffCard messages={messages} />
      <div className={styles.middle}>
        <section
          ref={scroller}
          className={styles.scroller}
          onScroll={nearTop}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by keyboard
          tabIndex={0}
          aria-label={t("thread.messages")}
        >
          <div className={styles.content}>
            {view.phase === "loading" && messages.length === 0 ? (
              <ThreadSkeleton />
            ) : view.phase === "failed" ? (
              <Failed error={view.error} retry={() => void thread.resume()} />
            ) : (
              <>
                <div className={styles.top}>
                  {view.loadingOlder ? (
                    <Loader size="xs" aria-label={t("states.loading")} />
                  ) : view.hasOlder ? (
                    <Button size="compact-xs" variant="subtle" onClick={() => void thread.loadOlder()}>
                      {t("thread.older")}
                    </Button>
                  ) : null}
                </div>
                <Messages messages={messages} conversation={conversation} translated={reading.on && reading.offered} />
                {outgoing.map((entry) => (
                  <PendingRow key={entry.echoId} entry={entry} />
                ))}
              </>
            )}
            <TypingLine id={conversation.id} />
          </div>
        </section>
        {!following && (
          <Button
            className={styles.pill}
            size="compact-sm"
            radius="xl"
            variant={unseen > 0 ? "filled" : "default"}
            rightSection={<IconArrowDown size={14} />}
            onClick={toEnd}
          >
            {unseen > 0 ? t("thread.unseen", { count: unseen }) : t("thread.toEnd")}
          </Button>
        )}
        <Announcer messages={messages} />
      </div>
    </>
  );
}

interface MessagesProps {
  messages: readonly Message[];
  conversation: Conversation;
  translated: boolean;
}

function Messages({ messages, conversation, translated }: MessagesProps) {
  const forwardBy = useForwardChannel();
  let subject = conversation.subject;
  return messages.map((message, at) => {
    const before = messages[at - 1];
    const subjectBefore = subject;
    subject = message.original?.subject || subject;
    const newDay = !before || !sameDay(before.createdAt, message.createdAt);
    return (
      // The echoId keeps the element when a message turns from sent off to stored.
      <Fragment key={message.echoId ?? message.id}>
        {newDay && <DayLine at={message.createdAt} />}
        {message.direction === "activity" ? (
          <ActivityLine message={message} />
        ) : (
          <MessageRow
            message={message}
            contactName={conversation.contact.name}
            channel={conversation.channel}
            read={message.seq <= conversation.contactReadSeq}
            continued={!newDay && continues(before, message)}
            subject={subjectBefore}
            forwardBy={forwardBy}
            translated={translated}
          />
        )}
      </Fragment>
    );
  });
}

function continues(before: Message | undefined, message: Message): boolean {
  return (
    before !== undefined &&
    before.direction === message.direction &&
    before.private === message.private &&
    before.channel === message.channel &&
    before.author.type === message.author.type &&
    before.author.id === message.author.id &&
    before.author.name === message.author.name &&
    before.original?.role === message.original?.role &&
    before.automation?.id === message.automation?.id &&
    message.author.type !== "bot" &&
    new Date(message.createdAt).getTime() - new Date(before.createdAt).getTime() < GROUP_WITHIN
  );
}

function DayLine({ at }: { at: string }) {
  const { t, locale } = useText();
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const label = sameDay(at, now) ? t("thread.today") : sameDay(at, yesterday) ? t("thread.yesterday") : undefined;
  return (
    <div className={styles.day}>
      <span>{label ?? formatDate(at, "day", locale)}</span>
    </div>
  );
}

/** How many of the buyer's messages came while the reader was scrolled up. */
function useUnseen(messages: readonly Message[], following: boolean): number {
  const [seenTo, setSeenTo] = useState(0);
  const last = messages.at(-1)?.seq ?? 0;
  useEffect(() => {
    if (following) setSeenTo(last);
  }, [following, last]);
  return useMemo(
    () => messages.filter((message) => message.seq > seenTo && message.direction !== "activity").length,
    [messages, seenTo],
  );
}

/** Tells the server what was read: only what is on screen, in a window somebody looks at. */
function useMarkRead(conversation: Conversation, last: number, following: boolean): void {
  const services = useServices();
  const { id, agentReadSeq, unread } = conversation;
  useEffect(() => {
    const mark = () => {
      if (following && last > 0 && (last > agentReadSeq || unread > 0) && document.visibilityState === "visible") {
        services.read(id, last);
      }
    };
    mark();
    document.addEventListener("visibilitychange", mark);
    return () => document.removeEventListener("visibilitychange", mark);
  }, [services, id, last, agentReadSeq, unread, following]);
}

/** Reads a buyer's new message out to screen readers, once, and not the ones loaded from before. */
function Announcer({ messages }: { messages: readonly Message[] }) {
  const { t } = useText();
  const [text, setText] = useState("");
  const heard = useRef<number | undefined>(undefined);
  const last = messages.at(-1);
  useEffect(() => {
    if (!last) return;
    const before = heard.current;
    heard.current = last.seq;
    if (before === undefined || last.seq <= before || last.direction !== "incoming") return;
    setText(t("thread.announce", { name: last.author.name ?? t("contact.unnamed"), text: last.text.slice(0, 300) }));
  }, [last, t]);
  return (
    <div className="parley-hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}

function ThreadSkeleton() {
  const { t } = useText();
  return (
    <div role="status" className={styles.skeletons}>
      <span className="parley-hidden">{t("states.loading")}</span>
      {["60%", "42%", "52%", "35%"].map((width, at) => (
        <Skeleton key={width} height={at % 2 ? 40 : 56} width={width} ms={at % 2 ? "auto" : 0} radius="lg" />
      ))}
    </div>
  );
}
