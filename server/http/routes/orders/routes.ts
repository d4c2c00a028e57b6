import { z } from "zod";
import { fieldsSchema, idSchema, pageQuerySchema, pageSchema, withFields } from "../../../../contract/common.ts";
import {
  createOrderSchema,
  orderEventSchema,
  orderSchema,
  orderStateSchema,
  recordedOrderEventSchema,
  updateOrderSchema,
} from "../../../../contract/order.ts";
import { createOrder, deleteOrder, updateOrder } from "../../../actions/manage-orders.ts";
import { recordOrderEvent, reportOrderEvents } from "../../../actions/record-order-event.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentOrder, presentOrderEvent } from "../../../presenters/orders.ts";
import { findOrder, listOrderEvents, listOrders } from "../../../queries/orders.ts";
import { defineRoute } from "../../route.ts";

const params = z.object({ id: idSchema });
const edit = { auth: "user", roles: PERMISSIONS["orders.edit"] } as const;
const read = { auth: "user", roles: PERMISSIONS["orders.read"] } as const;
const receiptSchema = z.object({ eventId: z.string(), orderId: z.string(), duplicate: z.boolean() });
const BATCH = 100;

export const orderRoutes = [
  defineRoute({
    method: "post",
    path: "/orders/events",
    bound: true,
    summary: "Report what happened to an order: one event, or up to 100; once per eventId, in any order",
    auth: "user",
    roles: PERMISSIONS["orders.report"],
    body: z.union([orderEventSchema, z.array(orderEventSchema).min(1).max(BATCH)]),
    example: {
      eventId: "10482-shipped",
      type: "shipped",
      occurredAt: "2026-11-20T08:15:00Z",
      orderId: "10482",
      buyer: { externalId: "c-771", name: "Ana Ruiz", locale: "es", country: "MX", email: "ana@example.com" },
      order: {
        number: "10482",
        items: [{ sku: "CUP-4", name: "Ceramic set", quantity: 1, price: 24.9 }],
        total: 28.4,
        currency: "EUR",
        promisedAt: "2026-11-27T18:00:00Z",
      },
      tracking: { carrier: "DHL", number: "JD0146", url: "https://carrier.example/JD0146" },
    },
    responses: { 202: z.union([receiptSchema, z.array(receiptSchema)]) },
    errors: ["order_of_another_buyer", "event_id_reused"],
    async handler({ ctx, viewer, body }) {
      const { workspaceId, bound } = viewer;
      const space = bound?.source;
      if (!Array.isArray(body)) return recordOrderEvent(ctx, { workspaceId, event: body, space });
      return reportOrderEvents(ctx, { workspaceId, events: body.map((event) => ({ event, space })) });
    },
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/orders",
    summary: "Orders, newest first; of a contact, in a state, or by number",
    query: pageQuerySchema.extend({
      contact: idSchema.optional(),
      state: orderStateSchema.optional(),
      q: z.string().max(200).optional(),
      fields: fieldsSchema(orderSchema),
    }),
    responses: { 200: pageSchema(orderSchema.partial().required({ id: true })) },
    errors: ["invalid_cursor"],
    async handler({ viewer, query }) {
      const { items, nextCursor } = await listOrders(viewer.workspaceId, query);
      return { items: items.map((order) => withFields(presentOrder(order), query.fields)), nextCursor };
    },
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/orders",
    summary: "Enter an order by hand; what is reported of it later adds to it",
    body: createOrderSchema,
    responses: { 201: orderSchema },
    errors: ["conflict"],
    handler: async ({ ctx, viewer, body }) => presentOrder(await createOrder(ctx, viewer, body)),
  }),
  defineRoute({
    ...edit,
    method: "patch",
    path: "/orders/:id",
    summary: "Correct what is known of an order; kept as an event of its own",
    params,
    body: updateOrderSchema,
    responses: { 200: orderSchema },
    handler: async ({ ctx, viewer, params: { id }, body }) =>
      presentOrder(await updateOrder(ctx, viewer, { id, change: body })),
  }),
  defineRoute({
    ...edit,
    method: "delete",
    path: "/orders/:id",
    summary: "Delete an order and all that was reported of it",
    params,
    responses: { 204: "empty" },
    handler: async ({ viewer, params: { id } }) => deleteOrder(viewer, id),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/orders/:id",
    summary: "One order with its timeline",
    params,
    responses: { 200: orderSchema },
    handler: async ({ viewer, params: { id } }) => presentOrder(await findOrder(viewer.workspaceId, id)),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/orders/:id/events",
    summary: "What was reported of an order, word for word, in the order in which it happened",
    params,
    query: pageQuerySchema,
    responses: { 200: pageSchema(recordedOrderEventSchema) },
    errors: ["invalid_cursor"],
    async handler({ viewer, params: { id }, query }) {
      const { items, nextCursor } = await listOrderEvents(await findOrder(viewer.workspaceId, id), query);
      return { items: items.map(presentOrderEvent), nextCursor };
    },
  }),
];
