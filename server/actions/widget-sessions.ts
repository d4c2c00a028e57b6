import { Types } from "mongoose";
import { isNobody } from "../../contract/buyer-id.ts";
import type { WidgetAuth } from "../../contract/sockets.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { InboxRecord } from "../models/inbox.ts";
import { WidgetSessionModel, type WidgetSessionRecord } from "../models/widget-session.ts";
import {
  type IdentityClaims,
  newVisitorKey,
  readIdentity,
  readVisitorToken,
  type Visitor,
  type VisitorClaims,
} from "../visitors.ts";

/** How long a browser is known as a customer's without identifying again. */
export const WIDGET_SESSION_MS = 24 * 3600_000;
/** Identities of an ended session are refused until they have run out by themselves. */
const REMEMBERED_MS = WIDGET_SESSION_MS + 3600_000;
/** Pages that one session is renewed by and that are remembered. */
const MOST_TOKENS = 100;

/**
 * The visitor behind a widget's claims. An identity that the shop signed opens the customer's session or renews it; without
 * one the browser is the customer's while its session lasts, and else somebody unknown.
 * @throws AppError invalid_visitor_token for a forged, expired or other inbox's token, identity_ended for an identity whose
 * session was ended, and those of readIdentity
 */
export async function openVisitor(
  ctx: Context,
  inbox: InboxRecord,
  auth: Pick<WidgetAuth, "visitorToken" | "identity">,
): Promise<Visitor> {
  const browser = auth.visitorToken ? await readVisitorToken(ctx, inbox, auth.visitorToken) : undefined;
  const current = browser && (await liveSession(ctx, inbox, browser));
  if (!auth.identity) return current ? visitorOf(current) : anonymous(browser?.visitorKey);
  const claims = await readIdentity(ctx, inbox, auth.identity);
  if (claims.digest && (await WidgetSessionModel.exists({ tokens: claims.digest, ended: true }))) {
    throw new AppError("identity_ended");
  }
  // What a shop signs for everybody who has no account stands for nobody.
  if (isNobody(claims.externalId)) {
    if (current) await endSession(ctx, current._id);
    return anonymous(browser?.visitorKey);
  }
  if (current?.key === customerKey(claims)) {
    const renewed = await renew(ctx, current, claims);
    if (renewed) return visitorOf(renewed);
  } else if (current) await endSession(ctx, current._id);
  return { ...visitorOf(await open(ctx, { inbox, claims, formerKey: browser?.visitorKey })), opened: true };
}

/** The session that a visitor token names, if it still lasts. */
export async function liveSession(
  ctx: Context,
  inbox: InboxRecord,
  { sessionId, visitorKey }: VisitorClaims,
): Promise<WidgetSessionRecord | undefined> {
  if (sessionId === undefined) return undefined;
  const session = await WidgetSessionModel.findById(sessionId).lean<WidgetSessionRecord>();
  if (!session || session.ended || session.expiresAt <= ctx.clock.now()) return undefined;
  return session.inboxId.equals(inbox._id) && session.visitorKey === visitorKey ? session : undefined;
}

/** Until when a session lasts, as it stands now. Undefined for one that is over. */
export async function sessionEnd(ctx: Context, id: string): Promise<Date | undefined> {
  const session = await WidgetSessionModel.findById(id).lean<WidgetSessionRecord>();
  return session && !session.ended && session.expiresAt > ctx.clock.now() ? session.expiresAt : undefined;
}

/**
 * Ends a session at once, on every connection, with those that other tabs of the browser opened beside it. The tokens that
 * opened them open none again.
 */
export async function endSession(ctx: Context, id: Types.ObjectId | string): Promise<void> {
  const session = await WidgetSessionModel.findById(id).lean<WidgetSessionRecord>();
  if (!session || session.ended) return;
  const { inboxId, key, formerKey } = session;
  const beside = formerKey
    ? await WidgetSessionModel.find({ inboxId, formerKey, key, ended: { $exists: false } }).lean<
        WidgetSessionRecord[]
      >()
    : [];
  await end(ctx, [session, ...beside]);
}

