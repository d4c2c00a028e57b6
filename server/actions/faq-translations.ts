import { LOCALES, type Locale } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { FaqModel, type FaqRecord } from "../models/faq.ts";
import { versionFilter } from "../models/version.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findFaq } from "../queries/faqs.ts";
import { workspaceLocale } from "../queries/workspace.ts";
import { asAppError } from "./copilot.ts";

/** Ways to ask that are translated; further ones add little. */
const QUESTIONS = 10;

interface Options {
  viewer: Viewer;
  id: string;
}

/**
 * Translates an entry into languages as drafts, which a person approves before the bot knows them.
 * @throws AppError not_found, conflict (it has no answer), model_required, budget_spent, model_failed
 */
export async function translateFaq(
  ctx: Context,
  { viewer, id, to, from, signal }: Options & { to: Locale[]; from?: Locale | undefined; signal: AbortSignal },
): Promise<FaqRecord> {
  requirePermission(viewer, "faqs.edit");
  const faq = await findFaq(viewer.workspaceId, id);
  const own = await workspaceLocale(viewer.workspaceId);
  const source = [from, own, ...LOCALES].find((locale) => locale && faq.answers[locale]?.trim());
  if (!source) throw new AppError("conflict", { faq: "no_answer" });
  const texts = [faq.answers[source]!, ...(faq.questions[source] ?? []).slice(0, QUESTIONS)];
  const bot = await ctx.knowledge.botFor(viewer.workspaceId);
  let latest = faq;
  for (const locale of new Set(to)) {
    if (locale === source) continue;
    try {
      const [answer, ...questions] = await bot.translate({ texts, to: locale, signal });
      latest = await keepDraft(ctx, { viewer, id }, locale, {
        answer: answer?.text ?? texts[0]!,
        questions: questions.map((each, at) => each?.text ?? texts[at + 1]!),
        ...(answer && { model: answer.model }),
      });
    } catch (error) {
      throw asAppError(error);
    }
  }
  return latest;
}

async function keepDraft(
  ctx: Context,
  { viewer, id }: Options,
  locale: Locale,
  draft: { answer: string; questions: string[]; model?: string },
): Promise<FaqRecord> {
  const faq = await FaqModel.findOneAndUpdate(
    { _id: id, workspaceId: viewer.workspaceId },
    { $set: { [`drafts.${locale}`]: { ...draft, createdAt: ctx.clock.now() } }, $inc: { version: 1 } },
    { returnDocument: "after" },
  ).lean<FaqRecord>();
  if (!faq) throw notFound("faq");
  return faq;
}

/** Makes a draft part of the entry, as it is or edited. @throws AppError not_found, draft_gone, version_mismatch */
export async function approveFaqDraft(
  ctx: Context,
  {
    viewer,
    id,
    locale,
    edit,
    version,
  }: Options & {
    locale: Locale;
    edit: { questions?: string[] | undefined; answer?: string | undefined };
    version?: number | undefined;
  },
): Promise<FaqRecord> {
  requirePermission(viewer, "faqs.edit");
  const { drafts } = await findFaq(viewer.workspaceId, id);
  const draft = drafts?.[locale];
  if (!draft) throw new AppError("draft_gone");
  const faq = await FaqModel.findOneAndUpdate(
    { _id: id, workspaceId: viewer.workspaceId, ...versionFilter(version) },
    {
      $set: {
        [`questions.${locale}`]: edit.questions ?? draft.questions,
        [`answers.${locale}`]: edit.answer ?? draft.answer,
        updatedAt: ctx.clock.now(),
      },
      $unset: { [`drafts.${locale}`]: "" },
      $inc: { version: 1 },
    },
    { returnDocument: "after" },
  ).lean<FaqRecord>();
  if (!faq) throw new AppError("version_mismatch");
  ctx.bus.emit("faq.saved", { faq });
  return faq;
}

/** @throws AppError not_found */
export async function discardFaqDraft(
  _ctx: Context,
  { viewer, id, locale }: Options & { locale: Locale },
): Promise<FaqRecord> {
  requirePermission(viewer, "faqs.edit");
  const faq = await FaqModel.findOneAndUpdate(
    { _id: id, workspaceId: viewer.workspaceId },
    { $unset: { [`drafts.${locale}`]: "" }, $inc: { version: 1 } },
    { returnDocument: "after" },
  ).lean<FaqRecord>();
  if (!faq) throw notFound("faq");
  return faq;
}
