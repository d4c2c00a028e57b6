import { z } from "zod";
import { fieldsSchema, idSchema, pageQuerySchema, pageSchema, withFields } from "../../../../contract/common.ts";
import {
  createWebhookSchema,
  deliveryStateSchema,
  updateWebhookSchema,
  webhookDeliverySchema,
  webhookSchema,
  webhookWithSecretSchema,
} from "../../../../contract/webhook.ts";
import { replayDelivery } from "../../../actions/webhook-deliveries.ts";
import { createWebhook, deleteWebhook, rotateWebhookSecret, updateWebhook } from "../../../actions/webhooks.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentDelivery, presentWebhook } from "../../../presenters/webhooks.ts";
import { countParked, findWebhook, listDeliveries, listWebhooks } from "../../../queries/webhooks.ts";
import { defineRoute } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";

const manage = { auth: "user", roles: PERMISSIONS["webhooks.edit"] } as const;
const params = z.object({ id: idSchema });

export const webhookRoutes = [
  defineRoute({
    ...manage,
    method: "get",
    path: "/webhooks",
    summary: "Addresses that hear of events",
    responses: { 200: z.array(webhookSchema) },
    handler: async ({ viewer }) =>
      Promise.all(
        (await listWebhooks(viewer.workspaceId)).map(async (webhook) =>
          presentWebhook(webhook, await countParked(webhook._id)),
        ),
      ),
  }),
  defineRoute({
    ...manage,
    method: "post",
    path: "/webhooks",
    summary: "Register an address; the secret that signs its deliveries is returned once",
    body: createWebhookSchema,
    example: { url: "https://shop.example/hooks/parley", events: ["message.created", "order.updated"], name: "Shop" },
    shownOnce: ["secret"],
    responses: { 201: webhookWithSecretSchema },
    errors: ["conflict"],
    async handler({ ctx, viewer, body }) {
      const { webhook, secret } = await createWebhook(ctx, viewer, body);
      return { ...presentWebhook(webhook, 0), secret };
    },
  }),
  defineRoute({
    ...manage,
    method: "get",
    path: "/webhooks/:id",
    summary: "One webhook",
    params,
    responses: { 200: webhookSchema },
    async handler({ viewer, params: { id }, res }) {
      const webhook = await findWebhook(viewer.workspaceId, id);
      sendVersion(res, webhook.version ?? 0);
      return presentWebhook(webhook, await countParked(webhook._id));
    },
  }),
  defineRoute({
    ...manage,
    method: "patch",
    path: "/webhooks/:id",
    summary: "Change a webhook's address or events, or turn it off; what it is still to get waits for it",
    params,
    body: updateWebhookSchema,
    responses: { 200: webhookSchema },
    errors: ["version_mismatch"],
    async handler({ ctx, viewer, params: { id }, body, req, res }) {
      const webhook = await updateWebhook(ctx, viewer, { id, change: body, version: wantedVersion(req) });
      sendVersion(res, webhook.version ?? 0);
      return presentWebhook(webhook, await countParked(webhook._id));
    },
  }),
  defineRoute({
    ...manage,
    method: "post",
    path: "/webhooks/:id/secret",
    summary: "Make a new signing secret; the old one stops working",
    params,
    shownOnce: ["secret"],
    responses: { 200: webhookWithSecretSchema },
    async handler({ ctx, viewer, params }) {
      const { webhook, secret } = await rotateWebhookSecret(ctx, viewer, params);
      return { ...presentWebhook(webhook, await countParked(webhook._id)), secret };
    },
  }),
  defineRoute({
    ...manage,
    method: "delete",
    path: "/webhooks/:id",
    summary: "Remove a webhook with all it was still to get",
    params,
    responses: { 204: "empty" },
    handler: async ({ ctx, viewer, params }) => deleteWebhook(ctx, viewer, params),
  }),
  defineRoute({
    ...manage,
    method: "get",
    path: "/webhooks/:id/deliveries",
    summary: "What a webhook got or is to get, newest first, with each try's answer",
    params,
    query: pageQuerySchema.extend({
      state: deliveryStateSchema.optional(),
      fields: fieldsSchema(webhookDeliverySchema),
    }),
    responses: { 200: pageSchema(webhookDeliverySchema.partial().required({ id: true })) },
    errors: ["invalid_cursor"],
    async handler({ viewer, params: { id }, query }) {
      const webhook = await findWebhook(viewer.workspaceId, id);
      const { items, nextCursor } = await listDeliveries(webhook._id, query);
      return { items: items.map((one) => withFields(presentDelivery(one), query.fields)), nextCursor };
    },
  }),
  defineRoute({
    ...manage,
    method: "post",
    path: "/webhooks/deliveries/:id/replay",
    summary: "Send a delivery again, under its own id",
    params,
    responses: { 202: webhookDeliverySchema },
    handler: async ({ ctx, viewer, params }) => presentDelivery(await replayDelivery(ctx, viewer, params)),
  }),
];
