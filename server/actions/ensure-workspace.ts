import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Types } from "mongoose";
import { z } from "zod";
import { DEFAULT_THRESHOLD } from "../../contract/bot.ts";
import { faqInputSchema } from "../../contract/faq.ts";
import { LOCALES, type Localized, SOURCE_LOCALE } from "../../contract/locales.ts";
import type { ChannelName } from "../../contract/message.ts";
import type { Context } from "../context.ts";
import { assertStrongPassword, hashPassword, newOneTimePassword } from "../credentials.ts";
import { ConversationModel, PRIORITY_RANKS } from "../models/conversation.ts";
import { InboxModel } from "../models/inbox.ts";
import { UserModel } from "../models/user.ts";
import { WorkspaceModel, type WorkspaceRecord } from "../models/workspace.ts";
import { encrypt } from "../signing.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { ensureAutomations } from "./ensure-automations.ts";
import { importFaqs } from "./faqs.ts";
import { newSecret } from "./inboxes.ts";

const FAQ_DIRECTORY = join(import.meta.dirname, "..", "..", "templates", "faq");
const DEFAULT_ADMIN = "admin@parley.localhost";
/** The first workspace's id is fixed, so that two nodes that start at once on an empty database agree on it. */
const FIRST_WORKSPACE = new Types.ObjectId("000000000000000000000001");

export interface FirstStart {
  workspaceId: string;
  /** Set when the admin was made just now; the password only when it was not given by ADMIN_PASSWORD. */
  admin?: { email: string; password?: string };
}

/**
 * Makes what an empty database needs: workspace, one inbox for each channel, sample FAQ, an admin. What is there
 * stays as it is; what a crash left out is added by the next start.
 */
export async function ensureWorkspace(ctx: Context): Promise<FirstStart> {
  const now = ctx.clock.now();
  const existing = await WorkspaceModel.findById(FIRST_WORKSPACE).lean<WorkspaceRecord>();
  if (!existing) await seedFaq(ctx, FIRST_WORKSPACE);
  await WorkspaceModel.updateOne(
    { _id: FIRST_WORKSPACE },
    { $setOnInsert: { name: "Parley", locale: SOURCE_LOCALE, createdAt: now } },
    { upsert: true },
  );
  for (const channel of ctx.channels.names()) await ensureInbox(ctx, FIRST_WORKSPACE, channel);
  await ensureAutomations(ctx, FIRST_WORKSPACE);
  await rankConversations(FIRST_WORKSPACE);
  const admin = await ensureAdmin(ctx, FIRST_WORKSPACE);
  return { workspaceId: FIRST_WORKSPACE.toHexString(), ...(admin && { admin }) };
}

/** Conversations from before they had a priority are of the usual one: without a rank they would sort before all. */
async function rankConversations(workspaceId: Types.ObjectId): Promise<void> {
  await ConversationModel.updateMany(
    { workspaceId, active: { $in: [true, false] }, priorityRank: null },
    { $set: { priorityRank: PRIORITY_RANKS.normal } },
  );
}

async function ensureInbox(ctx: Context, workspaceId: Types.ObjectId, channel: ChannelName): Promise<void> {
  if (await InboxModel.exists({ workspaceId, channel })) return;
  try {
    await InboxModel.create({
      _id: new Types.ObjectId(),
      workspaceId,
      key: channel,
      channel,
      name: ctx.translate(SOURCE_LOCALE, `inboxes.${channel}`),
      enabled: true,
      greeting: greetings(ctx),
      bot: { mode: "auto", threshold: DEFAULT_THRESHOLD },
      accent: "#4F46E5",
      allowedOrigins: [],
      identitySecret: encrypt(ctx.config.secretKey, newSecret()),
      settings: {},
      createdAt: ctx.clock.now(),
      ...(ctx.channels.get(channel).addressed && { address: `support@${ctx.config.mailDomain}` }),
    });
  } catch (error) {
    if (!duplicateKeyOf(error)) throw error;
  }
}

async function ensureAdmin(ctx: Context, workspaceId: Types.ObjectId): Promise<FirstStart["admin"]> {
  if (await UserModel.exists({ workspaceId, role: "admin" })) return undefined;
  const email = (ctx.config.admin.email ?? DEFAULT_ADMIN).toLowerCase();
  const given = ctx.config.admin.password;
  if (given !== undefined) {
    await assertStrongPassword(given, [email]).catch(() => {
      throw new Error("ADMIN_PASSWORD is easy to guess: choose one that is no common password, pattern or address");
    });
  }
  const password = given ?? newOneTimePassword();
  try {
    await UserModel.create({
      _id: new Types.ObjectId(),
      workspaceId,
      name: "Admin",
      email,
      role: "admin",
      disabled: false,
      passwordHash: await hashPassword(password),
      mustChangePassword: given === undefined,
      createdAt: ctx.clock.now(),
    });
  } catch (error) {
    if (duplicateKeyOf(error)) return undefined;
    throw error;
  }
  return { email, ...(given === undefined && { password }) };
}

async function seedFaq(ctx: Context, workspaceId: Types.ObjectId): Promise<void> {
  const entries = readdirSync(FAQ_DIRECTORY)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(FAQ_DIRECTORY, name), "utf8")) as unknown);
  await importFaqs(ctx, { workspaceId, entries: z.array(faqInputSchema).parse(entries) });
}

function greetings(ctx: Context): Localized {
  return Object.fromEntries(LOCALES.map((locale) => [locale, ctx.translate(locale, "greeting")]));
}
