import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ResponseConfig,
  type RouteConfig,
  zodToOpenAPIRegistry,
} from "@asteasolutions/zod-to-openapi";
import { z } from "zod";
import { attachmentSchema } from "../../../contract/attachment.ts";
import { botDecisionSchema, draftSchema } from "../../../contract/bot.ts";
import { localizedTextSchema } from "../../../contract/common.ts";
import { contactSummarySchema, conversationSchema } from "../../../contract/conversation.ts";
import { ERROR_STATUS, type ErrorCode } from "../../../contract/errors.ts";
import { faqInputSchema, faqSchema } from "../../../contract/faq.ts";
import { importRowSchema, importSchema } from "../../../contract/import.ts";
import { insiteMessageSchema } from "../../../contract/insite.ts";
import { integrationEventSchema, integrationSchema, platformInfoSchema } from "../../../contract/integration.ts";
import { messageSchema } from "../../../contract/message.ts";
import { orderEventSchema, orderSchema } from "../../../contract/order.ts";
import { apiKeySchema, inboxSchema, sessionSchema, userSchema } from "../../../contract/settings.ts";
import { webhookBodySchema, webhookDeliverySchema, webhookSchema } from "../../../contract/webhook.ts";
import { RAW_BODY, type ResponseSpec, type Route, scopeOf } from "../route.ts";

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31["generateDocument"]>;

const errorSchema = z.object({
  error: z.object({
    code: z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    details: z.unknown().optional(),
  }),
});

/** Contract schemas that the document names instead of repeating them. */
const COMPONENTS: Record<string, z.ZodType> = {
  ApiKey: apiKeySchema,
  Attachment: attachmentSchema,
  BotDecision: botDecisionSchema,
  ContactSummary: contactSummarySchema,
  Conversation: conversationSchema,
  Draft: draftSchema,
  Error: errorSchema,
  Faq: faqSchema,
  FaqInput: faqInputSchema,
  Inbox: inboxSchema,
  Import: importSchema,
  ImportRow: importRowSchema,
  Integration: integrationSchema,
  IntegrationEvent: integrationEventSchema,
  InsiteMessage: insiteMessageSchema,
  LocalizedText: localizedTextSchema,
  Message: messageSchema,
  Order: orderSchema,
  OrderEvent: orderEventSchema,
  Platform: platformInfoSchema,
  Session: sessionSchema,
  User: userSchema,
  Webhook: webhookSchema,
  WebhookBody: webhookBodySchema,
  WebhookDelivery: webhookDeliverySchema,
};

/** Codes any route may answer with, by what it declares. */
function errorCodesOf(route: Route): ErrorCode[] {
  const codes = new Set<ErrorCode>(["rate_limited", "internal", "unavailable", ...route.errors]);
  if (route.auth === "user") codes.add("unauthenticated");
  if (route.auth === "user" && !route.whilePasswordExpired) codes.add("password_change_required");
  if (route.auth === "user") codes.add("forbidden");
  if (route.auth === "user" && route.method === "post") codes.add("conflict");
  if ((route.auth === "user" && route.method !== "get") || route.sameOrigin) codes.add("origin_not_allowed");
  if (route.params) codes.add("not_found");
  if (route.query || route.body) codes.add("invalid_request");
  if (route.body && route.body !== RAW_BODY) {
    for (const code of ["invalid_json", "invalid_encoding", "payload_too_large", "unsupported_media_type"] as const) {
      codes.add(code);
    }
  }
  return [...codes];
}

/** The OpenAPI 3.1 description of the routes, made from the very schemas that validate requests. */
export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  for (const [name, schema] of Object.entries(COMPONENTS))
    zodToOpenAPIRegistry.add(schema, { _internal: { refId: name } });
  const registry = new OpenAPIRegistry();
  registry.registerComponent("securitySchemes", "apiKey", { type: "http", scheme: "bearer" });
  registry.registerComponent("securitySchemes", "session", { type: "apiKey", in: "cookie", name: "parley_session" });
  for (const route of routes) registry.registerPath(pathOf(route));
  registry.registerWebhook({
    method: "post",
    path: "event",
    summary:
      "What a registered address gets: X-Parley-Signature is `sha256=` and the hex HMAC-SHA256 of `timestamp.body`",
    request: { body: { content: { "application/json": { schema: webhookBodySchema } } } },
    responses: { 200: { description: "Taken. Any answer but 2xx is tried again for a day." } },
  });
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Parley",
      version,
      description:
        "Customer messaging with automatic answers. Send `Authorization: Bearer <API key>`, or the session cookie of a login. " +
        "Errors are `{error: {code, message, details?}}`; branch on the code, show the message.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/api/v1" }],
  });
}

function pathOf(route: Route): RouteConfig {
  const path = route.path.replace(/:(\w+)/g, "{$1}");
  return {
    method: route.method,
    path,
    operationId: `${route.method}${path.replace(/[/{}-]+(\w)?/g, (_all, next?: string) => next?.toUpperCase() ?? "")}`,
    tags: [route.path.split("/")[1] ?? "api"],
    summary: route.summary,
    ...(route.auth === "user" && {
      description: `${route.roles ? `Roles: ${route.roles.join(", ")}. ` : ""}Scope: ${scopeOf(route)}.`,
    }),
    security: route.auth === "user" ? [{ apiKey: [] }, { session: [] }] : [],
    request: {
      ...headersOf(route),
      ...(route.params instanceof z.ZodObject && { params: route.params }),
      ...(route.query instanceof z.ZodObject && { query: route.query }),
      ...(route.body && { body: bodyOf(route.body) }),
    },
    responses: responsesOf(route),
  };
}

const idempotencyKey = z
  .string()
  .max(255)
  .optional()
  .meta({ description: "A repeat with the same key gets the first answer, for a day." });
const ifMatch = z
  .string()
  .max(40)
  .optional()
  .meta({ description: 'The version you saw, such as `"3"`: changes nothing when there is a newer one.' });

function headersOf(route: Route): { headers?: z.ZodObject } {
  if (route.auth === "user" && route.method === "post") {
    return { headers: z.object({ "Idempotency-Key": idempotencyKey }) };
  }
  return route.errors.includes("version_mismatch") ? { headers: z.object({ "If-Match": ifMatch }) } : {};
}

function bodyOf(body: NonNullable<Route["body"]>) {
  if (body === RAW_BODY) {
    return {
      required: true,
      content: { "application/octet-stream": { schema: { type: "string" as const, format: "binary" } } },
    };
  }
  return { required: true, content: { "application/json": { schema: body } } };
}

function responsesOf(route: Route): Record<string, ResponseConfig> {
  const responses: Record<string, ResponseConfig> = {};
  for (const [status, spec] of Object.entries(route.responses)) responses[status] = successOf(spec);
  const codes = Map.groupBy(errorCodesOf(route), (code) => ERROR_STATUS[code]);
  for (const [status, names] of [...codes].sort(([one], [other]) => one - other)) {
    responses[status] = { description: names.join(", "), content: { "application/json": { schema: errorSchema } } };
  }
  return responses;
}

function successOf(spec: ResponseSpec): ResponseConfig {
  if (spec === "empty") return { description: "Done; nothing to say." };
  if (spec === "file") {
    return { description: "The file.", content: { "*/*": { schema: { type: "string", format: "binary" } } } };
  }
  return { description: "Success.", content: { "application/json": { schema: spec } } };
}
