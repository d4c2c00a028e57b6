import { Button, TextInput } from "@mantine/core";
import { IconFileImport, IconPackage, IconSearch } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router-dom";
import type { Order } from "../../../contract/order.ts";
import { formatDate, formatMoney } from "../../ui/format.ts";
import { mayImportOrders } from "../permissions.ts";
import { useSession } from "../session/use-session.ts";
import { Card, Screen } from "../settings/frame.tsx";
import { MoreButton } from "../shell/more-button.tsx";
import { Empty, Failed, Loading } from "../shell/states.tsx";
import { usePages, useRested } from "../shell/use-pages.ts";
import { useText } from "../texts.ts";
import { listOrders, orderKeys } from "./calls.ts";
import { OrderState } from "./order-state.tsx";
import styles from "./orders.module.css";

/** All orders, newest first, or those of a number. */
export function OrdersScreen() {
  const { t } = useText();
  const { user } = useSession();
  const [words, setWords] = useState("");
  const q = useRested(words.trim());
  const orders = usePages(orderKeys.list(q), (cursor, signal) => listOrders({ q }, cursor, signal), {
    placeholderData: keepPreviousData,
  });
  return (
    <Screen
      wide
      title={t("orders.title")}
      lead={t("orders.lead")}
      action={
        mayImportOrders(user.role) && (
          <Button component={Link} to="/orders/imports" variant="default" leftSection={<IconFileImport size={16} />}>
            {t("orders.import.open")}
          </Button>
        )
      }
    >
      <div className={styles.toolbar}>
        <TextInput
          type="search"
          aria-label={t("orders.search")}
          placeholder={t("orders.search")}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      </div>
      <Card>
        {orders.items?.length === 0 ? (
          <Empty
            icon={<IconPackage size={28} stroke={1.5} />}
            title={t(q ? "orders.nothing" : "orders.none")}
            text={t(q ? "orders.nothingText" : "orders.noneText")}
          />
        ) : orders.items ? (
          <>
            <OrderTable orders={orders.items} />
            <MoreButton query={orders} />
          </>
        ) : orders.error ? (
          <Failed error={orders.error} retry={() => void orders.refetch()} />
        ) : (
          <Loading />
        )}
      </Card>
    </Screen>
  );
}

export function OrderTable({ orders }: { orders: readonly Order[] }) {
  const { t, locale } = useText();
  return (
    <div className={styles.tableBox}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("orders.number")}</th>
            <th scope="col">{t("orders.buyer")}</th>
            <th scope="col" className={styles.wide}>
              {t("orders.items")}
            </th>
            <th scope="col">{t("orders.status")}</th>
            <th scope="col" className={styles.number}>
              {t("orders.total")}
            </th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => (
            <tr key={order.id}>
              <td className={styles.key}>
                <Link to={`/orders/${order.id}`}>
                  <bdi>{order.number}</bdi>
                </Link>
                <br />
                <small className={styles.dimmed}>
                  {formatDate(order.createdAt ?? order.timeline[0]?.occurredAt ?? order.updatedAt, "dayShort", locale)}
                </small>
              </td>
              <td>
                <bdi>{order.buyer.name || order.buyer.externalId}</bdi>
              </td>
              <td className={styles.wide}>
                {order.items[0] && <bdi>{order.items[0].name}</bdi>}
                {order.items.length > 1 && (
                  <>
                    {" "}
                    <small className={styles.dimmed}>{t("orders.others", { count: order.items.length - 1 })}</small>
                  </>
                )}
              </td>
              <td>
                <span className={styles.tags}>
                  <OrderState order={order} />
                </span>
              </td>
              <td className={styles.number}>
                {order.total !== undefined && formatMoney(order.total, order.currency, locale)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
