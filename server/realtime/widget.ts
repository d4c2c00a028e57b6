import type { ErrorBody } from "../../contract/errors.ts";
import {
  type HistoryResult,
  historySchema,
  leaveEmailSchema,
  readSchema,
  typingSchema,
  type WidgetSession,
  widgetAuthSchema,
} from "../../contract/sockets.ts";
import { ensureContact, linkVisitor, noteClaims } from "../actions/contacts.ts";
import { leaveEmail } from "../actions/leave-email.ts";
import { markReadByContact } from "../actions/mark-read.ts";
import { currentConversation, isPresent, type KnownSender, receiveMessage } from "../actions/receive-message.ts";
import { endSession, openVisitor } from "../actions/widget-sessions.ts";
import { clientOf } from "../client-address.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { asksForEmail, presentPublicConversation } from "../presenters/conversations.ts";
import { isPublic, presentPublicMessage } from "../presenters/messages.ts";
import { findConversation, listMessages } from "../queries/conversations.ts";
import { findInboxByKey } from "../queries/inboxes.ts";
import { isAway } from "../queries/service.ts";
import { openedByBrowser } from "../queries/visitors.ts";
import { addressKey } from "../rate-limits.ts";
import { assertEmbeddable, newVisitorKey, uploadOwner, visitorToken } from "../visitors.ts";
import { connectError, parsePayload, respond } from "./refusals.ts";
import { rooms, type WidgetNamespace, type WidgetSocket } from "./server.ts";
import { reopen, roomsOfChange, stillLetIn, watchSession } from "./widget-access.ts";

/** What one visitor and one address may do. Generous to people, tight to floods. */
export const WIDGET_LIMITS = {
  connect: { points: 120, seconds: 60 },
  message: { points: 20, seconds: 10 },
  read: { points: 60, seconds: 10 },
};

/** Addresses that one browser may give in an hour, and all browsers of one network. */
const EMAIL_LIMITS = { browser: { points: 5, seconds: 3600 }, address: { points: 30, seconds: 3600 } };
/** A conversation that is this old at most is looked at again before it is written to. */
const LOOK_AGAIN_MS = 3600_000;

/** The shopper's side: proves who it is, then sends and reads messages of its own conversation alone. */
export function serveWidget(ctx: Context, namespace: WidgetNamespace): void {
  namespace.use(async (socket, next) => {
    const locale = typeof socket.handshake.auth.locale === "string" ? socket.handshake.auth.locale : undefined;
    try {
      await ctx.limits.consume(
        "widget-connect",
        addressKey(clientOf(ctx.config, socket.request).address),
        ctx.socketLimits.connect,
      );
      const auth = parsePayload(widgetAuthSchema, socket.handshake.auth);
      const inbox = await findInboxByKey(ctx, auth.inboxKey);
      assertEmbeddable(ctx, inbox, socket.handshake.headers.origin);
      const visitor = await openVisitor(ctx, inbox, auth);
      Object.assign(socket.data, {
        inbox,
        visitor,
        ...(auth.locale && { locale: auth.locale }),
        ...(isTimeZone(auth.timeZone) && { timeZone: auth.timeZone }),
      });
      await recognise(ctx, socket as WidgetSocket);
      next();
    } catch (error) {
      next(connectError(ctx, error, locale));
    }
  });

  namespace.on("connection", async (socket) => {
    // Handlers first: events sent right after connecting must find them.
    listen(ctx, socket);
    const { inbox, visitor, known } = socket.data;
    await socket.join(rooms.visitor(inbox.workspaceId, visitor.key));
    if (visitor.session) await socket.join(rooms.session(visitor.session.id));
    if (known) await socket.join(roomOf(socket, known));
    watchSession(ctx, socket);
    try {
      // Logged out, or in as somebody else, by another page while this one was being let in: nobody told it.
      if (!(await stillLetIn(ctx, socket, { anew: true }))) return;
      socket.emit("session", await sessionOf(ctx, socket));
    } catch (error) {
      ctx.log.error({ err: error }, "a widget session could not be opened");
      socket.disconnect(true);
    }
  });

  roomsOfChange(ctx, (names) => reopen(namespace, names));
}

/** Where a connection hears what is new: a customer of all that is theirs, anybody else of the one conversation. */
function roomOf({ data: { visitor } }: WidgetSocket, known: KnownSender): string {
  return visitor.verified ? rooms.contact(known.contactId) : rooms.conversation(known.conversationId);
}

