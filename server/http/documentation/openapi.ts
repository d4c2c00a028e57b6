import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ResponseConfig,
  type RouteConfig,
  zodToOpenAPIRegistry,
} from "@asteasolutions/zod-to-openapi";
import { z } from "zod";
import { attachmentSchema } from "../../../contract/attachment.ts";
import { automationFileSchema, automationSchema, checkInSchema } from "../../../contract/automation.ts";
import { botDecisionSchema, draftSchema } from "../../../contract/bot.ts";
import { localizedTextSchema } from "../../../contract/common.ts";
import { compensationRuleSchema, compensationSchema } from "../../../contract/compensation.ts";
import { contactSummarySchema, conversationSchema } from "../../../contract/conversation.ts";
import { productDocumentSchema } from "../../../contract/document.ts";
import { ERROR_STATUS, type ErrorCode } from "../../../contract/errors.ts";
import { faqInputSchema, faqSchema } from "../../../contract/faq.ts";
import { importRowSchema, importSchema } from "../../../contract/import.ts";
import { insiteMessageSchema } from "../../../contract/insite.ts";
import { integrationEventSchema, integrationSchema, platformInfoSchema } from "../../../contract/integration.ts";
import { messageSchema } from "../../../contract/message.ts";
import { orderEventSchema, orderSchema } from "../../../contract/order.ts";
import { apiKeySchema, inboxSchema, sessionSchema, userSchema } from "../../../contract/settings.ts";
import { templateSchema, templateTextSchema } from "../../../contract/template.ts";
import { webhookBodySchema, webhookDeliverySchema, webhookSchema } from "../../../contract/webhook.ts";
import { type Method, RAW_BODY, type ResponseSpec, type Route, scopeOf } from "../route.ts";

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31["generateDocument"]>;
type HeaderObject = NonNullable<NonNullable<OpenApiDocument["components"]>["headers"]>[string];
const METHODS = ["get", "post", "put", "patch", "delete"] as const satisfies Method[];

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
  Automation: automationSchema,
  AutomationFile: automationFileSchema,
  BotDecision: botDecisionSchema,
  CheckIn: checkInSchema,
  Compensation: compensationSchema,
  CompensationRule: compensationRuleSchema,
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
  ProductDocument: productDocumentSchema,
  Session: sessionSchema,
  Template: templateSchema,
  TemplateText: templateTextSchema,
  User: userSchema,
  Webhook: webhookSchema,
  WebhookBody: webhookBodySchema,
  WebhookDelivery: webhookDeliverySchema,
};

/** What every answer tells of the caller's limits. */
const LIMIT_HEADERS = {
  "RateLimit-Limit": "Requests that the caller may make within the window.",
  "RateLimit-Remaining": "Requests that are left of them.",
  "RateLimit-Reset": "Seconds until there are all again.",
};
const integerHeader = (description: string) => ({ description, schema: { type: "integer" as const } });
const HEADERS: Record<string, HeaderObject> = {
  ...Object.fromEntries(Object.entries(LIMIT_HEADERS).map(([name, description]) => [name, integerHeader(description)])),
  "Retry-After": integerHeader("Seconds to wait before the request is sent again."),
  ETag: { description: "The version, to send as `If-Match` with a change.", schema: { type: "string" } },
};
const headersNamed = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

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
  for (const [name, header] of Object.entries(HEADERS)) registry.registerComponent("headers", name, header);
  for (const route of routes) registry.registerPath(pathOf(route));
  registry.registerWebhook(WEBHOOK);
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Parley",
      version,
      description:
        "Customer messaging with automatic answers. Send `Authorization: Bearer <API key>`, or the session cookie of a login. " +
        "Errors are `{error: {code, message, details?}}`; branch on the code, show the message.",
      contact: { name: "Parley" },
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/api/v1" }],
    tags: [...new Set(routes.map(tagOf))].map((name) => ({ name })),
  });
  return { ...document, paths: withNeededPathParameters(document.paths) };
}

/** A schema that coerces takes anything, so the generator thinks it optional: a part of the path is always there. */
function withNeededPathParameters(paths: OpenApiDocument["paths"]): OpenApiDocument["paths"] {
  for (const item of Object.values(paths ?? {})) {
    for (const method of METHODS) {
      for (const parameter of item[method]?.parameters ?? []) {
        if ("in" in parameter && parameter.in === "path") parameter.required = true;
      }
    }
  }
  return paths;
}

