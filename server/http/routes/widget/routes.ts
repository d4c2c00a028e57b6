import { z } from "zod";
import { ATTACHMENT_MAX_BYTES, ATTACHMENT_TYPES, attachmentSchema } from "../../../../contract/attachment.ts";
import { localizedTextSchema } from "../../../../contract/common.ts";
import { storeUpload } from "../../../actions/attachments.ts";
import { endSession, liveSession } from "../../../actions/widget-sessions.ts";
import type { Context } from "../../../context.ts";
import { AppError } from "../../../errors.ts";
import { presentAttachment } from "../../../presenters/attachments.ts";
import { findInboxByKey } from "../../../queries/inboxes.ts";
import { findWorkspace } from "../../../queries/workspace.ts";
import type { InboxRecord } from "../../../records.ts";
import { assertEmbeddable, readVisitorToken, uploadOwner, type VisitorClaims } from "../../../visitors.ts";
import { defineRoute, RAW_BODY } from "../../route.ts";
import { readUpload } from "../attachments/files.ts";

const configSchema = z.object({
  inboxKey: z.string(),
  shopName: z.string(),
  accent: z.string(),
  greeting: localizedTextSchema,
  maxLength: z.number().int(),
  attachments: z.object({ types: z.array(z.string()), maxBytes: z.number().int() }),
});

/** Files of one address in ten minutes. */
const UPLOAD_LIMIT = { points: 30, seconds: 600 };

export const widgetRoutes = [
  defineRoute({
    method: "get",
    path: "/widget/config",
    summary: "What the widget needs before it connects",
    auth: "public",
    cors: true,
    query: z.object({ inbox: z.string().max(64) }),
    responses: { 200: configSchema },
    errors: ["unknown_inbox"],
    async handler({ ctx, query, req, res }): Promise<z.output<typeof configSchema>> {
      const inbox = await findInboxByKey(ctx, query.inbox);
      assertEmbeddable(ctx, inbox, req.headers.origin);
      const workspace = await findWorkspace(inbox.workspaceId);
      res.set("Cache-Control", "public, max-age=60");
      return {
        inboxKey: inbox.key,
        shopName: workspace?.name ?? inbox.name,
        accent: inbox.accent,
        greeting: inbox.greeting,
        maxLength: ctx.channels.get(inbox.channel).capabilities.maxLength,
        attachments: { types: [...ATTACHMENT_TYPES], maxBytes: ATTACHMENT_MAX_BYTES },
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/widget/attachments",
    summary: "Upload a file as a shopper, by visitor token; the body is the file",
    auth: "public",
    cors: true,
    limit: UPLOAD_LIMIT,
    query: z.object({ inbox: z.string().max(64), name: z.string().min(1).max(255) }),
    body: RAW_BODY,
    maxBody: ATTACHMENT_MAX_BYTES,
    responses: { 201: attachmentSchema },
    errors: [
      "unknown_inbox",
      "invalid_visitor_token",
      "attachment_too_large",
      "attachment_type_not_allowed",
      "attachment_type_mismatch",
    ],
    async handler({ ctx, query, req }) {
      const inbox = await findInboxByKey(ctx, query.inbox);
      assertEmbeddable(ctx, inbox, req.headers.origin);
      const browser = await browserOf(ctx, inbox, req.headers.authorization);
      const session = await liveSession(ctx, inbox, browser);
      const stored = await storeUpload(ctx, {
        address: req.ip,
        workspaceId: inbox.workspaceId,
        owner: uploadOwner(inbox, session?.key ?? browser.visitorKey),
        name: query.name,
        claimedType: req.headers["content-type"] ?? "",
        bytes: await readUpload(req),
      });
      return presentAttachment(ctx, stored);
    },
  }),
  defineRoute({
    method: "post",
    path: "/widget/logout",
    summary: "End the customer's session that a visitor token names, on all connections of the browser",
    auth: "public",
    cors: true,
    query: z.object({ inbox: z.string().max(64) }),
    responses: { 204: "empty" },
    errors: ["unknown_inbox", "invalid_visitor_token"],
    async handler({ ctx, query, req }) {
      const inbox = await findInboxByKey(ctx, query.inbox);
      assertEmbeddable(ctx, inbox, req.headers.origin);
      const session = await liveSession(ctx, inbox, await browserOf(ctx, inbox, req.headers.authorization));
      if (session) await endSession(ctx, session._id);
    },
  }),
];

/** The browser behind a visitor token. @throws AppError invalid_visitor_token */
async function browserOf(ctx: Context, inbox: InboxRecord, authorization: string | undefined): Promise<VisitorClaims> {
  const token = /^Bearer\s+(\S+)\s*$/i.exec(authorization ?? "")?.[1];
  if (!token) throw new AppError("invalid_visitor_token");
  return readVisitorToken(ctx, inbox, token);
}
