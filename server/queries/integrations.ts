import { Types } from "mongoose";
import type { IntegrationEventState } from "../../contract/integration.ts";
import { AppError, notFound } from "../errors.ts";
import {
  IntegrationEventModel,
  type IntegrationEventRecord,
  IntegrationModel,
  type IntegrationRecord,
} from "../models/integration.ts";

/** The workspace's integrations, in the order they were made. */
export async function listIntegrations(workspaceId: string): Promise<IntegrationRecord[]> {
  return IntegrationModel.find({ workspaceId }).sort({ _id: 1 }).lean<IntegrationRecord[]>();
}

/** @throws AppError not_found, also for another workspace's */
export async function findIntegration(workspaceId: string, id: string): Promise<IntegrationRecord> {
  const integration = await IntegrationModel.findOne({ _id: id, workspaceId }).lean<IntegrationRecord>();
  if (!integration) throw notFound("integration");
  return integration;
}

/** By its id alone, for requests that prove themselves by their signature. */
export async function findEnabledIntegration(id: string | Types.ObjectId): Promise<IntegrationRecord | null> {
  return IntegrationModel.findOne({ _id: id, enabled: true }).lean<IntegrationRecord>();
}

/** How many events wait or could not be taken in, counted to a bound. */
export async function countEvents(integrationId: Types.ObjectId): Promise<{ pending: number; failed: number }> {
  const count = (state: IntegrationEventState) =>
    IntegrationEventModel.countDocuments({ integrationId, state }).limit(1_000);
  const [pending, failed] = await Promise.all([count("pending"), count("failed")]);
  return { pending, failed };
}

/** A page of what a platform sent, newest first. @throws AppError invalid_cursor */
export async function listIntegrationEvents(
  integrationId: Types.ObjectId,
  { cursor, limit, state }: { cursor?: string | undefined; limit: number; state?: IntegrationEventState | undefined },
): Promise<{ items: IntegrationEventRecord[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^[0-9a-f]{24}$/.test(cursor)) throw new AppError("invalid_cursor");
  const rows = await IntegrationEventModel.find({
    integrationId,
    ...(state !== undefined && { state }),
    ...(cursor !== undefined && { _id: { $lt: new Types.ObjectId(cursor) } }),
  })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean<IntegrationEventRecord[]>();
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?._id.toHexString() ?? null) : null };
}
