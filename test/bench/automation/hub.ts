import { Types } from "mongoose";
import { recordOrderEvents } from "../../../server/actions/record-order-event.ts";
import { startApp } from "../../../server/app.ts";
import { AutomationModel, type AutomationRecord } from "../../../server/models/automation.ts";
import { CheckInModel, type CheckInRecord } from "../../../server/models/check-in.ts";
import { OrderModel, type OrderRecord } from "../../../server/models/order.ts";
import { testConfig } from "../../support/app.ts";

/**
 * The hub of the automation bench, in a process of its own. Arguments: data folder, check-ins a second (0: as fast as it
 * can). Sends its address to the parent; `{due, orders}` puts so many due check-ins down, `count` answers how many are done.
 */
const [dataDir = "", rate = "0"] = process.argv.slice(2);
const many = { points: 1_000_000_000, seconds: 1 };
const app = await startApp({
  config: testConfig(dataDir),
  socketLimits: { connect: many, message: many, read: many },
  http: { limits: { address: many, viewer: many } },
  ...(rate !== "default" && { checkInsPerSecond: Number(rate) || Number.POSITIVE_INFINITY }),
});
await (await app.ctx.knowledge.botFor(app.firstStart.workspaceId)).trained();

async function seed(due: number, orders: number): Promise<void> {
  const workspaceId = new Types.ObjectId(app.firstStart.workspaceId);
  for (let from = 0; from < orders; from += 100) {
    const events = Array.from({ length: Math.min(100, orders - from) }, (_, index) => ({
      event: {
        eventId: `seed-${from + index}`,
        type: "delivered",
        occurredAt: new Date().toISOString(),
        orderId: `seed-${from + index}`,
        buyer: { externalId: `seed-${from + index}`, name: "Ana Ruiz", country: "ES" },
      },
    }));
    await recordOrderEvents(app.ctx, { workspaceId, events });
  }
  const made = await OrderModel.find({ workspaceId }).sort({ _id: 1 }).limit(orders).lean<OrderRecord[]>();
  const rule = await AutomationModel.findOne({ workspaceId, key: "order_delivered" }).lean<AutomationRecord>();
  if (!rule) throw new Error("no rule");
  const now = new Date();
  for (let from = 0; from < due; from += 1_000) {
    const records = Array.from({ length: Math.min(1_000, due - from) }, (_, index): CheckInRecord => {
      const order = made[(from + index) % made.length];
      return {
        _id: new Types.ObjectId(),
        workspaceId,
        key: `bench:${from + index}`,
        automationId: rule._id,
        automationName: rule.name,
        trigger: "order.delivered",
        step: "second",
        part: 1,
        subject: `order:${order?.orderId}`,
        depth: 0,
        occurredAt: now,
        plannedAt: now,
        dueAt: now,
        attempts: 0,
        history: [],
        createdAt: now,
        ...(order && { orderId: order.orderId }),
        ...(order?.contactId && { contactId: order.contactId }),
      };
    });
    await CheckInModel.collection.insertMany(records);
  }
}

process.on("message", async (request: { due: number; orders: number } | "count") => {
  if (request !== "count") await seed(request.due, request.orders);
  const scope = { workspaceId: new Types.ObjectId(app.firstStart.workspaceId) };
  const done = await CheckInModel.countDocuments({ ...scope, outcome: "sent" });
  process.send?.({ done });
});
process.on("disconnect", () => process.exit(0));
process.send?.({ url: app.url });
