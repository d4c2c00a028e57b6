import { z } from "zod";
import { apiKeySchema, createApiKeySchema } from "../../../../contract/settings.ts";
import { createApiKey, revokeApiKey } from "../../../actions/api-keys.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentApiKey } from "../../../presenters/user.ts";
import { listApiKeys } from "../../../queries/accounts.ts";
import { defineRoute } from "../../route.ts";
import { apiKeyParamsSchema, createdApiKeySchema } from "./schema.ts";

export const apiKeyRoutes = [
  defineRoute({
    method: "get",
    path: "/api-keys",
    summary: "List API keys, newest first, without the keys themselves",
    auth: "user",
    roles: PERMISSIONS["api_keys.read"],
    responses: { 200: z.array(apiKeySchema) },
    async handler({ viewer }) {
      return (await listApiKeys(viewer)).map(presentApiKey);
    },
  }),
  defineRoute({
    method: "post",
    path: "/api-keys",
    summary: "Make an API key; the key is returned once",
    auth: "user",
    roles: PERMISSIONS["api_keys.edit"],
    body: createApiKeySchema,
    example: { name: "Shop", role: "agent", scopes: ["orders:write", "insite:write"] },
    shownOnce: ["key"],
    responses: { 201: createdApiKeySchema },
    errors: ["unknown_inbox"],
    async handler({ viewer, body, ctx }) {
      const { key, record } = await createApiKey(ctx, viewer, body);
      return { key, apiKey: presentApiKey(record) };
    },
  }),
  defineRoute({
    method: "delete",
    path: "/api-keys/:id",
    summary: "Revoke an API key at once",
    auth: "user",
    roles: PERMISSIONS["api_keys.edit"],
    params: apiKeyParamsSchema,
    responses: { 204: "empty" },
    async handler({ viewer, params, ctx }) {
      await revokeApiKey(ctx, viewer, params);
    },
  }),
];
