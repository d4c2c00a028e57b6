import { Types } from "mongoose";
import type { z } from "zod";
import type { TemplateInput, updateTemplateSchema } from "../../contract/template.ts";
import { checkTexts } from "../automation/render.ts";
import type { Context } from "../context.ts";
import { AppError, invalidRequest, notFound } from "../errors.ts";
import { TemplateModel, type TemplateRecord } from "../models/template.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findTemplate, templateUsers } from "../queries/templates.ts";
import { duplicateKeyOf } from "./append-message.ts";

const MOST = 500;

/**
 * @throws AppError conflict (the key is taken, or there are 500), template_invalid with details.problems
 */
export async function createTemplate(ctx: Context, viewer: Viewer, input: TemplateInput): Promise<TemplateRecord> {
  requireRight(input);
  const workspaceId = new Types.ObjectId(viewer.workspaceId);
  if ((await TemplateModel.countDocuments({ workspaceId })) >= MOST) throw new AppError("conflict", { most: MOST });
  const now = ctx.clock.now();
  const template: TemplateRecord = {
    _id: new Types.ObjectId(),
    workspaceId,
    ...input,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  try {
    await TemplateModel.create(template);
  } catch (error) {
    if (duplicateKeyOf(error)) throw new AppError("conflict", { key: input.key });
    throw error;
  }
  return template;
}

/**
 * Changes what is given; `texts` replaces all of them.
 * @param version the one its author saw: another is not changed
 * @throws AppError not_found, version_mismatch, template_invalid, invalid_request (no text in the fallback language)
 */
export async function updateTemplate(
  ctx: Context,
  viewer: Viewer,
  { id, change, version }: { id: string; change: z.output<typeof updateTemplateSchema>; version?: number | undefined },
): Promise<TemplateRecord> {
  for (;;) {
    const seen = await findTemplate(viewer.workspaceId, id);
    if (version !== undefined && seen.version !== version) throw new AppError("version_mismatch");
    const next = { ...seen, ...change };
    requireRight(next);
    if (!next.texts[next.fallback]) {
      throw invalidRequest([{ path: "body.texts", message: "must have a text in the fallback language" }]);
    }
    const template = await TemplateModel.findOneAndUpdate(
      { _id: id, workspaceId: viewer.workspaceId, version: seen.version },
      { $set: { ...change, updatedAt: ctx.clock.now() }, $inc: { version: 1 } },
      { returnDocument: "after" },
    ).lean<TemplateRecord>();
    if (template) return template;
  }
}

/** @throws AppError not_found, conflict with details.usedBy while a rule sends it */
export async function deleteTemplate(_ctx: Context, viewer: Viewer, { id }: { id: string }): Promise<void> {
  const { key } = await findTemplate(viewer.workspaceId, id);
  const usedBy = (await templateUsers(viewer.workspaceId)).get(key);
  if (usedBy) throw new AppError("conflict", { usedBy });
  const { deletedCount } = await TemplateModel.deleteOne({ _id: id, workspaceId: viewer.workspaceId });
  if (deletedCount === 0) throw notFound("template");
}

/** A text that can not be filled in is never stored. @throws AppError template_invalid */
function requireRight(template: Pick<TemplateInput, "texts">): void {
  const problems = checkTexts(template);
  if (problems.length > 0) throw new AppError("template_invalid", { problems: problems.slice(0, 50) });
}
