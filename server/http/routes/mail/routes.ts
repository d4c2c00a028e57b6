import type { Response } from "express";
import { z } from "zod";
import { dkimSchema, imapSchema, securitySchema, smtpSchema, trustSchema } from "../../../../channels/email/config.ts";
import { testImap } from "../../../../channels/email/receive-imap.ts";
import { postedMail } from "../../../../channels/email/receive-webhook.ts";
import { createSender } from "../../../../channels/email/send.ts";
import { idSchema, localeSchema } from "../../../../contract/common.ts";
import { createInboxSchema, inboxSchema } from "../../../../contract/settings.ts";
import { createInsiteInbox } from "../../../actions/insite-inboxes.ts";
import {
  addressedInbox,
  changedMailbox,
  createMailbox,
  inboxOfWebhook,
  mailboxView,
  renewWebhook,
  updateMailbox,
} from "../../../actions/mailboxes.ts";
import { originalHeaders, readOriginal, showOriginal } from "../../../actions/original-mail.ts";
import { storeMail } from "../../../actions/store-mail.ts";
import { AppError } from "../../../errors.ts";
import { type CheckHost, createHostCheck } from "../../../outbound-http.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentInbox } from "../../../presenters/settings.ts";
import { readBytes } from "../../middleware/body.ts";
import { defineRoute, RAW_BODY } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";

const MAX_MAIL_BYTES = 50 * 1024 * 1024;
/** Base64 adds a third. */
const MAX_POSTED_BYTES = 70 * 1024 * 1024;

const inboxParams = z.object({ id: idSchema });
const messageParams = z.object({ id: idSchema, messageId: idSchema });
const read = { auth: "user", roles: PERMISSIONS["conversations.read"] } as const;
const edit = { auth: "user", roles: PERMISSIONS["inboxes.edit"] } as const;

const accountView = z.object({
  host: z.string(),
  port: z.number(),
  security: securitySchema,
  user: z.string(),
  passwordSet: z.boolean(),
});
const mailboxViewSchema = z.object({
  senderName: z.string(),
  signature: z.string(),
  signatures: z.partialRecord(localeSchema, z.string()),
  addressPattern: z.enum(["plus", "plain"]),
  /** Servers that hand over mail by SMTP and have checked its sender: addresses and networks. */
  trustedRelays: z.array(z.string()),
  /** Names of the servers whose Authentication-Results are believed. */
  trustedResults: z.array(z.string()),
  imap: accountView.extend({ folder: z.string(), pollSeconds: z.number() }).nullable(),
  smtp: accountView.nullable(),
  /** With the TXT record that the domain must publish. */
  dkim: z
    .object({ domain: z.string(), selector: z.string(), record: z.object({ name: z.string(), value: z.string() }) })
    .nullable(),
  /** The built-in SMTP receiver, where it is on. */
  receiver: z.object({ port: z.number(), taken: z.boolean().describe("Another program has the port") }).nullable(),
  /** Under the hub's own address: where a mail service posts raw mails. Who has it may post. */
  webhookPath: z.string(),
  /** There is no server to send by: mails are kept for the demo mailbox. */
  local: z.boolean(),
  /** How fetching goes; null where mail is not fetched, or has not been yet. */
  state: z
    .object({
      connected: z.boolean(),
      at: z.iso.datetime(),
      fetchedAt: z.iso.datetime().nullable(),
      problem: z.string().optional(),
      message: z.string().optional(),
      detail: z.string().optional(),
    })
    .nullable(),
});

const changeSchema = z
  .object({
    senderName: z.string().max(100),
    signature: z.string().max(2_000),
    /** By language, where it differs. All of them: what is left out is gone. */
    signatures: z.partialRecord(localeSchema, z.string().max(2_000)),
    addressPattern: z.enum(["plus", "plain"]),
    ...trustSchema,
    imap: imapSchema.extend({ password: z.string().max(1_000).optional() }).nullable(),
    smtp: smtpSchema.extend({ password: z.string().max(1_000).optional() }).nullable(),
    /** Without a key, where none is set, the hub makes one. */
    dkim: dkimSchema.extend({ privateKey: dkimSchema.shape.privateKey.optional() }).nullable(),
  })
  .partial()
  .strict();

