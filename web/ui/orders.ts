import type { Order } from "../../contract/order.ts";

/** Not there by the promised day, or there after it. `now` in milliseconds. */
export function isLate(
  { state, delayed, promisedAt, deliveredAt }: Pick<Order, "state" | "delayed" | "promisedAt" | "deliveredAt">,
  now: number,
): boolean {
  if (state === "cancelled") return false;
  if (deliveredAt) return promisedAt !== undefined && Date.parse(deliveredAt) > Date.parse(promisedAt);
  if (state === "delivered" || state === "completed") return false;
  return delayed || (promisedAt !== undefined && Date.parse(promisedAt) < now);
}
