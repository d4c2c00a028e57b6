import { randomBytes } from "node:crypto";
import { Types } from "mongoose";
import type { z } from "zod";
import {
  type Action,
  type AutomationFile,
  type createAutomationSchema,
  type Definition,
  definitionSchema,
  type UpdateAutomation,
  type updateAutomationSettingsSchema,
} from "../../contract/automation.ts";
import type { Rule } from "../automation/rules.ts";
import type { Context } from "../context.ts";
import { AppError, invalidRequest, notFound, type RequestIssue } from "../errors.ts";
import {
  AutomationModel,
  AutomationSettingsModel,
  type AutomationSettingsRecord,
  type AutomationVersionRecord,
  KEPT_VERSIONS,
} from "../models/automation.ts";
import { UserModel } from "../models/user.ts";
import { isAllowedUrl } from "../outbound-http.ts";
import type { Viewer } from "../policies/viewer.ts";
import { automationSettings, findAutomation, listAutomations } from "../queries/automations.ts";
import { knownTemplates, listTemplates } from "../queries/templates.ts";
import { validationError } from "../validation.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { createTemplate, updateTemplate } from "./templates.ts";

const MOST = 500;

type Input = z.output<typeof createAutomationSchema>;

/**
 * @throws AppError conflict (there are 500 already), invalid_request (a template or colleague that there is not, a
 * refused address)
 */
export async function createAutomation(
  ctx: Context,
  viewer: Viewer,
  { enabled, ...input }: Input,
  { key }: { key?: string | undefined } = {},
): Promise<Rule> {
  const workspaceId = new Types.ObjectId(viewer.workspaceId);
  if ((await AutomationModel.countDocuments({ workspaceId })) >= MOST) throw new AppError("conflict", { most: MOST });
  const definition = withActionIds(input);
  await requireRight(ctx, viewer.workspaceId, definition);
  const rule = newAutomation(ctx, { workspaceId, definition, enabled, key, by: byOf(viewer) });
  try {
    await AutomationModel.create(rule);
  } catch (error) {
    if (duplicateKeyOf(error)) throw new AppError("conflict", { key });
    throw error;
  }
  await changed(ctx, viewer, rule, ["created"]);
  const { history: _history, ...shown } = rule;
  return shown;
}

/** A rule's document as it is first stored. */
export function newAutomation(
  ctx: Context,
  {
    workspaceId,
    definition,
    enabled,
    key,
    by,
  }: {
    workspaceId: Types.ObjectId;
    definition: Definition;
    enabled: boolean;
    key?: string | undefined;
    by: AutomationVersionRecord["by"];
  },
) {
  const now = ctx.clock.now();
  return {
    _id: new Types.ObjectId(),
    workspaceId,
    ...(key !== undefined && { key }),
    version: 1,
    enabled,
    ...definition,
    failures: 0,
    counters: { triggered: 0, sent: 0, held: 0, cancelled: 0 },
    history: [{ version: 1, at: now, by, fields: ["created"], enabled, definition }],
    createdAt: now,
    updatedAt: now,
    updatedBy: by.name,
  };
}

/**
 * Changes what is given. Every change is a version of its own, with who made it.
 * @param version the one its author saw: another is not changed
 * @throws AppError not_found, version_mismatch, and those of createAutomation
 */
export async function updateAutomation(
  ctx: Context,
  viewer: Viewer,
  { id, change, version }: { id: string; change: UpdateAutomation; version?: number | undefined },
): Promise<Rule> {
  for (;;) {
    const seen = await findAutomation(viewer.workspaceId, id);
    if (version !== undefined && seen.version !== version) throw new AppError("version_mismatch");
    const { enabled = seen.enabled, ...rest } = change;
    const before = definitionFields(seen);
    const parsed = definitionSchema.safeParse({ ...before, ...rest });
    if (!parsed.success) throw validationError(parsed.error, "body");
    const definition = withActionIds(parsed.data);
    const fields = changedFields({ ...before, enabled: seen.enabled }, { ...definition, enabled });
    if (fields.length === 0) return seen;
    if (fields.some((field) => field !== "enabled") || enabled) {
      await requireRight(ctx, viewer.workspaceId, definition);
    }
    const now = ctx.clock.now();
    const by = byOf(viewer);
    const entry = { version: seen.version + 1, at: now, by, fields, enabled, definition };
    const rule = await AutomationModel.findOneAndUpdate(
      { _id: id, workspaceId: viewer.workspaceId, version: seen.version },
      {
        $set: { ...definition, enabled, failures: 0, updatedAt: now, updatedBy: by.name },
        $inc: { version: 1 },
        // Whoever changes it or turns it on has seen why it stopped.
        $unset: { paused: "" },
        $push: { history: { $each: [entry], $slice: -KEPT_VERSIONS } as never },
      },
      { returnDocument: "after", projection: { history: 0 } },
    ).lean<Rule>();
    if (!rule) continue;
    await changed(ctx, viewer, rule, fields);
    return rule;
  }
}

/** Brings an earlier version back, as a new one. @throws AppError not_found, version_mismatch */
export async function restoreAutomation(
  ctx: Context,
  viewer: Viewer,
  { id, version, of }: { id: string; of: number; version?: number | undefined },
): Promise<Rule> {
  const rule = await AutomationModel.findOne({ _id: id, workspaceId: viewer.workspaceId }, { history: 1 }).lean<{
    history: AutomationVersionRecord[];
  }>();
  const entry = rule?.history.find((one) => one.version === of);
  if (!entry) throw notFound("version");
  return updateAutomation(ctx, viewer, { id, change: entry.definition, version });
}