const WEBHOOK: RouteConfig = {
  method: "post",
  path: "event",
  operationId: "receiveEvent",
  tags: ["webhooks"],
  summary: "What a registered address gets",
  description:
    "X-Parley-Signature is `sha256=` and the hex HMAC-SHA256 of `timestamp.body` under the webhook's secret. " +
    "Any answer but 2xx is tried again for a day, in order for each conversation and order.",
  security: [],
  request: {
    headers: z.object({
      "X-Parley-Signature": z.string().meta({ description: "`sha256=` and 64 hexadecimal digits." }),
      "X-Parley-Timestamp": z.string().meta({ description: "Seconds since 1970, when this try left." }),
      "X-Parley-Delivery": z.string().meta({ description: "The delivery's id, the same in every try." }),
    }),
    body: { required: true, content: { "application/json": { schema: webhookBodySchema } } },
  },
  responses: { 200: { description: "Taken." } },
};

function tagOf({ path }: Route): string {
  return path.split("/")[1] ?? "api";
}

function pathOf(route: Route): RouteConfig {
  const path = route.path.replace(/:(\w+)/g, "{$1}");
  return {
    method: route.method,
    path,
    operationId: `${route.method}${path.replace(/[/{}-]+(\w)?/g, (_all, next?: string) => next?.toUpperCase() ?? "")}`,
    tags: [tagOf(route)],
    summary: route.summary,
    description:
      route.auth === "user"
        ? `${route.roles ? `Roles: ${route.roles.join(", ")}. ` : ""}Scope: ${scopeOf(route)}.`
        : "Needs no key.",
    security: route.auth === "user" ? [{ apiKey: [] }, { session: [] }] : [],
    request: {
      ...headersOf(route),
      ...(route.params instanceof z.ZodObject && { params: route.params }),
      ...(route.query instanceof z.ZodObject && { query: route.query }),
      ...(route.body && { body: bodyOf(route.body, route.example) }),
    },
    responses: responsesOf(route),
  };
}

const idempotencyKey = z
  .string()
  .max(255)
  .optional()
  .meta({ description: "A repeat with the same key gets the first answer, for a day." });
const keyOfSecrets = (fields: readonly string[]) =>
  idempotencyKey.meta({
    description: `A repeat with the same key gets the first answer, for a day, without ${fields.map((name) => `\`${name}\``).join(", ")}: that is shown once, and \`withheld\` names it.`,
  });
const ifMatch = z
  .string()
  .max(40)
  .optional()
  .meta({ description: 'The version you saw, such as `"3"`: changes nothing when there is a newer one.' });

function headersOf(route: Route): { headers?: z.ZodObject } {
  if (route.auth === "user" && route.method === "post") {
    const key = route.shownOnce.length > 0 ? keyOfSecrets(route.shownOnce) : idempotencyKey;
    return { headers: z.object({ "Idempotency-Key": key }) };
  }
  return route.errors.includes("version_mismatch") ? { headers: z.object({ "If-Match": ifMatch }) } : {};
}

function bodyOf(body: NonNullable<Route["body"]>, example: unknown) {
  if (body === RAW_BODY) {
    return {
      required: true,
      content: { "application/octet-stream": { schema: { type: "string" as const, format: "binary" } } },
    };
  }
  return {
    required: true,
    content: { "application/json": { schema: body, ...(example !== undefined && { example }) } },
  };
}

function responsesOf(route: Route): Record<string, ResponseConfig> {
  const responses: Record<string, ResponseConfig> = {};
  const versioned = route.errors.includes("version_mismatch");
  const headers = headersNamed([...Object.keys(LIMIT_HEADERS), ...(versioned ? ["ETag"] : [])]);
  for (const [status, spec] of Object.entries(route.responses)) responses[status] = { ...successOf(spec), headers };
  const codes = Map.groupBy(errorCodesOf(route), (code) => ERROR_STATUS[code]);
  for (const [status, names] of [...codes].sort(([one], [other]) => one - other)) {
    responses[status] = {
      description: names.join(", "),
      ...(status === ERROR_STATUS.rate_limited && {
        headers: headersNamed([...Object.keys(LIMIT_HEADERS), "Retry-After"]),
      }),
      content: { "application/json": { schema: errorSchema } },
    };
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
