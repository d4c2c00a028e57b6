import { z } from "zod";
import { insiteMessageSchema, insiteReceiptSchema, outboxItemSchema } from "../../../../contract/insite.ts";
import { insiteInbox, receiveInsiteBatch, receiveInsiteMessage } from "../../../actions/receive-insite.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentMessage } from "../../../presenters/messages.ts";
import { readOutbox } from "../../../queries/outbox.ts";
import { defineRoute } from "../../route.ts";

const params = z.object({ inboxKey: z.string().min(1).max(64) });
const BATCH = 100;
/** Files travel inside, as base64. */
const MAX_BODY = 64 * 1024 * 1024;

export const insiteRoutes = [
  defineRoute({
    method: "post",
    path: "/insite/:inboxKey/messages",
    bound: true,
    summary: "Pass on a buyer's in-site message, or up to 100; once per messageId",
    auth: "user",
    roles: PERMISSIONS["insite.post"],
    params,
    body: z.union([insiteMessageSchema, z.array(insiteMessageSchema).min(1).max(BATCH)]),
    example: {
      messageId: "m-90021",
      threadId: "t-3381",
      buyer: { externalId: "c-771", name: "Ana Ruiz", locale: "es", country: "MX" },
      orderId: "10482",
      text: "¿Dónde está mi pedido?",
      sentAt: "2026-11-21T17:42:00Z",
    },
    maxBody: MAX_BODY,
    responses: { 202: z.union([insiteReceiptSchema, z.array(insiteReceiptSchema)]) },
    errors: [
      "unknown_inbox",
      "empty_message",
      "attachment_type_not_allowed",
      "message_id_reused",
      "thread_of_another_buyer",
    ],
    async handler({ ctx, viewer, params: { inboxKey }, body }) {
      if (!Array.isArray(body)) return receiveInsiteMessage(ctx, { viewer, inboxKey, payload: body });
      return receiveInsiteBatch(ctx, { viewer, inboxKey, payloads: body });
    },
  }),
  defineRoute({
    method: "get",
    path: "/insite/:inboxKey/outbox",
    bound: true,
    summary: "Replies for the platform to deliver, oldest first; go on with `next`",
    auth: "user",
    roles: PERMISSIONS["insite.post"],
    params,
    query: z.object({
      after: z.string().max(30).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    responses: { 200: z.object({ items: z.array(outboxItemSchema), next: z.string().nullable() }) },
    errors: ["unknown_inbox", "invalid_cursor"],
    async handler({ ctx, viewer, params: { inboxKey }, query }) {
      const inbox = await insiteInbox(ctx, viewer, inboxKey);
      const { items, next } = await readOutbox(ctx, { inbox, ...query });
      return {
        items: items.map(({ message, ...thread }) => {
          const { id, conversationId, text, automatic, attachments, createdAt } = presentMessage(ctx, message);
          return { id, conversationId, ...thread, text, automatic, attachments, createdAt };
        }),
        next,
      };
    },
  }),
];
