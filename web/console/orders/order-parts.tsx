import { IconExternalLink } from "@tabler/icons-react";
import { ORDER_EVENT_TYPES, type Order, type OrderEventType } from "../../../contract/order.ts";
import { formatDate, formatMoney } from "../../ui/format.ts";
import { useNow } from "../../ui/now.ts";
import { isLate } from "../../ui/orders.ts";
import { useText } from "../texts.ts";
import styles from "./orders.module.css";

/** What was bought, and what it comes to. */
export function OrderItems({ order }: { order: Order }) {
  const { t, locale } = useText();
  const { items, currency, total } = order;
  const money = (amount: number) => formatMoney(amount, currency, locale);
  const parts = (["shipping", "tax", "discount"] as const).flatMap((part) => {
    const amount = order[part];
    return amount ? [{ part, amount: part === "discount" ? -Math.abs(amount) : amount }] : [];
  });
  return (
    <>
      {items.length > 0 && (
        <ul className={styles.items}>
          {items.map(({ name, sku, quantity, price }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an order's items have no id and keep their order.
            <li key={at}>
              <span>
                <bdi>{name}</bdi>
                {sku && (
                  <small>
                    <bdi>{sku}</bdi>
                  </small>
                )}
              </span>
              <span className={styles.amount}>
                {quantity > 1 && <>{t("orders.times", { count: quantity })} </>}
                {price !== undefined && money(price)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {total !== undefined && (
        <dl className={styles.sums}>
          {parts.map(({ part, amount }) => (
            <Sum key={part} name={t(`orders.${part}`)} amount={money(amount)} />
          ))}
          <Sum name={t("orders.total")} amount={money(total)} strong />
          {order.refunded ? <Sum name={t("orders.refunded")} amount={money(order.refunded)} /> : null}
        </dl>
      )}
    </>
  );
}

function Sum({ name, amount, strong }: { name: string; amount: string; strong?: boolean }) {
  return (
    <div data-strong={strong || undefined}>
      <dt>{name}</dt>
      <dd>{amount}</dd>
    </div>
  );
}

/** Dates that were promised and that came true, and where the parcel is. */
export function OrderDates({ order }: { order: Order }) {
  const { t, locale } = useText();
  const now = useNow();
  const { promisedAt, deliveredAt, createdAt, timeline, tracking } = order;
  const date = (at: string) => formatDate(at, "full", locale);
  const placed = createdAt ?? timeline[0]?.occurredAt;
  return (
    <dl className={styles.facts}>
      {placed && <Fact name={t("orders.placed")}>{date(placed)}</Fact>}
      {promisedAt && (
        <Fact name={t("orders.promised")} late={!deliveredAt && isLate(order, now)}>
          {date(promisedAt)}
        </Fact>
      )}
      {deliveredAt && (
        <Fact name={t("orders.delivered")} late={isLate(order, now)}>
          {date(deliveredAt)}
        </Fact>
      )}
      {tracking?.number && (
        <Fact name={tracking.carrier || t("orders.parcel")}>
          {tracking.url && /^https?:/.test(tracking.url) ? (
            <a href={tracking.url} target="_blank" rel="noopener noreferrer">
              {tracking.number}
              <IconExternalLink size={13} aria-hidden="true" />
            </a>
          ) : (
            tracking.number
          )}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, late, children }: { name: string; late?: boolean; children: React.ReactNode }) {
  return (
    <>
      <dt>
        <bdi>{name}</bdi>
      </dt>
      <dd data-late={late || undefined}>
        <bdi>{children}</bdi>
      </dd>
    </>
  );
}

/** What happened to it, the newest first. */
export function OrderTimeline({ order, most }: { order: Order; most?: number }) {
  const { t, locale } = useText();
  const entries = [...order.timeline].reverse().slice(0, most);
  return (
    <ol className={styles.timeline}>
      {entries.map(({ type, occurredAt, description, location }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two events may have the same type and time.
        <li key={at}>
          <span>
            {isKnown(type) ? t(`orders.event.${type}`) : <bdi>{type}</bdi>}
            {location && (
              <>
                {" · "}
                <bdi>{location}</bdi>
              </>
            )}
          </span>
          {description && <bdi className={styles.dimmed}>{description}</bdi>}
          <time dateTime={occurredAt}>{formatDate(occurredAt, "full", locale)}</time>
        </li>
      ))}
    </ol>
  );
}

/** Also corrections by hand (`PATCH /orders/:id`), which shops do not report. */
type Told = OrderEventType | "updated";

function isKnown(type: string): type is Told {
  return type === "updated" || (ORDER_EVENT_TYPES as readonly string[]).includes(type);
}
