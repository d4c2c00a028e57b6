import { z } from "zod";
import { idSchema, pageQuerySchema, pageSchema } from "../../../../contract/common.ts";
import { orderEventSchema, orderSchema } from "../../../../contract/order.ts";
import { recordOrderEvent, recordOrderEvents } from "../../../actions/record-order-event.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentOrder } from "../../../presenters/orders.ts";
import { findOrder, listOrders } from "../../../queries/orders.ts";
import { defineRoute } from "../../route.ts";

const read = { auth: "user", roles: PERMISSIONS["orders.read"] } as const;
const receiptSchema = z.object({ eventId: z.string(), orderId: z.string(), duplicate: z.boolean() });
const BATCH = 100;

export const orderRoutes = [
  defineRoute({
    method: "post",
    path: "/orders/events",
    summary: "Report what happened to an order: one event, or up to 100; once per eventId, in any order",
    auth: "user",
    roles: PERMISSIONS["orders.report"],
    body: z.union([orderEventSchema, z.array(orderEventSchema).min(1).max(BATCH)]),
    responses: { 202: z.union([receiptSchema, z.array(receiptSchema)]) },
    async handler({ ctx, viewer, body }) {
      const { workspaceId } = viewer;
      if (!Array.isArray(body)) return recordOrderEvent(ctx, { workspaceId, event: body });
      return recordOrderEvents(ctx, { workspaceId, events: body.map((event) => ({ event })) });
    },
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/orders",
    summary: "Orders, newest first; of a contact, or by number",
    query: pageQuerySchema.extend({ contact: idSchema.optional(), q: z.string().max(200).optional() }),
    responses: { 200: pageSchema(orderSchema) },
    errors: ["invalid_cursor"],
    async handler({ viewer, query }) {
      const { items, nextCursor } = await listOrders(viewer.workspaceId, query);
      return { items: items.map(presentOrder), nextCursor };
    },
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/orders/:id",
    summary: "One order with its timeline",
    params: z.object({ id: idSchema }),
    responses: { 200: orderSchema },
    handler: async ({ viewer, params: { id } }) => presentOrder(await findOrder(viewer.workspaceId, id)),
  }),
];
