import { Anchor, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router-dom";
import type { Order } from "../../../../contract/order.ts";
import { formatDate, formatMoney } from "../../../ui/format.ts";
import { listOrders, orderKeys } from "../../orders/calls.ts";
import { OrderDates, OrderItems, OrderTimeline } from "../../orders/order-parts.tsx";
import { OrderState } from "../../orders/order-state.tsx";
import orderStyles from "../../orders/orders.module.css";
import { Failed } from "../../shell/states.tsx";
import { useText } from "../../texts.ts";
import styles from "./panel.module.css";
import { Section } from "./section.tsx";

/** How much of the timeline stands beside a conversation. */
const LATEST = 4;

interface OrdersSectionProps {
  contactId: string;
  /** The shop's id of the order that the conversation is about. */
  orderId: string | undefined;
}

/** The order the conversation is about, or else the newest one, and the buyer's other orders. */
export function OrdersSection({ contactId, orderId }: OrdersSectionProps) {
  const { t } = useText();
  const query = useQuery({
    queryKey: [...orderKeys.ofContact(contactId), "first"],
    queryFn: ({ signal }) => listOrders({ contact: contactId }, null, signal),
  });
  // An order may be another contact's: a mother asks for her son's parcel.
  const known = query.data?.items.find((order) => order.orderId === orderId);
  const asked = useQuery({
    queryKey: orderKeys.list(orderId ?? ""),
    queryFn: ({ signal }) => listOrders({ q: orderId ?? "" }, null, signal),
    enabled: orderId !== undefined && query.data !== undefined && !known,
  });
  const about = known ?? asked.data?.items.find((order) => order.orderId === orderId);
  const shown = about ?? query.data?.items[0];
  const others = query.data?.items.filter(({ id }) => id !== shown?.id) ?? [];
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      <Section title={shown ? t("orders.orderTitle", { number: shown.number }) : t("orders.title")}>
        {query.isPending ? (
          <Skeleton height={12} width="70%" />
        ) : shown ? (
          <OrderCard order={shown} />
        ) : (
          <p className={styles.none}>{orderId ? t("orders.unknown", { number: orderId }) : t("orders.noOrders")}</p>
        )}
      </Section>
      {others.length > 0 && (
        <Section title={t("orders.earlier")}>
          <ul className={styles.history}>
            {others.slice(0, 10).map((order) => (
              <OrderLine key={order.id} order={order} />
            ))}
          </ul>
          {(others.length > 10 || query.data?.nextCursor) && (
            <Anchor component={Link} to={`/contacts/${contactId}`} size="sm">
              {t("actions.more")}
            </Anchor>
          )}
        </Section>
      )}
    </>
  );
}

function OrderCard({ order }: { order: Order }) {
  const { t } = useText();
  return (
    <div className={styles.order}>
      <span className={orderStyles.tags}>
        <OrderState order={order} />
      </span>
      <OrderItems order={order} />
      <OrderDates order={order} />
      <OrderTimeline order={order} most={LATEST} />
      <Anchor component={Link} to={`/orders/${order.id}`} size="sm">
        {t("orders.whole")}
      </Anchor>
    </div>
  );
}

function OrderLine({ order }: { order: Order }) {
  const { locale } = useText();
  return (
    <li>
      <Link to={`/orders/${order.id}`} className={styles.historyItem}>
        <span>
          <bdi>{order.number}</bdi>
          {formatDate(order.createdAt ?? order.timeline[0]?.occurredAt ?? order.updatedAt, "dayShort", locale)}
          <span className={styles.status}>
            {order.total !== undefined && formatMoney(order.total, order.currency, locale)}
          </span>
        </span>
        <span className={orderStyles.tags}>
          <OrderState order={order} />
        </span>
      </Link>
    </li>
  );
}
