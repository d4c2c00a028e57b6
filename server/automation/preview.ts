import { Types } from "mongoose";
import type { z } from "zod";
import type { MessagePreview } from "../../channels/channel.ts";
import type { previewTemplateSchema, TemplatePreview, TemplateProblem } from "../../contract/template.ts";
import type { Context } from "../context.ts";
import { findContact } from "../queries/contacts.ts";
import { inboxOfChannel } from "../queries/inboxes.ts";
import { findOrder } from "../queries/orders.ts";
import { findTemplate } from "../queries/templates.ts";
import { workspaceName } from "../queries/workspace.ts";
import { type Message, pickText, renderMessage, type Texts } from "./render.ts";
import { exampleKnown, type Known, scopeOf } from "./variables.ts";
import { timeZoneOf } from "./zones.ts";

type Input = z.output<typeof previewTemplateSchema>;

/**
 * A template as a buyer would read it, with a real order or a made-up one. What can not be filled in is told in `problems`.
 * @throws AppError not_found
 */
export async function previewTemplate(
  ctx: Context,
  workspaceId: string,
  { templateId, texts, fallback, locale, channel, orderId }: Input,
): Promise<TemplatePreview> {
  const stored = templateId !== undefined ? await findTemplate(workspaceId, templateId) : undefined;
  const template: Texts = { texts: texts ?? stored?.texts ?? {}, fallback: fallback ?? stored?.fallback ?? locale };
  const known = await knownFor(ctx, workspaceId, orderId);
  const { html, threads, maxLength } = ctx.channels.get(channel).capabilities;
  const picked = pickText(template, locale, channel);
  const empty = { locale, channel, text: "", length: 0, maxLength };
  if (!picked) {
    const problem = { part: "text", kind: "missing_variable", detail: locale } as const;
    return { ...empty, problems: [problem] };
  }
  const reader = {
    locale: picked.locale,
    timeZone: timeZoneOf({ contact: known.contact, country: known.order?.buyer.country }),
  };
  const rendered = renderMessage(picked.written, scopeOf(known), reader, { html, subjects: threads ?? false });
  const place = { locale: picked.locale, channel };
  if (!rendered.ok) return { ...empty, locale: picked.locale, problems: [{ ...place, ...rendered.problem }] };
  const { subject, text }: Message = rendered.message;
  const mail = await mailOf(ctx, workspaceId, { channel, locale: picked.locale, known, message: rendered.message });
  const problems: TemplateProblem[] = [];
  if (text.length > maxLength) problems.push({ ...place, part: "text", kind: "too_long", detail: String(maxLength) });
  return {
    locale: picked.locale,
    channel,
    text,
    length: text.length,
    maxLength,
    problems,
    ...(subject !== undefined && { subject }),
    ...mail,
  };
}

/** The message in the form that its channel gives it, where it has one of its own. */
async function mailOf(
  ctx: Context,
  workspaceId: string,
  { channel: name, locale, known, message }: { known: Known; message: Message } & Pick<Input, "channel" | "locale">,
): Promise<MessagePreview | undefined> {
  const channel = ctx.channels.get(name);
  const inbox = channel.preview && (await inboxOfChannel(new Types.ObjectId(workspaceId), name));
  if (!inbox) return undefined;
  const nobody = "0".repeat(24);
  const { contact, order } = known;
  const email = contact?.email ?? order?.buyer.email;
  return channel.preview?.({
    id: nobody,
    conversationId: nobody,
    seq: 1,
    ...message,
    attachments: [],
    automatic: true,
    locale,
    unsubscribeUrl: "#",
    inbox: {
      id: inbox._id.toHexString(),
      key: inbox.key,
      name: inbox.name,
      settings: inbox.settings,
      ...(inbox.address && { address: inbox.address }),
    },
    to: { contactId: nobody, name: contact?.name ?? "", ...(email && { email }) },
  });
}

async function knownFor(ctx: Context, workspaceId: string, orderId: string | undefined): Promise<Known> {
  const now = ctx.clock.now();
  const shopName = await workspaceName(workspaceId);
  if (orderId === undefined) return exampleKnown(now, shopName);
  const order = await findOrder(workspaceId, orderId);
  const contact = order.contactId && (await findContact(workspaceId, order.contactId.toHexString()));
  // What an order does not tell stays an example, so that only what this order lacks is reported as missing.
  const { agentName, review, message, conversation, compensation, backAt } = exampleKnown(now, shopName);
  return { shopName, agentName, review, message, conversation, compensation, backAt, now, order, contact };
}
