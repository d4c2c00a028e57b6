import type { Types } from "mongoose";
import { notFound } from "../errors.ts";
import { TemplateModel, type TemplateRecord } from "../models/template.ts";
import { listAutomations } from "./automations.ts";

type Id = string | Types.ObjectId;

/** The workspace's templates, in the order they were made. */
export async function listTemplates(workspaceId: Id): Promise<TemplateRecord[]> {
  return TemplateModel.find({ workspaceId }).sort({ _id: 1 }).lean<TemplateRecord[]>();
}

/** @throws AppError not_found, also for another workspace's */
export async function findTemplate(workspaceId: Id, id: Id): Promise<TemplateRecord> {
  const template = await TemplateModel.findOne({ _id: id, workspaceId }).lean<TemplateRecord>();
  if (!template) throw notFound("template");
  return template;
}

export async function templateOfKey(workspaceId: Types.ObjectId, key: string): Promise<TemplateRecord | null> {
  return TemplateModel.findOne({ workspaceId, key }).lean<TemplateRecord>();
}

/** Keys of templates that there are, of those given. */
export async function knownTemplates(workspaceId: Id, keys: readonly string[]): Promise<Set<string>> {
  const found = await TemplateModel.find({ workspaceId, key: { $in: keys } }, { key: 1 }).lean<{ key: string }[]>();
  return new Set(found.map(({ key }) => key));
}

/** Which rules send which template, by the template's key. */
export async function templateUsers(workspaceId: Id): Promise<Map<string, { id: string; name: string }[]>> {
  const users = new Map<string, { id: string; name: string }[]>();
  for (const { _id, name, actions } of await listAutomations(workspaceId)) {
    const keys = new Set(actions.flatMap((action) => (action.type === "send_template" ? [action.template] : [])));
    for (const key of keys) users.set(key, [...(users.get(key) ?? []), { id: _id.toHexString(), name }]);
  }
  return users;
}
