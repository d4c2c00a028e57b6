import { Types } from "mongoose";
import { readDefaultRules, standardTemplates } from "../automation/defaults.ts";
import type { Context } from "../context.ts";
import { AutomationModel, AutomationSettingsModel, type AutomationSettingsRecord } from "../models/automation.ts";
import { TemplateModel } from "../models/template.ts";
import { workspaceLocale } from "../queries/workspace.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { newAutomation } from "./automations.ts";

/**
 * Gives a workspace the rules and templates that Parley comes with, each once: what the seller deleted stays away, and what
 * a later release brings is added. Rules that begin to write to buyers are off until somebody turns them on.
 */
export async function ensureAutomations(ctx: Context, workspaceId: Types.ObjectId): Promise<void> {
  const settings = await AutomationSettingsModel.findById(workspaceId).lean<AutomationSettingsRecord>();
  const given = new Set(settings?.given ?? []);
  const templates = [...standardTemplates().values()].filter(({ key }) => !given.has(`template:${key}`));
  const rules = readDefaultRules().filter(({ key }) => !given.has(`rule:${key}`));
  if (templates.length + rules.length === 0) return;
  const locale = await workspaceLocale(workspaceId);
  const now = ctx.clock.now();
  for (const template of templates) {
    const name = ctx.translate(locale, `automations:messages.${template.key}`);
    await once(() =>
      TemplateModel.create({
        _id: new Types.ObjectId(),
        workspaceId,
        ...template,
        name,
        version: 1,
        createdAt: now,
        updatedAt: now,
      }),
    );
  }
  for (const { key, enabled, ...rule } of rules) {
    const name = ctx.translate(locale, `automations:defaults.${key}.name`);
    const description = ctx.translate(locale, `automations:defaults.${key}.description`);
    const definition = { ...rule, name, description };
    await once(() =>
      AutomationModel.create(newAutomation(ctx, { workspaceId, definition, enabled, key, by: { name: "Parley" } })),
    );
  }
  const keys = [...templates.map(({ key }) => `template:${key}`), ...rules.map(({ key }) => `rule:${key}`)];
  await AutomationSettingsModel.updateOne(
    { _id: workspaceId },
    { $addToSet: { given: { $each: keys } } },
    { upsert: true },
  );
}

/** Another node, or a start that ended early, may have made it already. */
async function once(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!duplicateKeyOf(error)) throw error;
  }
}
