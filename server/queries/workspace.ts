import type { Types } from "mongoose";
import { type Locale, SOURCE_LOCALE } from "../../contract/locales.ts";
import { WorkspaceModel, type WorkspaceRecord } from "../models/workspace.ts";

/** The language of texts that nobody's own language decides. */
export async function workspaceLocale(id: Types.ObjectId | string): Promise<Locale> {
  const workspace = await WorkspaceModel.findById(id).lean<WorkspaceRecord>();
  return workspace?.locale ?? SOURCE_LOCALE;
}

export async function findWorkspace(id: Types.ObjectId | string): Promise<WorkspaceRecord | null> {
  return WorkspaceModel.findById(id).lean<WorkspaceRecord>();
}

/** What the seller calls the shop. */
export async function workspaceName(id: Types.ObjectId | string): Promise<string> {
  return (await findWorkspace(id))?.name ?? "";
}
