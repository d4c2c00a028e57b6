import { botDecisionSchema, botPreviewSchema } from "../../../../contract/bot.ts";
import { previewBot } from "../../../actions/preview-bot.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { defineRoute } from "../../route.ts";

export const botRoutes = [
  defineRoute({
    method: "post",
    path: "/bot/preview",
    summary: "What the bot would do with a message; writes nothing",
    auth: "user",
    roles: PERMISSIONS["bot.preview"],
    body: botPreviewSchema,
    responses: { 200: botDecisionSchema },
    errors: ["unknown_inbox"],
    handler: ({ ctx, viewer, body }) => previewBot(ctx, { viewer, ...body }),
  }),
];
