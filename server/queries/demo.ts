import type { Context } from "../context.ts";
import { InboxModel, type InboxRecord } from "../models/inbox.ts";
import { WorkspaceModel, type WorkspaceRecord } from "../models/workspace.ts";

/**
 * Which demo pages there are now. Unless DEMO asks for them, they are gone once the hub handles real mail: what people
 * wrote must not stand beside what was made up.
 */
export async function demoPages(ctx: Context): Promise<{ shop: boolean; mailbox: boolean }> {
  const { demo, smtpUrl } = ctx.config;
  const shop = demo === "on" || (demo === "without_mailbox" && smtpUrl === undefined && !(await hasMailbox()));
  return { shop, mailbox: shop && smtpUrl === undefined };
}

/** Whether an inbox fetches or sends mail by a server of the shop's. */
async function hasMailbox(): Promise<boolean> {
  const workspace = await WorkspaceModel.findOne({}).sort({ _id: 1 }).lean<WorkspaceRecord>();
  if (!workspace) return false;
  const inboxes = await InboxModel.find({ workspaceId: workspace._id }).lean<InboxRecord[]>();
  return inboxes.some(({ settings }) => settings.imap !== undefined || settings.smtp !== undefined);
}