/** Ends a customer's sessions in all browsers. */
export async function endSessionsOfCustomer(
  ctx: Context,
  { workspaceId, externalId }: { workspaceId: Types.ObjectId; externalId: string },
): Promise<void> {
  const key = `customer:${externalId}`;
  const live = { workspaceId, key, ended: { $exists: false } };
  await end(ctx, await WidgetSessionModel.find(live).lean<WidgetSessionRecord[]>());
}

async function end(ctx: Context, sessions: WidgetSessionRecord[]): Promise<void> {
  const sessionIds = [...new Set(sessions.map(({ _id }) => _id.toHexString()))];
  if (sessionIds.length === 0) return;
  const expiresAt = new Date(ctx.clock.now().getTime() + REMEMBERED_MS);
  await WidgetSessionModel.updateMany({ _id: { $in: sessionIds } }, { $set: { ended: true, expiresAt } });
  ctx.bus.emit("widget_sessions.ended", { sessionIds });
}

/** Ends what an inbox's secret has opened. */
export async function endSessionsOfInbox(ctx: Context, inboxId: Types.ObjectId): Promise<void> {
  const sessions = await WidgetSessionModel.find({ inboxId }, { _id: 1 }).lean<WidgetSessionRecord[]>();
  await WidgetSessionModel.deleteMany({ inboxId });
  const sessionIds = sessions.map(({ _id }) => _id.toHexString());
  if (sessionIds.length > 0) ctx.bus.emit("widget_sessions.ended", { sessionIds });
}

/**
 * A session with an address of its own for the browser: whoever has the token of before, from a computer that others use
 * too, is not the customer.
 */
async function open(
  ctx: Context,
  { inbox, claims, formerKey }: { inbox: InboxRecord; claims: IdentityClaims; formerKey: string | undefined },
): Promise<WidgetSessionRecord> {
  const now = ctx.clock.now();
  const session: WidgetSessionRecord = {
    _id: new Types.ObjectId(),
    workspaceId: inbox.workspaceId,
    inboxId: inbox._id,
    visitorKey: newVisitorKey(),
    key: customerKey(claims),
    ...told(claims),
    ...(formerKey !== undefined && { formerKey }),
    tokens: claims.digest ? [claims.digest] : [],
    createdAt: now,
    expiresAt: new Date(now.getTime() + WIDGET_SESSION_MS),
  };
  await WidgetSessionModel.create(session);
  return session;
}

/** Null when it was ended meanwhile. */
async function renew(ctx: Context, { _id, tokens }: WidgetSessionRecord, claims: IdentityClaims) {
  const { digest } = claims;
  const expiresAt = new Date(ctx.clock.now().getTime() + WIDGET_SESSION_MS);
  return WidgetSessionModel.findOneAndUpdate(
    { _id, ended: { $exists: false } },
    {
      $set: { ...told(claims), expiresAt },
      ...(digest && !tokens.includes(digest) && { $push: { tokens: { $each: [digest], $slice: -MOST_TOKENS } } }),
    },
    { returnDocument: "after" },
  ).lean<WidgetSessionRecord>();
}

function customerKey({ externalId }: IdentityClaims): string {
  return `customer:${externalId}`;
}

function told({ name, email, emailHint }: Pick<WidgetSessionRecord, "name" | "email" | "emailHint">) {
  return {
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(emailHint !== undefined && { emailHint }),
  };
}

function visitorOf(session: WidgetSessionRecord): Visitor {
  const { _id, visitorKey, key, formerKey, expiresAt } = session;
  return {
    visitorKey,
    key,
    verified: true,
    session: { id: _id.toHexString(), until: expiresAt },
    ...(formerKey !== undefined && { formerKey }),
    ...told(session),
  };
}

function anonymous(visitorKey = newVisitorKey()): Visitor {
  return { visitorKey, key: visitorKey, verified: false };
}
