/** @jsxImportSource preact */
import { useState } from "preact/hooks";
import type { PublicMessage } from "../../../../contract/sockets.ts";
import { linkify } from "../../linkify.ts";
import { textOfError } from "../errors.ts";
import { fullTime, timeOfDay } from "../format.ts";
import type { OutboxItem } from "../outbox.ts";
import { Attachments } from "./attachments.tsx";
import { Icon } from "./icons.tsx";
import { shorten } from "./shorten.ts";
import { useChat } from "./use-chat.ts";

interface MessageProps {
  message: PublicMessage;
  startsGroup: boolean;
  endsGroup: boolean;
  /** For the shopper's latest message. */
  readState: "sent" | "read" | undefined;
}

export function MessageItem({ message, startsGroup, endsGroup, readState }: MessageProps) {
  const { t, locale, config } = useChat();
  const { author, automatic, direction } = message;
  const own = direction === "incoming";
  const name = own ? t("message.you") : (author.name ?? (author.type === "user" ? config.shopName : ""));
  return (
    <li class={`message ${own ? "own" : "theirs"}${automatic ? " automatic" : ""}`}>
      {startsGroup && (
        <p class={own ? "unseen" : "author"}>
          {!own && automatic && <Icon name="robot" size={16} />}
          {automatic ? t("message.automatic") : <bdi>{name || config.shopName}</bdi>}
        </p>
      )}
      <Bubble text={message.text} />
      <Attachments files={message.attachments} />
      {(endsGroup || readState) && (
        <p class="meta">
          <time dateTime={message.createdAt} title={fullTime(message.createdAt, locale)}>
            {timeOfDay(message.createdAt, locale)}
          </time>
          {readState && (
            <span class="state">
              <Icon name={readState === "read" ? "checks" : "check"} size={14} />
              {t(`message.${readState}`)}
            </span>
          )}
        </p>
      )}
    </li>
  );
}

/** A message of the shopper that the hub has not acknowledged. */
export function OutboxMessage({ item }: { item: OutboxItem }) {
  const chat = useChat();
  const { t, sync } = chat;
  const failed = item.state === "failed";
  const state = failed ? "failed" : chat.network === "online" ? "sending" : "waiting";
  return (
    <li class={`message own unsent${failed ? " failed" : ""}`}>
      <p class="unseen">{t("message.you")}</p>
      <Bubble text={item.text} />
      <Attachments files={item.attachments} />
      <p class="meta">
        {failed && <Icon name="alert" size={14} />}
        {t(`message.${state}`)}
        {failed && item.error && ` ${textOfError(t, item.error)}`}
      </p>
      {failed && (
        <p class="choices">
          <button type="button" onClick={() => sync.retry(item.echoId)}>
            {t("message.retry")}
          </button>
          <button type="button" onClick={() => sync.discard(item.echoId)}>
            {t("message.discard")}
          </button>
        </p>
      )}
    </li>
  );
}

export function Greeting({ text }: { text: string }) {
  return (
    <div class="greeting message theirs">
      <Bubble text={text} />
    </div>
  );
}

/** What happened, as far as it matters to the shopper. */
export function ActivityLine({ message }: { message: PublicMessage }) {
  const { t } = useChat();
  const { kind, name } = message.activity ?? {};
  const text =
    kind === "claimed" || kind === "assigned"
      ? name
        ? t("activity.joined", { name })
        : t("activity.joinedUnnamed")
      : kind === "handed_off" || kind === "handed_to_bot" || kind === "resolved"
        ? t(`activity.${kind}`)
        : undefined;
  return text ? <li class="activity">{text}</li> : null;
}

/** Untrusted text: shown as written, with its addresses as links, never read as markup. */
function Bubble({ text }: { text: string }) {
  const { t } = useChat();
  const [whole, setWhole] = useState(false);
  if (!text) return null;
  const short = whole ? undefined : shorten(text);
  return (
    <div class="bubble">
      <div class="text" dir="auto">
        {linkify(short ?? text).map((part, index) =>
          part.href ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a message never change.
            <a key={index} href={part.href} target="_blank" rel="noopener noreferrer nofollow ugc">
              {part.text}
            </a>
          ) : (
            part.text
          ),
        )}
        {short && "…"}
      </div>
      {(short || whole) && (
        <button type="button" class="more" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {t(whole ? "message.less" : "message.all")}
        </button>
      )}
    </div>
  );
}