/** What it still had to send is cancelled when its time comes. @throws AppError not_found */
export async function deleteAutomation(ctx: Context, viewer: Viewer, { id }: { id: string }): Promise<void> {
  const rule = await findAutomation(viewer.workspaceId, id);
  await AutomationModel.deleteOne({ _id: id, workspaceId: viewer.workspaceId });
  await changed(ctx, viewer, rule, ["deleted"]);
}

/**
 * Takes a file in: templates by their keys, rules by their keys or else names. New rules are off until somebody turns them on.
 * @throws AppError template_invalid, invalid_request
 */
export async function importAutomations(ctx: Context, viewer: Viewer, file: AutomationFile) {
  const result = { automations: { created: 0, updated: 0 }, templates: { created: 0, updated: 0 } };
  const templates = new Map((await listTemplates(viewer.workspaceId)).map((template) => [template.key, template]));
  for (const { key, ...template } of file.templates) {
    const known = templates.get(key);
    if (known) await updateTemplate(ctx, viewer, { id: known._id.toHexString(), change: template });
    else await createTemplate(ctx, viewer, { key, ...template });
    result.templates[known ? "updated" : "created"] += 1;
  }
  const rules = await listAutomations(viewer.workspaceId);
  for (const { key, enabled: _enabled, ...input } of file.automations) {
    const definition = definitionFields(input);
    const known = rules.find((rule) => (key !== undefined ? rule.key === key : rule.name === definition.name));
    if (known) await updateAutomation(ctx, viewer, { id: known._id.toHexString(), change: definition });
    else await createAutomation(ctx, viewer, { ...definition, enabled: false }, { key });
    result.automations[known ? "updated" : "created"] += 1;
  }
  return result;
}

/** @throws AppError version_mismatch, invalid_request (a refused address) */
export async function updateAutomationSettings(
  ctx: Context,
  viewer: Viewer,
  { change, version }: { change: z.output<typeof updateAutomationSettingsSchema>; version?: number | undefined },
): Promise<AutomationSettingsRecord> {
  const { compensationUrl } = change;
  if (compensationUrl && !isAllowedUrl(compensationUrl, ctx.config.allowNetworks)) {
    throw invalidRequest([{ path: "body.compensationUrl", message: REFUSED_ADDRESS }]);
  }
  const workspaceId = new Types.ObjectId(viewer.workspaceId);
  for (;;) {
    const { _id, ...seen } = await automationSettings(workspaceId);
    if (version !== undefined && seen.version !== version) throw new AppError("version_mismatch");
    const next = { ...seen, ...change, version: seen.version + 1 };
    try {
      const { matchedCount, upsertedCount } = await AutomationSettingsModel.updateOne(
        { _id, version: seen.version },
        { $set: next },
        { upsert: seen.version === 0 },
      );
      if (matchedCount + upsertedCount > 0) return { _id, ...next };
    } catch (error) {
      // Another first change came between.
      if (!duplicateKeyOf(error)) throw error;
    }
  }
}

const REFUSED_ADDRESS = "must be a public http or https address without a password";

/** What the schema can not know: templates, colleagues, addresses. */
async function requireRight(ctx: Context, workspaceId: string, { actions }: Definition): Promise<void> {
  const issues: RequestIssue[] = [];
  const keys = actions.flatMap((action) => (action.type === "send_template" ? [action.template] : []));
  const known = await knownTemplates(workspaceId, keys);
  const ids = new Set<string | undefined>();
  for (const [index, action] of actions.entries()) {
    const path = `body.actions.${index}`;
    if (ids.has(action.id)) issues.push({ path: `${path}.id`, message: "must be another one than that of the others" });
    ids.add(action.id);
    if (action.type === "send_template" && !known.has(action.template)) {
      issues.push({ path: `${path}.template`, message: "must be the key of a template" });
    }
    if (action.type === "webhook" && !isAllowedUrl(action.url, ctx.config.allowNetworks)) {
      issues.push({ path: `${path}.url`, message: REFUSED_ADDRESS });
    }
    if (action.type === "assign") {
      const user = await UserModel.exists({ _id: action.userId, workspaceId, disabled: { $ne: true } });
      if (!user) issues.push({ path: `${path}.userId`, message: "must be a colleague's id" });
    }
  }
  if (issues.length > 0) throw invalidRequest(issues);
}

function withActionIds(definition: Definition): Definition {
  const actions = definition.actions.map(
    (action): Action => ({ ...action, id: action.id ?? randomBytes(6).toString("hex") }),
  );
  return { ...definition, actions };
}

function definitionFields(rule: Definition): Definition {
  const names = Object.keys(definitionSchema.shape) as (keyof Definition)[];
  return Object.fromEntries(names.map((name) => [name, rule[name]])) as unknown as Definition;
}

function changedFields(before: object, after: object): string[] {
  return Object.entries(after)
    .filter(([name, value]) => JSON.stringify(sorted(value)) !== JSON.stringify(sorted((before as never)[name])))
    .map(([name]) => name);
}

/** The same whatever order the fields came in. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}

function byOf({ userId, name }: Viewer): AutomationVersionRecord["by"] {
  return { id: userId, name };
}

async function changed(ctx: Context, viewer: Viewer, rule: Pick<Rule, "_id" | "workspaceId">, fields: string[]) {
  await ctx.rules.refresh();
  const automationId = rule._id.toHexString();
  ctx.bus.emit("automation.changed", { workspaceId: rule.workspaceId.toHexString(), automationId });
  ctx.log.info({ audit: "automation.changed", by: viewer.userId, automationId, fields }, "automation changed");
}