/** Looks up the contact behind the connection; a browser that logs in brings its conversations along. */
async function recognise(ctx: Context, socket: WidgetSocket): Promise<void> {
  const { inbox, visitor, timeZone } = socket.data;
  if (visitor.verified) {
    const stored = await ensureContact(ctx, {
      workspaceId: inbox.workspaceId,
      channel: inbox.channel,
      sender: senderOf(socket),
      verified: true,
      signedEmail: visitor.email !== undefined,
      ...(timeZone && { timeZone }),
    });
    const contact = await noteClaims(ctx, stored, visitor);
    const { formerKey } = visitor;
    // Only with the login itself: what is written later under the address of before may be somebody else's.
    if (visitor.opened && formerKey !== undefined) {
      await linkVisitor(ctx, { workspaceId: inbox.workspaceId, visitorKey: formerKey, customer: contact });
    }
    const conversation = await currentConversation(inbox.workspaceId, contact._id);
    if (conversation) {
      socket.data.known = { contactId: contact._id, contactName: contact.name, conversationId: conversation._id };
    }
    return;
  }
  const { workspaceId, channel } = inbox;
  const opened = await openedByBrowser({ workspaceId, channel, visitorKey: visitor.visitorKey });
  if (opened === "spent") {
    const visitorKey = newVisitorKey();
    socket.data.visitor = { visitorKey, key: visitorKey, verified: false };
  } else if (opened !== "new") {
    socket.data.known = { contactId: opened.contactId, contactName: "", conversationId: opened._id };
  }
}

async function sessionOf(ctx: Context, socket: WidgetSocket): Promise<WidgetSession> {
  const { inbox, visitor, known } = socket.data;
  const { visitorKey, session } = visitor;
  const who = {
    visitorToken: await visitorToken(ctx, inbox, { visitorKey, ...(session && { sessionId: session.id }) }),
    ...(session && { identifiedUntil: session.until.toISOString() }),
    ...((await isAway(ctx, inbox.workspaceId)) && { away: true }),
  };
  const conversation = known && (await findConversation(known.conversationId));
  if (!conversation) return { ...who, lastSeq: 0, agentReadSeq: 0, contactReadSeq: 0 };
  return {
    ...who,
    conversationId: conversation._id.toHexString(),
    lastSeq: conversation.lastSeq,
    agentReadSeq: conversation.agentReadSeq,
    contactReadSeq: conversation.contactReadSeq,
    status: conversation.status,
    ...(asksForEmail(conversation) && { askEmail: true }),
    ...(conversation.assigneeId && { assignee: { name: conversation.assigneeName ?? "" } }),
  };
}

