import { z } from "zod";
import { copilotSchema, translateMessagesSchema } from "../../../../contract/copilot.ts";
import { messageSchema } from "../../../../contract/message.ts";
import { askCopilot } from "../../../actions/copilot.ts";
import { translateMessages } from "../../../actions/translations.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentMessage } from "../../../presenters/messages.ts";
import { sendEvents } from "../../event-stream.ts";
import { defineRoute } from "../../route.ts";
import { conversationParams } from "../conversations/schema.ts";

export const copilotRoutes = [
  defineRoute({
    method: "post",
    path: "/conversations/:id/copilot",
    summary:
      "A draft, a rewrite or a translation for the agent, as server-sent events (delta, done, error); sends nothing",
    auth: "user",
    roles: PERMISSIONS["conversations.reply"],
    params: conversationParams,
    body: copilotSchema,
    responses: { 200: "file" },
    errors: ["model_required", "budget_spent", "model_failed"],
    handler: ({ ctx, viewer, params, body, req, res, locale }) =>
      sendEvents({ ctx, req, res, locale }, (signal) =>
        askCopilot(ctx, { viewer, conversationId: params.id, request: body, signal }),
      ),
  }),
  defineRoute({
    method: "post",
    path: "/conversations/:id/translations",
    summary: "Translate messages for a reader; kept beside the original",
    auth: "user",
    roles: PERMISSIONS["conversations.read"],
    params: conversationParams,
    body: translateMessagesSchema,
    responses: { 200: z.object({ items: z.array(messageSchema) }) },
    errors: ["model_required", "budget_spent", "model_failed"],
    async handler({ ctx, viewer, params, body, res, locale }) {
      const gone = new AbortController();
      res.once("close", () => gone.abort());
      const request = { viewer, conversationId: params.id, ...body, signal: gone.signal };
      const messages = await translateMessages(ctx, request);
      return { items: messages.map((message) => presentMessage(ctx, message, locale)) };
    },
  }),
];
