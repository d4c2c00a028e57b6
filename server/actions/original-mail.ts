import type { ParsedMail } from "../../channels/email/mail.ts";
import { parseMail } from "../../channels/email/parse.ts";
import { frameCsp, frameDocument, sanitizeMailHtml, textToHtml } from "../../channels/email/sanitize.ts";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { accessConversation } from "../policies/conversations.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findMail, readRawMail } from "./store-mail.ts";

interface Options {
  viewer: Viewer;
  conversationId: string;
  messageId: string;
}

/** The raw mail behind a message, for who may see the conversation. @throws AppError not_found */
export async function readOriginal(_ctx: Context, { viewer, conversationId, messageId }: Options): Promise<Buffer> {
  const conversation = await accessConversation(viewer, conversationId);
  const message = await MessageModel.findOne({
    _id: messageId,
    conversationId: conversation._id,
  }).lean<MessageRecord>();
  const mail = message?.original?.mailId && (await findMail(message.original.mailId));
  if (!mail) throw notFound("original");
  return readRawMail(mail);
}

/** The mail as its writer designed it, as a document that runs nothing, with the policy it must be served under. */
export async function showOriginal(
  ctx: Context,
  options: Options & { remoteImages: boolean; locale: string },
): Promise<{ html: string; csp: string; blockedImages: number }> {
  return documentOf(await parseMail(await readOriginal(ctx, options)), options);
}

/** A mail as such a document. Its own pictures are part of it. */
export function documentOf(
  mail: ParsedMail,
  { remoteImages, locale }: { remoteImages: boolean; locale: string },
): { html: string; csp: string; blockedImages: number } {
  const pictures = new Map(
    mail.files
      .filter((file) => file.cid && /^image\/(?:png|jpeg|gif|webp)$/.test(file.type))
      .map((file) => [file.cid!, file]),
  );
  const { html, blockedImages } = sanitizeMailHtml(mail.html !== "" ? mail.html : `<p>${textToHtml(mail.text)}</p>`, {
    remoteImages,
    cidUrl: (cid) => {
      const file = pictures.get(cid);
      return file && `data:${file.type};base64,${file.content.toString("base64")}`;
    },
  });
  return { html: frameDocument(html, locale), csp: frameCsp(remoteImages), blockedImages };
}

/** All headers of the mail, in order. */
export async function originalHeaders(ctx: Context, options: Options): Promise<{ name: string; value: string }[]> {
  const mail = await parseMail(await readOriginal(ctx, options));
  return mail.headers.map(([name, value]) => ({ name, value }));
}