const testResult = z.object({
  ok: z.boolean(),
  problem: z.string().optional(),
  message: z.string(),
  detail: z.string().optional(),
});

export const mailRoutes = [
  defineRoute({
    ...edit,
    method: "post",
    path: "/inboxes",
    summary: "Add an inbox: a mailbox with an address of its own, or a platform's place for in-site messages",
    body: createInboxSchema,
    example: { channel: "insite", name: "Craft Market" },
    responses: { 201: inboxSchema },
    errors: ["conflict"],
    handler: async ({ ctx, viewer, body }) =>
      presentInbox(
        ctx.channels,
        "address" in body
          ? await createMailbox(ctx, { workspaceId: viewer.workspaceId, ...body })
          : await createInsiteInbox(ctx, viewer, body),
      ),
  }),
  defineRoute({
    ...edit,
    method: "get",
    path: "/inboxes/:id/mailbox",
    summary: "How a mailbox receives and sends; passwords and keys are not shown",
    params: inboxParams,
    responses: { 200: mailboxViewSchema },
    async handler({ ctx, viewer, params: { id }, locale, res }) {
      const inbox = await addressedInbox(ctx, viewer.workspaceId, id);
      sendVersion(res, inbox.version ?? 0);
      return mailboxView(ctx, inbox, locale);
    },
  }),
  defineRoute({
    ...edit,
    method: "patch",
    path: "/inboxes/:id/mailbox",
    summary: "Change how a mailbox receives and sends; a password that is left out stays, null removes a section",
    params: inboxParams,
    body: changeSchema,
    responses: { 200: mailboxViewSchema },
    errors: ["version_mismatch"],
    async handler({ ctx, viewer: { workspaceId }, params: { id }, body, locale, req, res }) {
      const inbox = await updateMailbox(ctx, { workspaceId, id, change: body, version: wantedVersion(req) });
      sendVersion(res, inbox.version ?? 0);
      return mailboxView(ctx, inbox, locale);
    },
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/inboxes/:id/mailbox/webhook",
    summary: "Make a new address for the raw-mail webhook; the old one stops working",
    params: inboxParams,
    responses: { 200: mailboxViewSchema },
    handler: async ({ ctx, viewer, params: { id }, locale }) =>
      mailboxView(ctx, await renewWebhook(ctx, { workspaceId: viewer.workspaceId, id }), locale),
  }),
  defineRoute({
    method: "post",
    path: "/mail-webhook/:inboxKey/:secret",
    summary: "Hand over a raw mail, as mail services do: the mail itself, or a form or JSON document that holds it",
    auth: "public",
    limit: { points: 6_000, seconds: 60 },
    params: z.object({ inboxKey: z.string().max(100), secret: z.string().max(100) }),
    body: RAW_BODY,
    maxBody: MAX_POSTED_BYTES,
    responses: { 202: z.object({ id: idSchema, duplicate: z.boolean() }) },
    errors: ["unknown_inbox", "empty_message", "payload_too_large"],
    async handler({ ctx, params: { inboxKey, secret }, req, res }) {
      // Before a byte of the body is read.
      const inbox = await inboxOfWebhook(ctx, inboxKey, secret);
      const mail = await postedMail(await readBytes(req, res, MAX_POSTED_BYTES), req.headers["content-type"] ?? "");
      if (!mail) throw new AppError("empty_message");
      const { record, duplicate } = await storeMail(ctx, { inbox, mail: { ...mail, via: "webhook" } });
      return { id: record._id.toHexString(), duplicate };
    },
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/inboxes/:id/mailbox/test",
    summary: "Try a mailbox's settings, saved or not, and say in words what is wrong",
    params: inboxParams,
    body: z.object({ which: z.enum(["imap", "smtp"]), settings: changeSchema.optional() }).strict(),
    responses: { 200: testResult },
    async handler({ ctx, viewer, params: { id }, body, locale }) {
      const inbox = await addressedInbox(ctx, viewer.workspaceId, id);
      const { imap, smtp } = changedMailbox(ctx, inbox, body.settings ?? {});
      const resolve = createHostCheck({ allowed: ctx.config.allowNetworks });
      const found =
        body.which === "imap" ? imap && (await testImap(imap, resolve)) : smtp && (await testSmtp(smtp, resolve));
      if (!found) return { ok: true, message: ctx.translate(locale, "email:test.ok") };
      const message = ctx.translate(locale, `email:failures.${found.problem}`);
      return { ok: false, problem: found.problem, message, detail: found.detail };
    },
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/inboxes/:id/mails",
    summary: "Hand over a raw mail (message/rfc822), as mail services do by webhook",
    params: inboxParams,
    body: RAW_BODY,
    maxBody: MAX_MAIL_BYTES,
    responses: { 202: z.object({ id: idSchema, duplicate: z.boolean() }) },
    errors: ["empty_message", "payload_too_large"],
    async handler({ ctx, viewer, params: { id }, req, res }) {
      const inbox = await addressedInbox(ctx, viewer.workspaceId, id);
      const raw = await readBytes(req, res, MAX_MAIL_BYTES);
      if (raw.length === 0) throw new AppError("empty_message");
      const { record, duplicate } = await storeMail(ctx, { inbox, mail: { raw, via: "webhook" } });
      return { id: record._id.toHexString(), duplicate };
    },
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/conversations/:id/messages/:messageId/original",
    summary: "The message as its writer designed it; pictures from elsewhere only with images=1",
    params: messageParams,
    query: z.object({ images: z.enum(["0", "1"]).optional() }),
    responses: { 200: "file" },
    async handler({ ctx, viewer, params: { id, messageId }, query, locale, res }) {
      const remoteImages = query.images === "1";
      const shown = await showOriginal(ctx, { viewer, conversationId: id, messageId, remoteImages, locale });
      sendDocument(res, shown);
    },
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/conversations/:id/messages/:messageId/original/headers",
    summary: "All headers of the mail",
    params: messageParams,
    responses: { 200: z.array(z.object({ name: z.string(), value: z.string() })) },
    handler: ({ ctx, viewer, params: { id, messageId } }) =>
      originalHeaders(ctx, { viewer, conversationId: id, messageId }),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/conversations/:id/messages/:messageId/original/raw",
    summary: "The mail as it came, to save",
    params: messageParams,
    responses: { 200: "file" },
    async handler({ ctx, viewer, params: { id, messageId }, res }) {
      const raw = await readOriginal(ctx, { viewer, conversationId: id, messageId });
      res
        .set({
          "Content-Type": "message/rfc822",
          "Content-Disposition": `attachment; filename="${messageId}.eml"`,
          "X-Content-Type-Options": "nosniff",
          "Cache-Control": "private, no-store",
        })
        .send(raw);
    },
  }),
];

async function testSmtp(smtp: Parameters<typeof createSender>[0], resolve: CheckHost) {
  const sender = createSender(smtp, { maxConnections: 1, resolve });
  try {
    return await sender.test();
  } finally {
    sender.close();
  }
}

/** A stranger's document: its own policy, nothing kept, shown in frames of the hub alone. */
export function sendDocument(
  res: Response,
  { html, csp, blockedImages }: { html: string; csp: string; blockedImages: number },
): void {
  res
    .set({
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": `${csp}; frame-ancestors 'self'`,
      "X-Frame-Options": "SAMEORIGIN",
      "X-Blocked-Images": String(blockedImages),
      "Cache-Control": "private, no-store",
    })
    .send(html);
}
