import { z } from "zod";
import { ATTACHMENT_MAX_BYTES, attachmentSchema } from "../../../../contract/attachment.ts";
import { idSchema } from "../../../../contract/common.ts";
import { openAttachment, storeUpload } from "../../../actions/attachments.ts";
import { notFound } from "../../../errors.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { isAttachmentLink, presentAttachment } from "../../../presenters/attachments.ts";
import { defineRoute, RAW_BODY } from "../../route.ts";
import { readUpload, serveFile } from "./files.ts";

export const attachmentRoutes = [
  defineRoute({
    method: "post",
    path: "/attachments",
    summary: "Upload a file to send with a message; the body is the file",
    auth: "user",
    roles: PERMISSIONS["conversations.reply"],
    query: z.object({ name: z.string().min(1).max(255) }),
    body: RAW_BODY,
    maxBody: ATTACHMENT_MAX_BYTES,
    responses: { 201: attachmentSchema },
    errors: ["empty_message", "attachment_too_large", "attachment_type_not_allowed", "attachment_type_mismatch"],
    async handler({ ctx, viewer, query, req }) {
      const stored = await storeUpload(ctx, {
        address: req.ip,
        workspaceId: viewer.workspaceId,
        owner: `user:${viewer.userId}`,
        name: query.name,
        claimedType: req.headers["content-type"] ?? "",
        bytes: await readUpload(req),
      });
      return presentAttachment(ctx, stored);
    },
  }),
  defineRoute({
    method: "get",
    path: "/attachments/:id",
    summary: "A file of a message, by its signed link",
    auth: "public",
    params: z.object({ id: idSchema }),
    query: z.object({ expires: z.coerce.number().int(), signature: z.string().max(100) }),
    responses: { 200: "file", 206: "file" },
    async handler({ ctx, params, query, req, res }) {
      if (!isAttachmentLink(ctx, { id: params.id, ...query })) throw notFound("attachment");
      const file = await openAttachment(params.id);
      if (!file) throw notFound("attachment");
      await serveFile(req, res, file);
    },
  }),
];
