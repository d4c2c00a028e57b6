import { describe, expect, it } from "vitest";
import type { BuyerOrder, BuyerThread } from "../../../contract/buyer.ts";
import { pathOf, type Route, routeOf } from "../../../web/buyer/route.ts";
import { groupThreads } from "../../../web/buyer/threads.ts";
import { isLate } from "../../../web/ui/orders.ts";

const thread = (id: string, day: number, orderId?: string): BuyerThread => ({
  id,
  status: "open",
  unread: false,
  lastMessage: null,
  lastActivityAt: `2026-05-${String(day).padStart(2, "0")}T09:00:00.000Z`,
  ...(orderId && { orderId }),
});
const order = (orderId: string, day: number, rest: Partial<BuyerOrder> = {}): BuyerOrder => ({
  orderId,
  number: orderId,
  state: "paid",
  delayed: false,
  items: [],
  orderedAt: `2026-05-${String(day).padStart(2, "0")}T09:00:00.000Z`,
  ...rest,
});

describe("a buyer's threads", () => {
  it("stand by order, what was last said or ordered first", () => {
    const groups = groupThreads(
      [thread("a", 3, "1"), thread("b", 9), thread("c", 7, "1"), thread("d", 8, "gone")],
      [order("1", 1), order("2", 10)],
    );
    expect(groups.map(({ orderId, threads }) => [orderId, threads.map(({ id }) => id)])).toEqual([
      ["2", []],
      [undefined, ["b"]],
      ["gone", ["d"]],
      ["1", ["c", "a"]],
    ]);
    expect(groups.map((group) => group.order?.number)).toEqual(["2", undefined, undefined, "1"]);
  });
});

describe("an order", () => {
  const now = Date.parse("2026-05-10T00:00:00Z");
  const promisedAt = "2026-05-05T00:00:00.000Z";

  it("is late after its day, also when it came, and never once it is cancelled", () => {
    expect(isLate(order("1", 1, { promisedAt }), now)).toBe(true);
    expect(isLate(order("1", 1, { promisedAt: "2026-05-11T00:00:00.000Z" }), now)).toBe(false);
    expect(isLate(order("1", 1, { promisedAt, deliveredAt: "2026-05-06T00:00:00.000Z" }), now)).toBe(true);
    expect(isLate(order("1", 1, { promisedAt, deliveredAt: "2026-05-04T00:00:00.000Z" }), now)).toBe(false);
    expect(isLate(order("1", 1, { promisedAt, state: "cancelled", delayed: true }), now)).toBe(false);
    expect(isLate(order("1", 1, { delayed: true }), now)).toBe(true);
  });
});

describe("an address of the message centre", () => {
  it("leads back to the page it was made for", () => {
    const pages: Route[] = [
      { page: "threads" },
      { page: "thread", id: "0a".repeat(12) },
      { page: "new" },
      { page: "new", orderId: "#10 & 1/2" },
      { page: "policies" },
      { page: "expired" },
    ];
    for (const page of pages) expect(routeOf(new URL(pathOf(page), "https://hub.example"))).toEqual(page);
  });
});
