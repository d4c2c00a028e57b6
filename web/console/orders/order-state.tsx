import type { Order } from "../../../contract/order.ts";
import { useNow } from "../../ui/now.ts";
import { isLate } from "../../ui/orders.ts";
import { Tag, type Tone } from "../../ui/tag.tsx";
import { useText } from "../texts.ts";

const TONES: Record<Order["state"], Tone> = {
  created: "neutral",
  paid: "neutral",
  shipped: "accent",
  out_for_delivery: "accent",
  delivered: "resolved",
  completed: "resolved",
  lost: "late",
  cancelled: "neutral",
};

/** How far an order is, and whether it is late. */
export function OrderState({ order }: { order: Order }) {
  const { t } = useText();
  const now = useNow();
  return (
    <>
      <Tag tone={TONES[order.state]}>{t(`orders.state.${order.state}`)}</Tag>
      {isLate(order, now) && <Tag tone="late">{t("orders.late")}</Tag>}
    </>
  );
}
