import type { z } from "zod";
import { textToHtml } from "../../channels/email/sanitize.ts";
import type { previewTemplateSchema, TemplatePreview, TemplateProblem } from "../../contract/template.ts";
import type { Context } from "../context.ts";
import { findContact } from "../queries/contacts.ts";
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
  const { subject, text, html: rich }: Message = rendered.message;
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
    ...(html && { html: rich ?? textToHtml(text) }),
  };
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
