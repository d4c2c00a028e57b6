import type { ErrorBody } from "../../contract/errors.ts";
import {
  type HistoryResult,
  historySchema,
  readSchema,
  typingSchema,
  type WidgetSession,
  widgetAuthSchema,
} from "../../contract/sockets.ts";
import { ensureContact, findContactId, linkVisitor } from "../actions/contacts.ts";
import { markReadByContact } from "../actions/mark-read.ts";
import { currentConversation, receiveMessage } from "../actions/receive-message.ts";
import { clientOf } from "../client-address.ts";
import type { Context } from "../context.ts";
import { isPublic, presentPublicMessage } from "../presenters/messages.ts";
import { findConversation, listMessages } from "../queries/conversations.ts";
import { findInboxByKey } from "../queries/inboxes.ts";
import { addressKey } from "../rate-limits.ts";
import { assertEmbeddable, identifyVisitor, visitorToken } from "../visitors.ts";
import { connectError, parsePayload, respond } from "./refusals.ts";
import { rooms, type WidgetNamespace, type WidgetSocket } from "./server.ts";

/** What one visitor and one address may do. Generous to people, tight to floods. */
export const WIDGET_LIMITS = {
  connect: { points: 120, seconds: 60 },
  message: { points: 20, seconds: 10 },
  read: { points: 60, seconds: 10 },
};

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
      const visitor = await identifyVisitor(ctx, inbox, auth);
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
    if (visitor.key !== visitor.visitorKey) await socket.join(rooms.visitor(inbox.workspaceId, visitor.visitorKey));
    if (known) await socket.join(rooms.contact(known.contactId));
    try {
      socket.emit("session", await sessionOf(ctx, socket));
    } catch (error) {
      ctx.log.error({ err: error }, "a widget session could not be opened");
      socket.disconnect(true);
    }
  });
}

/** Looks up the contact behind the connection; a browser that logs in brings its conversations along. */
async function recognise(ctx: Context, socket: WidgetSocket): Promise<void> {
  const { inbox, visitor, timeZone } = socket.data;
  if (visitor.verified) {
    const contact = await ensureContact(ctx, {
      workspaceId: inbox.workspaceId,
      channel: inbox.channel,
      sender: senderOf(socket),
      verified: true,
      ...(timeZone && { timeZone }),
    });
    await linkVisitor(ctx, { workspaceId: inbox.workspaceId, visitorKey: visitor.visitorKey, customer: contact });
    await know(socket, contact._id, contact.name);
    return;
  }
  const contactId = await findContactId(inbox.workspaceId, inbox.channel, visitor.key);
  if (contactId) await know(socket, contactId, "");
}

async function know(
  socket: WidgetSocket,
  contactId: NonNullable<WidgetSocket["data"]["known"]>["contactId"],
  contactName: string,
): Promise<void> {
  const conversation = await currentConversation(socket.data.inbox.workspaceId, contactId);
  if (conversation) socket.data.known = { contactId, contactName, conversationId: conversation._id };
}

async function sessionOf(ctx: Context, socket: WidgetSocket): Promise<WidgetSession> {
  const { inbox, visitor, known } = socket.data;
  const token = await visitorToken(ctx, inbox, visitor.visitorKey);
  const conversation = known && (await findConversation(known.conversationId));
  if (!conversation) return { visitorToken: token, lastSeq: 0, agentReadSeq: 0, contactReadSeq: 0 };
  return {
    visitorToken: token,
    conversationId: conversation._id.toHexString(),
    lastSeq: conversation.lastSeq,
    agentReadSeq: conversation.agentReadSeq,
    contactReadSeq: conversation.contactReadSeq,
    ...(conversation.assigneeId && { assignee: { name: conversation.assigneeName ?? "" } }),
  };
}

function listen(ctx: Context, socket: WidgetSocket): void {
  const { locale } = socket.data;
  const channel = ctx.channels.get(socket.data.inbox.channel);
  const visitorKey = `${socket.data.inbox.key}:${socket.data.visitor.key}`;
  const problem = (error: ErrorBody) => socket.emit("problem", error);

  socket.on("message:send", (payload, ack) =>
    respond(ctx, { ack, locale, problem }, async () => {
      await ctx.limits.consume("widget-message", visitorKey, ctx.socketLimits.message);
      const inbound = channel.receive({ payload, from: senderOf(socket) });
      const inbox = await findInboxByKey(ctx, socket.data.inbox.key);
      assertEmbeddable(ctx, inbox, socket.handshake.headers.origin);
      const received = await receiveMessage(ctx, {
        inbox,
        inbound,
        verified: socket.data.visitor.verified,
        uploader: socket.data.visitor.visitorKey,
        known: socket.data.known,
        origin: socket.id,
        ...(socket.data.timeZone && { timeZone: socket.data.timeZone }),
      });
      if (!socket.data.known) {
        socket.data.known = received.known;
        // Other tabs of the same browser follow from here on; they learn what this message was by its push.
        const tabs = rooms.visitor(inbox.workspaceId, socket.data.visitor.key);
        socket.nsp.in(tabs).socketsJoin(rooms.contact(received.known.contactId));
      }
      return { message: presentPublicMessage(ctx, received.message) };
    }),
  );

  socket.on("history", (payload, ack) =>
    respond(ctx, { ack, locale }, async (): Promise<HistoryResult> => {
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

  socket.on("read", (payload) =>
    respond(ctx, { locale, problem }, async () => {
      await ctx.limits.consume("widget-read", visitorKey, ctx.socketLimits.read);
      const { seq } = parsePayload(readSchema, payload);
      const { known } = socket.data;
      if (known) await markReadByContact(ctx, { conversationId: known.conversationId, seq });
      return {};
    }),
  );
}

function senderOf(socket: WidgetSocket) {
  const { visitor, locale } = socket.data;
  return {
    key: visitor.key,
    ...(visitor.name !== undefined && { name: visitor.name }),
    ...(visitor.email !== undefined && { email: visitor.email }),
    ...(locale !== undefined && { locale }),
  };
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
