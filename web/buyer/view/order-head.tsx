/** @jsxImportSource preact */
import type { BuyerOrder } from "../../../contract/buyer.ts";
import { formatMoney } from "../../ui/format.ts";
import { isLate } from "../../ui/orders.ts";
import { useCentre } from "../context.ts";
import { shortDate } from "../format.ts";

/** What a buyer wants to know of an order at a glance: what, how much, where it is and when it comes. */
export function OrderHead({ order, headingId }: { order: BuyerOrder; headingId: string }) {
  const { t, locale } = useCentre();
  const { number, state, items, total, currency, promisedAt, deliveredAt, tracking, orderedAt } = order;
  const late = isLate(order, Date.now());
  const [first, ...others] = items;
  const date = (instant: string) => shortDate(instant, locale);
  return (
    <div class="order">
      <div class="order-line">
        <h2 id={headingId} class="card-title">
          {t("list.order", { number })}
        </h2>
        <span class={`mark state-${state}`}>{t(`state.${state}`)}</span>
        {late && <span class="mark late">{t("list.late")}</span>}
      </div>
      {first && (
        <p class="items">
          <bdi>{first.name}</bdi>
          {first.quantity > 1 && ` × ${first.quantity}`}
          {others.length > 0 && ` ${t("list.more", { count: others.length })}`}
        </p>
      )}
      <p class="facts">
        <span>{t("list.ordered", { date: date(orderedAt) })}</span>
        {total !== undefined && <span>{formatMoney(total, currency, locale)}</span>}
        {deliveredAt ? (
          <span>{t("list.delivered", { date: date(deliveredAt) })}</span>
        ) : (
          promisedAt &&
          state !== "cancelled" &&
          state !== "lost" && <span>{t(late ? "list.wasPromised" : "list.promised", { date: date(promisedAt) })}</span>
        )}
      </p>
      {tracking?.number && (
        <p class="facts">
          <span>
            {tracking.carrier
              ? t("list.carrier", { carrier: tracking.carrier, number: tracking.number })
              : t("list.parcel", { number: tracking.number })}
          </span>
          {tracking.url && /^https?:/.test(tracking.url) && (
            <a href={tracking.url} target="_blank" rel="noopener noreferrer">
              {t("list.track")}
            </a>
          )}
        </p>
      )}
    </div>
  );
}
