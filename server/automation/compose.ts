import type { Reason } from "../../contract/automation.ts";
import type { CompensationRecord } from "../models/compensation.ts";
import { templateOfKey } from "../queries/templates.ts";
import type { Facts } from "./facts.ts";
import { type Message, pickText, renderMessage } from "./render.ts";
import type { Target } from "./target.ts";
import { scopeOf } from "./variables.ts";
import { timeZoneOf } from "./zones.ts";

type Credit = Pick<CompensationRecord, "amount" | "currency" | "state"> | undefined;

export type Composed =
  | { message: Message; locale: string; subject?: string | undefined }
  | { reason: Reason; detail?: string };

/** What a credit's state lets a message say: what is not done yet is not told. */
const TOLD = { credited: "credited", recorded: "recorded", paid: "credited", awaiting: "awaiting" } as const;

/** A template filled in for a buyer, in their language and as their channel shows it; or why that can not be done. */
export async function compose(
  facts: Facts,
  {
    template: key,
    target,
    proactive,
    credit,
  }: {
    template: string;
    target: Pick<Target, "channel" | "contact" | "conversation">;
    proactive: boolean;
    credit?: Credit;
  },
): Promise<Composed> {
  const { channel, conversation } = target;
  const { html = false, threads = false, maxLength } = channel.capabilities;
  const [template, workspace, order, contact, message, wanted, back] = await Promise.all([
    templateOfKey(facts.subject.workspaceId, key),
    facts.workspace(),
    facts.order(),
    facts.contact(),
    facts.message(),
    facts.locale(),
    facts.back(),
  ]);
  const picked = template && pickText(template, wanted ?? workspace?.locale, channel.name);
  if (!picked) return { reason: "template_missing", detail: key };
  const told = credit && credit.state in TOLD ? TOLD[credit.state as keyof typeof TOLD] : undefined;
  const own = conversation ?? (await facts.conversation()) ?? undefined;
  const scope = scopeOf({
    shopName: workspace?.name ?? "",
    agentName: own?.assigneeName,
    contact: contact ?? undefined,
    order: order ?? undefined,
    review: facts.subject.review,
    conversation: own,
    message: message ?? undefined,
    compensation: credit && told && { amount: credit.amount, currency: credit.currency, state: told },
    backAt: back ?? undefined,
    now: facts.now,
  });
  const country = order?.buyer.country;
  const fallback = workspace?.businessHours?.timeZone;
  const timeZone = timeZoneOf({ contact: contact ?? undefined, country, fallback });
  const rendered = renderMessage(
    picked.written,
    scope,
    { locale: picked.locale, timeZone },
    { html, subjects: threads },
  );
  if (!rendered.ok) {
    const { kind, detail } = rendered.problem;
    return kind === "missing_variable" ? { reason: "missing_variable", detail } : { reason: "failed", detail };
  }
  // Mails have a link for it.
  const hint = proactive && !channel.addressed ? `\n\n${facts.ctx.translate(picked.locale, "proactive.hint")}` : "";
  const { subject, ...filled } = rendered.message;
  const text = filled.text + hint;
  if (text.length > maxLength) return { reason: "too_long", detail: String(maxLength) };
  if (text.trim() === "") return { reason: "missing_variable", detail: key };
  return { message: { ...filled, text }, locale: picked.locale, subject };
}
