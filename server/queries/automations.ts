import type { Types } from "mongoose";
import type { Rule } from "../automation/rules.ts";
import { notFound } from "../errors.ts";
import {
  AutomationModel,
  type AutomationRecord,
  AutomationSettingsModel,
  type AutomationSettingsRecord,
  type AutomationVersionRecord,
} from "../models/automation.ts";

type Id = string | Types.ObjectId;

/** The workspace's rules, in the order they were made. */
export async function listAutomations(workspaceId: Id): Promise<Rule[]> {
  return AutomationModel.find({ workspaceId }, { history: 0 }).sort({ _id: 1 }).lean<Rule[]>();
}

/** @throws AppError not_found, also for another workspace's */
export async function findAutomation(workspaceId: Id, id: Id): Promise<Rule> {
  const rule = await AutomationModel.findOne({ _id: id, workspaceId }, { history: 0 }).lean<Rule>();
  if (!rule) throw notFound("automation");
  return rule;
}

/** The latest versions, newest first. @throws AppError not_found */
export async function automationHistory(workspaceId: Id, id: Id): Promise<AutomationVersionRecord[]> {
  const rule = await AutomationModel.findOne({ _id: id, workspaceId }, { history: 1 }).lean<AutomationRecord>();
  if (!rule) throw notFound("automation");
  return rule.history.reverse();
}

/** Messages wait from eight in the evening to nine in the morning, and a buyer gets at most five in a week. */
const DEFAULT_SETTINGS = {
  quietHours: { from: "20:00", to: "09:00" },
  buyerCap: { most: 5, hours: 168 },
  compensationUrl: "",
  version: 0,
};

export async function automationSettings(workspaceId: Types.ObjectId): Promise<AutomationSettingsRecord> {
  const stored = await AutomationSettingsModel.findById(workspaceId).lean<AutomationSettingsRecord>();
  return { ...DEFAULT_SETTINGS, _id: workspaceId, ...stored };
}
