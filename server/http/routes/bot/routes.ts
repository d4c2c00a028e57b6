import {
  botDecisionSchema,
  botPreviewSchema,
  botRulesPatchSchema,
  botRulesViewSchema,
  botUsageSchema,
  replaySchema,
} from "../../../../contract/bot.ts";
import { updateBotRules } from "../../../actions/bot-rules.ts";
import { previewBot } from "../../../actions/preview-bot.ts";
import { replay } from "../../../actions/replay.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentBotRules, presentUsage } from "../../../presenters/bot.ts";
import { botRules, tokensLeft, usageDay, usageOf } from "../../../queries/bot-rules.ts";
import { sendEvents } from "../../event-stream.ts";
import { defineRoute } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";

const read = { auth: "user", roles: PERMISSIONS["bot.read"] } as const;
const edit = { auth: "user", roles: PERMISSIONS["bot.edit"] } as const;

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
  defineRoute({
    ...read,
    method: "get",
    path: "/bot/settings",
    summary: "What is laid down for the bot in all inboxes",
    responses: { 200: botRulesViewSchema },
    async handler({ ctx, viewer, res }) {
      const found = await botRules(viewer.workspaceId);
      sendVersion(res, found.version);
      return presentBotRules(ctx, found);
    },
  }),
  defineRoute({
    ...edit,
    method: "patch",
    path: "/bot/settings",
    summary: "Change tone, forbidden words, hand-off rules or budget; what is not given stays",
    body: botRulesPatchSchema,
    responses: { 200: botRulesViewSchema },
    errors: ["version_mismatch"],
    async handler({ ctx, viewer, body, req, res }) {
      const changed = await updateBotRules(ctx, { viewer, change: body, version: wantedVersion(req) });
      sendVersion(res, changed.version);
      return presentBotRules(ctx, changed);
    },
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/bot/usage",
    summary: "What the model cost, today and on the last days",
    responses: { 200: botUsageSchema },
    async handler({ ctx, viewer: { workspaceId } }) {
      const now = ctx.clock.now();
      const [{ rules }, left, days] = await Promise.all([
        botRules(workspaceId),
        tokensLeft(workspaceId, now),
        usageOf(workspaceId, 30),
      ]);
      return presentUsage({ rules, left, today: usageDay(now) }, days);
    },
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/bot/replay",
    summary: "What would change for past questions with other entries or rules, as server-sent events; writes nothing",
    body: replaySchema,
    responses: { 200: "file" },
    errors: ["not_found"],
    handler: ({ ctx, viewer, body, req, res, locale }) =>
      sendEvents({ ctx, req, res, locale }, (signal) => replay(ctx, { viewer, input: body, signal })),
  }),
];
