/** @jsxImportSource preact */
import { useEffect, useRef } from "preact/hooks";
import type { BuyerThread } from "../../../contract/buyer.ts";
import { useCentre } from "../context.ts";
import { listTime } from "../format.ts";
import type { Route } from "../route.ts";
import { type Group, groupThreads } from "../threads.ts";
import { OrderHead } from "./order-head.tsx";
import { PageLink } from "./page-link.tsx";

/** All that was written, by order, the newest first. */
export function ThreadList({ route }: { route: Route }) {
  const { t, session, threads: state } = useCentre();
  const { threads, orders, failed, nextCursor } = state;
  const heading = useRef<HTMLHeadingElement>(null);
  const open = route.page === "thread" ? route.id : undefined;
  const groups = threads && groupThreads(threads, orders);
  const before = useRef(route.page);
  useEffect(() => {
    // Back from a thread: a screen reader hears where it is again. At the first sight the browser begins at the top.
    if (route.page === "threads" && before.current !== "threads") heading.current?.focus({ preventScroll: true });
    before.current = route.page;
  }, [route.page]);
  return (
    <section class="list" aria-labelledby="list-title">
      <h1 id="list-title" ref={heading} tabIndex={-1}>
        {t("list.title")}
      </h1>
      {!session.scope && (
        <p class="intro">
          {session.name
            ? t("list.hello", { name: session.name, shop: session.shopName })
            : t("list.intro", { shop: session.shopName })}
        </p>
      )}
      {session.scope ? (
        <ScopeHint />
      ) : (
        <PageLink to={{ page: "new" }} class="button">
          {t("list.start")}
        </PageLink>
      )}
      {failed && (
        <p class="trouble" role="alert">
          {t("list.failed")}{" "}
          <button type="button" class="link" onClick={() => void state.read()}>
            {t("list.retry")}
          </button>
        </p>
      )}
      {!groups && !failed && (
        <div role="status">
          <span class="unseen">{t("list.loading")}</span>
          <div class="card skeleton-card" />
          <div class="card skeleton-card" />
        </div>
      )}
      {groups && groups.length === 0 && !session.scope && (
        <div class="card empty">
          <h2>{t("list.empty")}</h2>
          <p>{t("list.emptyText")}</p>
        </div>
      )}
      {groups?.map((group) => (
        <GroupCard key={group.orderId ?? ""} group={group} open={open} />
      ))}
      {nextCursor !== null && (
        <button type="button" class="older" onClick={() => void state.readOlder()}>
          {t("list.earlier")}
        </button>
      )}
    </section>
  );
}

/** Says that the link opened a part, and where the rest is. */
function ScopeHint() {
  const { t, session } = useCentre();
  const { scope, codeTo } = session;
  const part = scope?.conversationId ? "scope.conversation" : scope?.orderId ? "scope.order" : undefined;
  return (
    <div class="card empty">
      <p>{t(part ?? "scope.nothing")}</p>
      {codeTo && (
        <PageLink to={{ page: "all" }} class="button">
          {t("scope.all")}
        </PageLink>
      )}
    </div>
  );
}

function GroupCard({ group: { order, orderId, threads }, open }: { group: Group; open: string | undefined }) {
  const { t } = useCentre();
  // An order's id may hold spaces, which would name several elements.
  const id = orderId === undefined ? "group-other" : `group-${encodeURIComponent(orderId)}`;
  return (
    <section class="card" aria-labelledby={id}>
      {order ? (
        <OrderHead order={order} headingId={id} />
      ) : (
        <h2 id={id} class="card-title">
          {orderId === undefined ? t("list.other") : t("list.order", { number: orderId })}
        </h2>
      )}
      {threads.length > 0 && (
        <ul class="threads">
          {threads.map((thread) => (
            <li key={thread.id}>
              <ThreadLine thread={thread} open={thread.id === open} />
            </li>
          ))}
        </ul>
      )}
      {order && (
        <PageLink to={{ page: "new", orderId: order.orderId }} class="ask">
          {t("list.about")}
        </PageLink>
      )}
    </section>
  );
}

function ThreadLine({
  thread: { id, subject, status, unread, lastMessage },
  open,
}: {
  thread: BuyerThread;
  open: boolean;
}) {
  const { t, locale } = useCentre();
  if (!lastMessage) return null;
  const text = lastMessage.text || t("list.file", { count: lastMessage.attachments });
  return (
    <PageLink to={{ page: "thread", id }} class={`thread-line${unread ? " is-unread" : ""}`} current={open}>
      {subject && (
        <span class="subject" dir="auto">
          {subject}
        </span>
      )}
      <span class="preview">
        {lastMessage.own && <span class="who-wrote">{t("list.you")} </span>}
        <bdi>{text}</bdi>
      </span>
      <span class="line-meta">
        <time dateTime={lastMessage.at}>{listTime(lastMessage.at, locale)}</time>
        {unread && <span class="mark new">{t("list.unread")}</span>}
        {status === "resolved" && <span class="mark">{t("list.closed")}</span>}
      </span>
    </PageLink>
  );
}
