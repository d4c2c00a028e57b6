import { z } from "zod";
import { parseMail } from "../../../../channels/email/parse.ts";
import { rawMail } from "../../../../channels/email/send.ts";
import { bareAddress } from "../../../../channels/email/thread.ts";
import { idSchema } from "../../../../contract/common.ts";
import { findLocalMail, listLocalMails } from "../../../actions/mailboxes.ts";
import { documentOf } from "../../../actions/original-mail.ts";
import { inboxesOf, storeMail } from "../../../actions/store-mail.ts";
import type { Context } from "../../../context.ts";
import { AppError, notFound } from "../../../errors.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { demoPages } from "../../../queries/demo.ts";
import type { LocalMailRecord } from "../../../records.ts";
import { defineRoute } from "../../route.ts";
import { sendDocument } from "../mail/routes.ts";

const SHOWN = 200;
/** Ten pictures of a phone, in base64. */
const MAX_BODY = 40 * 1024 * 1024;

const localMailSchema = z.object({
  id: idSchema,
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  at: z.iso.datetime(),
});
const wholeMailSchema = localMailSchema.extend({
  text: z.string(),
  messageId: z.string(),
  references: z.array(z.string()),
  /** Where an answer goes. */
  replyTo: z.string(),
  cc: z.array(z.string()),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  /** By their place in the list, at `/demo/mails/:id/files/:index`. */
  files: z.array(z.object({ name: z.string(), type: z.string(), size: z.number().int() })),
});
const line = z.string().regex(/^[^\r\n]*$/, "must be one line");
const writeSchema = z
  .object({
    from: z.email().max(254),
    name: line.max(100).default(""),
    /** The shop's address, or a mail's `replyTo`. */
    to: z.email().max(254),
    subject: line.max(500).default(""),
    text: z.string().max(20_000),
    attachments: z
      .array(
        z
          .object({
            name: line.min(1).max(150),
            type: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/),
            base64: z.base64().meta({ format: "base64", contentEncoding: "base64" }),
          })
          .strict(),
      )
      .max(10)
      .default([]),
    /** The mail that is answered: its thread goes on. */
    answers: idSchema.optional(),
  })
  .strict();

/** Its mails hold links and codes of buyers. */
const admin = { auth: "user", roles: PERMISSIONS["demo.mailbox"] } as const;

/** The demo mailbox: what the hub would have sent, and a way to write as the buyer. There only while the demo is. */
export const demoMailRoutes = [
  defineRoute({
    method: "get",
    path: "/demo/mails",
    summary: "Mails that would have been sent, newest first",
    ...admin,
    responses: { 200: z.array(localMailSchema) },
    async handler({ ctx }) {
      await requireDemo(ctx);
      return (await listLocalMails(SHOWN)).map(present);
    },
  }),
  defineRoute({
    method: "get",
    path: "/demo/mails/:id",
    summary: "One such mail",
    ...admin,
    params: z.object({ id: idSchema }),
    responses: { 200: wholeMailSchema },
    async handler({ ctx, params: { id } }) {
      const { record, mail } = await load(ctx, id);
      return {
        ...present(record),
        text: mail.text,
        messageId: mail.messageId ?? "",
        references: mail.references,
        replyTo: mail.replyTo[0]?.address ?? record.from,
        cc: mail.cc.map(({ address }) => address),
        headers: mail.headers.map(([name, value]) => ({ name, value })),
        files: mail.files.map(({ name, type, content }) => ({ name, type, size: content.length })),
      };
    },
  }),
  defineRoute({
    method: "get",
    path: "/demo/mails/:id/html",
    summary: "One such mail as its reader would see it",
    ...admin,
    params: z.object({ id: idSchema }),
    responses: { 200: "file" },
    async handler({ ctx, params: { id }, locale, res }) {
      const { mail } = await load(ctx, id);
      sendDocument(res, documentOf(mail, { remoteImages: false, locale }));
    },
  }),
  defineRoute({
    method: "get",
    path: "/demo/mails/:id/files/:index",
    summary: "A file of one such mail, to save",
    ...admin,
    params: z.object({ id: idSchema, index: z.coerce.number().int().min(0).max(1_000) }),
    responses: { 200: "file" },
    async handler({ ctx, params: { id, index }, res }) {
      const file = (await load(ctx, id)).mail.files[index];
      if (!file) throw notFound("attachment");
      // Saved, never shown: whoever wrote it, a browser runs nothing of it.
      res
        .attachment(file.name)
        .set({ "Content-Type": "application/octet-stream", "Cache-Control": "private, no-store" })
        .send(file.content);
    },
  }),
  defineRoute({
    method: "post",
    path: "/demo/mails",
    summary: "Write a mail to the shop as a buyer would",
    ...admin,
    limit: { points: 30, seconds: 60 },
    body: writeSchema,
    maxBody: MAX_BODY,
    responses: { 202: z.object({ id: idSchema }) },
    errors: ["not_found", "unknown_inbox"],
    async handler({ ctx, body }) {
      await requireDemo(ctx);
      const [inbox] = await inboxesOf(ctx, [bareAddress(body.to)]);
      if (!inbox) throw new AppError("unknown_inbox");
      const answered = body.answers ? (await load(ctx, body.answers)).mail : undefined;
      const raw = await rawMail({
        from: { name: body.name, address: body.from },
        to: body.to,
        subject: body.subject,
        text: body.text,
        date: ctx.clock.now(),
        attachments: body.attachments.map(({ name, type, base64 }) => ({
          filename: name,
          contentType: type,
          content: Buffer.from(base64, "base64"),
        })),
        ...(answered?.messageId && {
          inReplyTo: answered.messageId,
          references: [...answered.references, answered.messageId],
        }),
      });
      const { record } = await storeMail(ctx, {
        inbox,
        mail: { raw, mailFrom: body.from, recipients: [body.to], via: "demo" },
      });
      return { id: record._id.toHexString() };
    },
  }),
];

async function requireDemo(ctx: Context): Promise<void> {
  if (!(await demoPages(ctx)).mailbox) throw notFound("page");
}

async function load(ctx: Context, id: string) {
  await requireDemo(ctx);
  const record = await findLocalMail(id);
  if (!record) throw notFound("mail");
  const raw = record.raw as Buffer | { buffer: Uint8Array };
  return { record, mail: await parseMail(Buffer.isBuffer(raw) ? raw : Buffer.from(raw.buffer)) };
}

function present({ _id, from, to, subject, at }: LocalMailRecord) {
  return { id: _id.toHexString(), from, to, subject, at: at.toISOString() };
}
