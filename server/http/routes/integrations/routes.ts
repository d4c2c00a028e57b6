import { z } from "zod";
import { idSchema, pageSchema, withFields } from "../../../../contract/common.ts";
import {
  createIntegrationSchema,
  integrationEventSchema,
  integrationEventsQuerySchema,
  integrationSchema,
  integrationWithSecretSchema,
  platformInfoSchema,
  rotateIntegrationSecretSchema,
  updateIntegrationSchema,
} from "../../../../contract/integration.ts";
import { allIntegrations } from "../../../../integrations/index.ts";
import {
  createIntegration,
  deleteIntegration,
  rotateIntegrationSecret,
  updateIntegration,
} from "../../../actions/integrations.ts";
import { answerHandshake, receivePlatformEvent, replayPlatformEvent } from "../../../actions/receive-platform-event.ts";
import type { Context } from "../../../context.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentIntegration, presentIntegrationEvent } from "../../../presenters/integrations.ts";
import {
  countEvents,
  findIntegration,
  listIntegrationEvents,
  listIntegrations,
} from "../../../queries/integrations.ts";
import type { IntegrationRecord } from "../../../records.ts";
import { readBytes } from "../../middleware/body.ts";
import { defineRoute, RAW_BODY } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";

const manage = { auth: "user", roles: PERMISSIONS["integrations.edit"] } as const;
const params = z.object({ id: idSchema });
const MAX_BODY = 5 * 1024 * 1024;
/** A platform's calls all come from few addresses. */
const PLATFORM_LIMIT = { points: 6_000, seconds: 60 };

const shown = async (ctx: Context, integration: IntegrationRecord) =>
  presentIntegration(ctx, integration, await countEvents(integration._id));

export const integrationRoutes = [
  defineRoute({
    ...manage,
    method: "get",
    path: "/integrations/platforms",
    summary: "Platforms that the hub can be connected to, and what each needs",
    responses: { 200: z.array(platformInfoSchema) },
    handler: () => allIntegrations().map(({ info }) => info),
  }),
  defineRoute({
    ...manage,
    method: "get",
    path: "/integrations",
    summary: "Connected shops and accounts, and how they fare",
    responses: { 200: z.array(integrationSchema) },
    handler: async ({ ctx, viewer }) =>
      Promise.all((await listIntegrations(viewer.workspaceId)).map((one) => shown(ctx, one))),
  }),
  defineRoute({
    ...manage,
    method: "post",
    path: "/integrations",
    summary: "Connect a shop or account; a secret that the hub makes is returned once",
    body: createIntegrationSchema,
    example: { platform: "shopify", secret: "shpss_…", settings: { shop: "my-shop.myshopify.com" } },
    shownOnce: ["secret"],
    responses: { 201: integrationWithSecretSchema },
    errors: ["conflict"],
    async handler({ ctx, viewer, body }) {
      const { integration, secret } = await createIntegration(ctx, viewer, body);
      return { ...(await shown(ctx, integration)), ...(secret !== undefined && { secret }) };
    },
  }),
  defineRoute({
    ...manage,
    method: "get",
    path: "/integrations/:id",
    summary: "One integration",
    params,
    responses: { 200: integrationSchema },
    async handler({ ctx, viewer, params: { id }, res }) {
      const integration = await findIntegration(viewer.workspaceId, id);
      sendVersion(res, integration.version ?? 0);
      return shown(ctx, integration);
    },
  }),
  defineRoute({
    ...manage,
    method: "patch",
    path: "/integrations/:id",
    summary: "Change an integration's settings, or turn it off; settings that are not given stay",
    params,
    body: updateIntegrationSchema,
    responses: { 200: integrationSchema },
    errors: ["version_mismatch"],
    async handler({ ctx, viewer, params: { id }, body, req, res }) {
      const integration = await updateIntegration(ctx, viewer, { id, change: body, version: wantedVersion(req) });
      sendVersion(res, integration.version ?? 0);
      return shown(ctx, integration);
    },
  }),
  defineRoute({
    ...manage,
    method: "post",
    path: "/integrations/:id/secret",
    summary: "Enter the platform's new signing secret, or have the hub make one; the old one stops working",
    params,
    body: rotateIntegrationSecretSchema,
    shownOnce: ["secret"],
    responses: { 200: integrationWithSecretSchema },
    async handler({ ctx, viewer, params: { id }, body }) {
      const { integration, secret } = await rotateIntegrationSecret(ctx, viewer, { id, ...body });
      return { ...(await shown(ctx, integration)), ...(secret !== undefined && { secret }) };
    },
  }),
  defineRoute({
    ...manage,
    method: "delete",
    path: "/integrations/:id",
    summary: "Disconnect a shop or account; its orders and messages stay",
    params,
    responses: { 204: "empty" },
    handler: async ({ ctx, viewer, params }) => deleteIntegration(ctx, viewer, params),
  }),
  defineRoute({
    ...manage,
    method: "get",
    path: "/integrations/:id/events",
    summary: "What the platform sent, word for word, newest first, and what became of it",
    params,
    query: integrationEventsQuerySchema,
    responses: { 200: pageSchema(integrationEventSchema.partial().required({ id: true })) },
    errors: ["invalid_cursor"],
    async handler({ ctx, viewer, params: { id }, query, locale }) {
      const integration = await findIntegration(viewer.workspaceId, id);
      const { items, nextCursor } = await listIntegrationEvents(integration._id, query);
      return {
        items: items.map((one) => withFields(presentIntegrationEvent(ctx, one, locale), query.fields)),
        nextCursor,
      };
    },
  }),
  defineRoute({
    ...manage,
    method: "post",
    path: "/integrations/events/:id/replay",
    summary: "Take an event in again",
    params,
    responses: { 202: integrationEventSchema },
    handler: async ({ ctx, viewer, params, locale }) =>
      presentIntegrationEvent(ctx, await replayPlatformEvent(ctx, viewer, params), locale),
  }),
  defineRoute({
    method: "post",
    path: "/integrations/:id/webhook",
    summary: "Where a platform posts to; proven by its signature, stored, then taken in",
    auth: "public",
    limit: PLATFORM_LIMIT,
    params,
    body: RAW_BODY,
    maxBody: MAX_BODY,
    responses: { 202: z.object({ deliveryId: z.string(), duplicate: z.boolean() }) },
    errors: [
      "unknown_integration",
      "invalid_signature",
      "stale_signature",
      "invalid_json",
      "payload_too_large",
      "unsupported_media_type",
    ],
    async handler({ ctx, params: { id }, req, res }) {
      const headers = Object.fromEntries(
        Object.entries(req.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
      );
      return receivePlatformEvent(ctx, { id, headers, rawBody: await readBytes(req, res, MAX_BODY) });
    },
  }),
  defineRoute({
    method: "get",
    path: "/integrations/:id/webhook",
    summary: "The answer to a platform that makes sure that the address is ours",
    auth: "public",
    limit: PLATFORM_LIMIT,
    params,
    query: z.object({ challenge_code: z.string().min(1).max(500) }),
    responses: { 200: z.object({ challengeResponse: z.string() }) },
    errors: ["unknown_integration"],
    handler: async ({ ctx, params: { id }, query }) =>
      (await answerHandshake(ctx, { id, query })) as { challengeResponse: string },
  }),
];
