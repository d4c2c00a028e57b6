import type { IncomingMessage } from "node:http";
import type { DefaultEventsMap, Namespace, Socket } from "socket.io";
import { type BuyerClientEvents, type BuyerServerEvents, buyerAuthSchema } from "../../contract/buyer.ts";
import type { ErrorBody } from "../../contract/errors.ts";
import {
  type HistoryResult,
  historySchema,
  readSchema,
  typingSchema,
  widgetSendSchema,
} from "../../contract/sockets.ts";
import { writeAsBuyer } from "../actions/buyer-messages.ts";
import { subjectsOf } from "../actions/buyer-revocations.ts";
import { authenticateBuyer, type BuyerVisit } from "../actions/buyer-sessions.ts";
import { markReadByContact } from "../actions/mark-read.ts";
import { clientOf, isOwnOrigin } from "../client-address.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { accessBuyerConversation, buyerKey } from "../policies/buyer.ts";
import { isForBuyer } from "../presenters/buyer.ts";
import { presentPublicConversation } from "../presenters/conversations.ts";
import { presentPublicMessage } from "../presenters/messages.ts";
import { listMessages } from "../queries/conversations.ts";
import { addressKey } from "../rate-limits.ts";
import type { ConversationRecord } from "../records.ts";
import { connectError, parsePayload, respond } from "./refusals.ts";
import { rooms } from "./server.ts";

interface BuyerData {
  buyer: BuyerVisit;
  /** The thread that is open; without one the page shows the list. */
  conversationId?: string;
  locale?: string;
}
export type BuyerNamespace = Namespace<BuyerClientEvents, BuyerServerEvents, DefaultEventsMap, BuyerData>;
type BuyerSocket = Socket<BuyerClientEvents, BuyerServerEvents, DefaultEventsMap, BuyerData>;

/** A page that stays open is asked for its cookie again this often: it may have run out, a contact been split. */
const RECHECK_MS = 10 * 60_000;

/** The message centre's side: who has the cookie reads and writes the threads of their own contacts. */
export function serveBuyers(ctx: Context, namespace: BuyerNamespace): () => void {
  namespace.use(async (socket, next) => {
    const given: unknown = socket.handshake.auth.locale;
    const locale = typeof given === "string" ? given : undefined;
    try {
      const { headers } = socket.handshake;
      const { address } = clientOf(ctx.config, socket.request);
      await ctx.limits.consume("buyer-connect", addressKey(address), ctx.socketLimits.connect);
      requireOwnPage(ctx, socket.request);
      const { conversationId } = parsePayload(buyerAuthSchema, socket.handshake.auth);
      const buyer = await authenticateBuyer(ctx, headers);
      if (conversationId) await accessBuyerConversation(buyer, conversationId);
      Object.assign(socket.data, { buyer, ...(conversationId && { conversationId }), ...(locale && { locale }) });
      next();
    } catch (error) {
      next(connectError(ctx, error, locale));
    }
  });

  namespace.on("connection", async (socket) => {
    listen(ctx, socket);
    const { buyer, conversationId } = socket.data;
    const recheck = setInterval(() => socket.conn.close(), RECHECK_MS);
    socket.on("disconnect", () => clearInterval(recheck));
    await socket.join(roomsOf(buyer));
    if (conversationId) await socket.join(rooms.conversation(conversationId));
    try {
      await requireSameBuyer(ctx, socket);
      socket.emit("session", await sessionOf(socket));
    } catch (error) {
      if (!(error instanceof AppError)) ctx.log.error({ err: error }, "a message centre session could not be opened");
      socket.disconnect(true);
    }
  });
  return broadcast(ctx, namespace);
}

/**
 * Asks once more after the page has joined its rooms: who was signed out or split while it was being let in was told nothing.
 * @throws AppError link_expired, conflict
 */
async function requireSameBuyer(ctx: Context, { handshake, data: { buyer } }: BuyerSocket): Promise<void> {
  const idsOf = ({ contactIds }: BuyerVisit) => contactIds.map(String).sort().join();
  if (idsOf(await authenticateBuyer(ctx, handshake.headers)) !== idsOf(buyer)) throw new AppError("conflict");
}

/** Where pages are found that show what belongs to a contact. */
function contactPages(id: string): string {
  return rooms.buyer(`contact:${id}`);
}

/** Where a page hears that a thread of theirs has changed, and that its session has ended or opens something else. */
function roomsOf(buyer: BuyerVisit): string[] {
  const { scope, contactIds, workspaceId, sessionId } = buyer;
  const pages = contactIds.map((id) => contactPages(id.toHexString()));
  const ends = [...[sessionId, ...subjectsOf(buyer)].map(rooms.buyer), ...pages];
  if (!scope) return [...contactIds.map((id) => rooms.contact(id)), ...ends];
  const { conversationId, orderId } = scope;
  return [
    ...(conversationId === undefined ? [] : [rooms.scope(workspaceId, `conversation:${conversationId}`)]),
    ...(orderId === undefined ? [] : [rooms.scope(workspaceId, `order:${orderId}`)]),
    ...ends,
  ];
}

/** Another site's page must not ride on the cookie. */
function requireOwnPage(ctx: Context, request: IncomingMessage): void {
  const { origin } = request.headers;
  if (origin === undefined || isOwnOrigin(ctx.config, request, origin)) return;
  throw new AppError("origin_not_allowed", { origin });
}