function listen(ctx: Context, socket: WidgetSocket): void {
  const { locale } = socket.data;
  const channel = ctx.channels.get(socket.data.inbox.channel);
  const visitorKey = `${socket.data.inbox.key}:${socket.data.visitor.key}`;
  const letIn = async () => {
    // The connection is being cut: whoever comes back is told what they may see.
    if (!(await stillLetIn(ctx, socket))) throw new AppError("unavailable");
  };
  const problem = (error: ErrorBody) => socket.emit("problem", error);

  socket.on("message:send", (payload, ack) =>
    respond(ctx, { ack, locale, problem }, async () => {
      await letIn();
      await ctx.limits.consume("widget-message", visitorKey, ctx.socketLimits.message);
      const inbound = channel.receive({ payload, from: senderOf(socket) });
      const inbox = await findInboxByKey(ctx, socket.data.inbox.key);
      assertEmbeddable(ctx, inbox, socket.handshake.headers.origin);
      await leaveOldMatter(ctx, socket);
      const received = await receiveMessage(ctx, {
        inbox,
        inbound,
        verified: socket.data.visitor.verified,
        uploader: uploadersOf(socket),
        own: !socket.data.visitor.verified,
        known: socket.data.known,
        origin: socket.id,
        ...(socket.data.timeZone && { timeZone: socket.data.timeZone }),
      });
      if (!socket.data.known) {
        socket.data.known = received.known;
        // Other tabs of the same browser follow from here on; they learn what this message was by its push.
        const tabs = rooms.visitor(inbox.workspaceId, socket.data.visitor.key);
        socket.nsp.in(tabs).socketsJoin(roomOf(socket, received.known));
        if (inbox.bot.mode === "off") await tellWhere(socket, received.known);
      }
      return { message: presentPublicMessage(ctx, received.message) };
    }),
  );

  socket.on("history", (payload, ack) =>
    respond(ctx, { ack, locale }, async (): Promise<HistoryResult> => {
      await letIn();
      await ctx.limits.consume("widget-read", visitorKey, ctx.socketLimits.read);
      const { afterSeq, beforeSeq, limit = 50 } = parsePayload(historySchema, payload);
      if (!socket.data.known) await recognise(ctx, socket);
      const { known } = socket.data;
      const conversation = known && (await findConversation(known.conversationId));
      if (!conversation) return { messages: [], lastSeq: 0, more: false };
      const page = await listMessages(conversation._id, { afterSeq, beforeSeq, limit }, { publicOnly: true });
      return {
        messages: page.items.filter(isPublic).map((message) => presentPublicMessage(ctx, message)),
        lastSeq: Math.max(conversation.lastSeq, page.items.at(-1)?.seq ?? 0),
        more: page.more,
      };
    }),
  );

  socket.on("typing", (payload) =>
    respond(ctx, { locale, problem }, async () => {
      await letIn();
      await ctx.limits.consume("widget-read", visitorKey, ctx.socketLimits.read);
      const { on } = parsePayload(typingSchema, payload);
      const { known, inbox } = socket.data;
      if (known) {
        ctx.bus.emit("contact.typing", {
          workspaceId: inbox.workspaceId.toHexString(),
          conversationId: known.conversationId.toHexString(),
          on,
        });
      }
      return {};
    }),
  );

  socket.on("logout", (ack) =>
    respond(ctx, { ack, locale, problem }, async () => {
      const { session } = socket.data.visitor;
      if (session) await endSession(ctx, session.id);
      return {};
    }),
  );

  socket.on("email", (payload, ack) =>
    respond(ctx, { ack, locale, problem }, async () => {
      await letIn();
      await ctx.limits.consume("widget-read", visitorKey, ctx.socketLimits.read);
      const { email } = parsePayload(leaveEmailSchema, payload);
      const { known } = socket.data;
      if (!known) throw notFound("conversation");
      if (email !== undefined) {
        const { address } = clientOf(ctx.config, socket.request);
        await ctx.limits.consume("widget-email", visitorKey, EMAIL_LIMITS.browser);
        await ctx.limits.consume("widget-email-address", addressKey(address), EMAIL_LIMITS.address);
      }
      await leaveEmail(ctx, { conversationId: known.conversationId, email });
      return {};
    }),
  );

  socket.on("read", (payload) =>
    respond(ctx, { locale, problem }, async () => {
      await letIn();
      await ctx.limits.consume("widget-read", visitorKey, ctx.socketLimits.read);
      const { seq } = parsePayload(readSchema, payload);
      const { known } = socket.data;
      if (known) await markReadByContact(ctx, { conversationId: known.conversationId, seq });
      return {};
    }),
  );
}

/** What was settled long ago stays as it is: what is written now begins anew. */
async function leaveOldMatter(ctx: Context, { data }: WidgetSocket): Promise<void> {
  const { known, lookedAt = 0 } = data;
  const now = ctx.clock.now().getTime();
  if (!known || now - lookedAt < LOOK_AGAIN_MS) return;
  const conversation = await findConversation(known.conversationId);
  if (conversation && isPresent(ctx, conversation)) data.lookedAt = now;
  else delete data.known;
}

async function tellWhere(socket: WidgetSocket, { conversationId }: KnownSender): Promise<void> {
  const conversation = await findConversation(conversationId);
  if (conversation) socket.emit("conversation:updated", presentPublicConversation(conversation));
}

function senderOf(socket: WidgetSocket) {
  const { visitor, locale } = socket.data;
  return {
    key: visitor.key,
    ...(visitor.name !== undefined && { name: visitor.name }),
    ...(visitor.email !== undefined && { email: visitor.email }),
    ...(visitor.emailHint !== undefined && { emailHint: visitor.emailHint }),
    ...(locale !== undefined && { locale }),
  };
}

/** Under which names the files of a connection's browser were uploaded. */
function uploadersOf({ data: { inbox, visitor } }: WidgetSocket): string[] {
  const { key, visitorKey, formerKey } = visitor;
  return [uploadOwner(inbox, key), visitorKey, ...(formerKey === undefined ? [] : [formerKey])];
}

function isTimeZone(name: string | undefined): boolean {
  if (!name) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
