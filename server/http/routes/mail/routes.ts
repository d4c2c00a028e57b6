import type { Response } from "express";
import { z } from "zod";
import { dkimSchema, imapSchema, securitySchema, smtpSchema } from "../../../../channels/email/config.ts";
import { testImap } from "../../../../channels/email/receive-imap.ts";
import { createSender } from "../../../../channels/email/send.ts";
import { idSchema } from "../../../../contract/common.ts";
import { inboxSchema } from "../../../../contract/settings.ts";
import {
  addressedInbox,
  changedMailbox,
  createMailbox,
  mailboxView,
  updateMailbox,
} from "../../../actions/mailboxes.ts";
import { originalHeaders, readOriginal, showOriginal } from "../../../actions/original-mail.ts";
import { storeMail } from "../../../actions/store-mail.ts";
import { AppError } from "../../../errors.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentInbox } from "../../../presenters/settings.ts";
import { readBytes } from "../../middleware/body.ts";
import { defineRoute, RAW_BODY } from "../../route.ts";

const MAX_MAIL_BYTES = 50 * 1024 * 1024;

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
  addressPattern: z.enum(["plus", "plain"]),
  imap: accountView.extend({ folder: z.string(), pollSeconds: z.number() }).nullable(),
  smtp: accountView.nullable(),
  dkim: z.object({ domain: z.string(), selector: z.string() }).nullable(),
});

const changeSchema = z
  .object({
    senderName: z.string().max(100),
    signature: z.string().max(2_000),
    addressPattern: z.enum(["plus", "plain"]),
    imap: imapSchema.extend({ password: z.string().max(1_000).optional() }).nullable(),
    smtp: smtpSchema.extend({ password: z.string().max(1_000).optional() }).nullable(),
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
    summary: "Add a mailbox: an inbox with an address of its own",
    body: z.object({ name: z.string().min(1).max(100), address: z.email().max(254) }).strict(),
    responses: { 201: inboxSchema },
    errors: ["conflict"],
    handler: async ({ ctx, viewer, body }) =>
      presentInbox(ctx.channels, await createMailbox(ctx, { workspaceId: viewer.workspaceId, ...body })),
  }),
  defineRoute({
    ...edit,
    method: "get",
    path: "/inboxes/:id/mailbox",
    summary: "How a mailbox receives and sends; passwords and keys are not shown",
    params: inboxParams,
    responses: { 200: mailboxViewSchema },
    handler: async ({ ctx, viewer, params: { id } }) =>
      mailboxView(ctx, await addressedInbox(ctx, viewer.workspaceId, id)),
  }),
  defineRoute({
    ...edit,
    method: "patch",
    path: "/inboxes/:id/mailbox",
    summary: "Change how a mailbox receives and sends; a password that is left out stays, null removes a section",
    params: inboxParams,
    body: changeSchema,
    responses: { 200: mailboxViewSchema },
    handler: async ({ ctx, viewer, params: { id }, body }) =>
      mailboxView(ctx, await updateMailbox(ctx, { workspaceId: viewer.workspaceId, id, change: body })),
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
      const found = body.which === "imap" ? imap && (await testImap(imap)) : smtp && (await testSmtp(smtp));
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
      const { record, duplicate } = await storeMail(ctx, { inbox, mail: { raw } });
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

async function testSmtp(smtp: Parameters<typeof createSender>[0]) {
  const sender = createSender(smtp, { maxConnections: 1 });
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