async function sessionOf({ data: { buyer, conversationId } }: BuyerSocket) {
  if (!conversationId) return { lastSeq: 0, agentReadSeq: 0, contactReadSeq: 0 };
  const conversation = await accessBuyerConversation(buyer, conversationId);
  const { lastSeq, agentReadSeq, contactReadSeq, assigneeId, assigneeName } = conversation;
  return {
    conversationId,
    lastSeq,
    agentReadSeq,
    contactReadSeq,
    ...(assigneeId && { assignee: { name: assigneeName ?? "" } }),
  };
}

function listen(ctx: Context, socket: BuyerSocket): void {
  const { buyer, locale } = socket.data;
  const key = buyerKey(buyer);
  const problem = (error: ErrorBody) => socket.emit("problem", error);
  /** The open thread, if it still is this buyer's. */
  const thread = async (): Promise<ConversationRecord> => {
    const { conversationId } = socket.data;
    if (!conversationId) throw new AppError("not_found", { resource: "conversation" });
    return accessBuyerConversation(buyer, conversationId);
  };
  const read = () => ctx.limits.consume("buyer-read", key, ctx.socketLimits.read);

  socket.on("message:send", (payload, ack) =>
    respond(ctx, { ack, locale, problem }, async () => {
      await ctx.limits.consume("buyer-message", key, ctx.socketLimits.message);
      const message = parsePayload(widgetSendSchema, payload);
      const { conversationId } = socket.data;
      if (!conversationId) throw new AppError("not_found", { resource: "conversation" });
      const stored = await writeAsBuyer(ctx, { buyer, conversationId, message, origin: socket.id });
      return { message: presentPublicMessage(ctx, stored) };
    }),
  );

  socket.on("history", (payload, ack) =>
    respond(ctx, { ack, locale }, async (): Promise<HistoryResult> => {
      await read();
      const { afterSeq, beforeSeq, limit = 50 } = parsePayload(historySchema, payload);
      const conversation = await thread();
      const page = await listMessages(conversation._id, { afterSeq, beforeSeq, limit }, { publicOnly: true });
      return {
        messages: page.items
          .filter((message) => isForBuyer(message, conversation, buyer.addresses))
          .map((message) => presentPublicMessage(ctx, message)),
        lastSeq: Math.max(conversation.lastSeq, page.items.at(-1)?.seq ?? 0),
        more: page.more,
      };
    }),
  );

  socket.on("typing", (payload) =>
    respond(ctx, { locale, problem }, async () => {
      await read();
      const { on } = parsePayload(typingSchema, payload);
      const { _id, workspaceId } = await thread();
      const ids = { workspaceId: workspaceId.toHexString(), conversationId: _id.toHexString() };
      ctx.bus.emit("contact.typing", { ...ids, on });
      return {};
    }),
  );

  socket.on("read", (payload) =>
    respond(ctx, { locale, problem }, async () => {
      await read();
      const { seq } = parsePayload(readSchema, payload);
      await markReadByContact(ctx, { conversationId: (await thread())._id, seq });
      return {};
    }),
  );
}

/** What happens in a thread, to those who have it open, and that something happened, to the buyer's other pages. */
function broadcast(ctx: Context, namespace: BuyerNamespace): () => void {
  const changed = ({ _id, workspaceId, contactId, orderId }: ConversationRecord) => {
    const id = _id.toHexString();
    const scopes = [`conversation:${id}`, ...(orderId === undefined ? [] : [`order:${orderId}`])];
    const narrow = scopes.map((scope) => rooms.scope(workspaceId, scope));
    namespace.to([rooms.contact(contactId), ...narrow]).emit("threads:changed", { id });
  };
  const unsubscribe = [
    ctx.bus.on("message.created", ({ message, conversation, origin }) => {
      if (!isForBuyer(message, conversation)) return;
      const open = namespace.to(rooms.conversation(conversation._id));
      (origin ? open.except(origin) : open).emit("message:new", presentPublicMessage(ctx, message));
      changed(conversation);
    }),
    ctx.bus.on("message.left", ({ message, conversation }) => {
      if (!isForBuyer(message, conversation)) return;
      namespace.to(rooms.conversation(conversation._id)).emit("message:new", presentPublicMessage(ctx, message));
      changed(conversation);
    }),
    ctx.bus.on("conversation.updated", ({ conversation }) => {
      namespace
        .to(rooms.conversation(conversation._id))
        .emit("conversation:updated", presentPublicConversation(conversation));
      changed(conversation);
    }),
    // On all nodes; the page asks for its cookie to be looked at again, and is refused.
    ctx.bus.on("buyer.signed_out", ({ rooms: ended }) => {
      if (ended.length > 0) namespace.in(ended.map(rooms.buyer)).disconnectSockets(true);
    }),
    // Merged or split: it asks again, and is let in to what is theirs now.
    ctx.bus.on("contact.moved", ({ fromId, toId }) => {
      namespace.in([fromId, toId].map(contactPages)).disconnectSockets(true);
    }),
    ctx.bus.on("bot.typing", ({ conversation, on }) => {
      namespace.to(rooms.conversation(conversation._id)).emit("typing", { on, author: "bot" });
    }),
    ctx.bus.on("user.typing", ({ conversation, name, on }) => {
      namespace.to(rooms.conversation(conversation._id)).emit("typing", { on, author: "user", name });
    }),
  ];
  return () => {
    for (const stop of unsubscribe) stop();
  };
}
