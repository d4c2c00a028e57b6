import { IconArrowLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router-dom";
import { getContact } from "../api/calls.ts";
import { keys } from "../api/keys.ts";
import { ConversationLines } from "../contacts/conversation-lines.tsx";
import { Card, Screen } from "../settings/frame.tsx";
import { Failed, Loading } from "../shell/states.tsx";
import { useText } from "../texts.ts";
import { getOrder, orderKeys } from "./calls.ts";
import { OrderDates, OrderItems, OrderTimeline } from "./order-parts.tsx";
import { OrderState } from "./order-state.tsx";
import styles from "./orders.module.css";

/** One order: what was bought, where it is, what happened to it, and what was said about it. */
export function OrderScreen() {
  const { t } = useText();
  const { orderId = "" } = useParams();
  const query = useQuery({
    queryKey: orderKeys.order(orderId),
    queryFn: ({ signal }) => getOrder(orderId, signal),
  });
  const order = query.data;
  const contact = useQuery({
    queryKey: keys.contact(order?.contactId ?? ""),
    queryFn: ({ signal }) => getContact(order?.contactId ?? "", signal),
    enabled: order?.contactId !== undefined,
  });
  const about = contact.data?.conversations.filter((each) => each.orderId === order?.orderId) ?? [];
  return (
    <Screen
      wide
      title={order ? t("orders.orderTitle", { number: order.number }) : t("orders.title")}
      lead={order?.buyer.name ?? ""}
      action={
        order && (
          <span className={styles.tags}>
            <OrderState order={order} />
          </span>
        )
      }
    >
      <Link to="/orders" className={styles.back}>
        <IconArrowLeft size={15} aria-hidden="true" />
        {t("orders.all")}
      </Link>
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {order && (
        <div className={styles.columns}>
          <div>
            <Card title={t("orders.items")}>
              <OrderItems order={order} />
            </Card>
            <Card title={t("orders.conversations")}>
              {about.length > 0 ? (
                <ConversationLines conversations={about} />
              ) : (
                <p className={styles.dimmed}>{t("orders.noConversations")}</p>
              )}
            </Card>
          </div>
          <div>
            <Card title={t("orders.delivery")}>
              <OrderDates order={order} />
            </Card>
            <Card title={t("orders.timeline")}>
              <OrderTimeline order={order} />
            </Card>
            {order.contactId && (
              <Card title={t("orders.buyer")}>
                <Link to={`/contacts/${order.contactId}`}>
                  <bdi>{contact.data?.contact.name || order.buyer.name || t("contact.unnamed")}</bdi>
                </Link>
              </Card>
            )}
          </div>
        </div>
      )}
    </Screen>
  );
}
