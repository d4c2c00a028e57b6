import { isValidObjectId } from "mongoose";
import { notFound } from "../errors.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import type { Viewer } from "./viewer.ts";

/**
 * A conversation the viewer may see: any of their workspace.
 * @throws AppError not_found, also for another workspace's
 */
export async function accessConversation(viewer: Viewer, id: string): Promise<ConversationRecord> {
  if (!isValidObjectId(id)) throw notFound("conversation");
  const conversation = await ConversationModel.findOne({
    _id: id,
    workspaceId: viewer.workspaceId,
  }).lean<ConversationRecord>();
  if (!conversation) throw notFound("conversation");
  return conversation;
}
