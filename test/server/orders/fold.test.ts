import fc from "fast-check";
import { Types } from "mongoose";
import { expect, it } from "vitest";
import { ORDER_EVENT_TYPES } from "../../../contract/order.ts";
import { foldOrder } from "../../../server/actions/record-order-event.ts";
import type { OrderEventRecord } from "../../../server/models/order.ts";

const workspaceId = new Types.ObjectId();

interface Told {
  type: string;
  day: number;
  total?: number | undefined;
  carrier?: string | undefined;
  name?: string | undefined;
}

/** Few moments and few facts, so that many events happen at once and contradict each other. */
const eventArbitrary: fc.Arbitrary<Told> = fc.record({
  type: fc.constantFrom(...ORDER_EVENT_TYPES, "gift_wrapped"),
  day: fc.integer({ min: 1, max: 3 }),
  total: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  carrier: fc.option(fc.constantFrom("DHL", "UPS"), { nil: undefined }),
  name: fc.option(fc.constantFrom("Ana", "Ana Ruiz"), { nil: undefined }),
});

function recorded({ type, day, total, carrier, name }: Told, at: number): OrderEventRecord {
  const occurredAt = new Date(Date.UTC(2026, 4, day));
  const payload = {
    eventId: `e-${at}`,
    orderId: "1",
    type,
    occurredAt: occurredAt.toISOString(),
    buyer: { externalId: "b", ...(name && { name }) },
    ...(total && { order: { total, giftNote: `note ${total}` } }),
    ...(carrier && { tracking: { carrier } }),
  };
  const { eventId, orderId } = payload;
  return { _id: new Types.ObjectId(), workspaceId, eventId, orderId, type, occurredAt, payload, createdAt: occurredAt };
}

it("an order is the same in whatever order its events came in, also when several happened at one moment", () => {
  fc.assert(
    fc.property(
      fc
        .array(eventArbitrary, { minLength: 1, maxLength: 12 })
        .map((events) => events.map(recorded))
        .chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }))),
      ([events, shuffled]) => {
        expect(foldOrder("1", shuffled)).toEqual(foldOrder("1", events));
      },
    ),
  );
});

it("a delivered order stays delivered whatever is told late of earlier days", () => {
  const late = fc.constantFrom("created", "paid", "shipped", "out_for_delivery", "lost", "cancelled", "delayed");
  fc.assert(
    fc.property(fc.array(late, { maxLength: 8 }), (types) => {
      const events = ["delivered", ...types].map((type, at) =>
        recorded({ type, day: type === "delivered" ? 3 : 1 }, at),
      );
      expect(foldOrder("1", events)).toMatchObject({ state: "delivered", delayed: false });
    }),
  );
});

it("what a shop tells beside is kept under its own names", () => {
  const [event] = [recorded({ type: "paid", day: 1, total: 2, name: "Ana" }, 0)];
  expect(foldOrder("1", [event as OrderEventRecord])).toMatchObject({ total: 2, extra: { giftNote: "note 2" } });
});
