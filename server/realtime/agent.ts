import type { ErrorBody } from "../../contract/errors.ts";
import { agentReadSchema, agentTypingSchema, unwatchSchema, watchSchema } from "../../contract/sockets.ts";
import { authenticateApiKey, authenticateRequest } from "../actions/authenticate.ts";
import { markReadByAgent } from "../actions/mark-read.ts";
import { clientOf, isOwnOrigin } from "../client-address.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Events } from "../events/bus.ts";
import { accessConversation } from "../policies/conversations.ts";
import { requireScope, requireUnbound } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";
import { presentConversation } from "../presenters/conversations.ts";
import { presentMessage } from "../presenters/messages.ts";
import { listMessages } from "../queries/conversations.ts";
import { addressKey } from "../rate-limits.ts";
import { connectError, parsePayload, respond } from "./refusals.ts";
import { type AgentNamespace, type AgentSocket, rooms } from "./server.ts";

/** How often a connected agent's login is looked at again: a disabled user or a revoked key is out by then. */
const RECHECK_MS = 60_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const WATCH_PAGE = 50;
/** Connections of one address that prove nothing: a search for keys, or a page whose login ran out. */
const FAILED_CONNECTS = { points: 120, seconds: 60 };

/** The agents' side: live lists of the workspace and the conversations they watch. */
export function serveAgents(ctx: Context, namespace: AgentNamespace): void {
  namespace.use(async (socket, next) => {
    const address = addressKey(clientOf(ctx.config, socket.request).address);
    try {
      await ctx.limits.check("agent-connect", address, FAILED_CONNECTS);
      const viewer = await viewerOf(ctx, socket as AgentSocket).catch(async (error: unknown) => {
        await ctx.limits.consume("agent-connect", address, FAILED_CONNECTS);
        throw error;
      });
      Object.assign(socket.data, { viewer, watching: new Set<string>() });
      next();
    } catch (error) {
      next(connectError(ctx, error, socket.handshake.headers["accept-language"]));
    }
  });

  namespace.on("connection", (socket) => {
    socket.join(rooms.workspace(socket.data.viewer.workspaceId));
    listen(ctx, namespace, socket);
    const recheck = setInterval(() => {
      viewerOf(ctx, socket)
        .then(({ role }) => role !== socket.data.viewer.role && reconnect(socket))
        .catch((error) => {
          if (error instanceof AppError) socket.disconnect(true);
        });
    }, RECHECK_MS);
    const { expiresAt } = socket.data.viewer;
    const left = expiresAt && expiresAt.getTime() - ctx.clock.now().getTime();
    // What runs out later than a timer can wait is met by the recheck.
    const end = left !== undefined && left < LONGEST_TIMER_MS ? setTimeout(() => reconnect(socket), left) : undefined;
    socket.on("disconnect", () => {
      clearInterval(recheck);
      clearTimeout(end);
    });
  });

  // On this node at once; on others by their recheck.
  ctx.bus.on("access.changed", (change) => {
    for (const socket of namespace.sockets.values()) if (concerns(change, socket.data.viewer)) reconnect(socket);
  });
}

/** Cuts the connection as a network would: the client comes back by itself, and is let in anew or refused. */
function reconnect(socket: AgentSocket): void {
  socket.conn.close();
}

function concerns(change: Events["access.changed"], viewer: Viewer): boolean {
  if (change.workspaceId !== viewer.workspaceId) return false;
  if (change.apiKeyId) return change.apiKeyId === viewer.apiKeyId;
  if (change.sessionId) return change.sessionId === viewer.sessionId;
  const spared = change.exceptSessionId !== undefined && change.exceptSessionId === viewer.sessionId;
  return change.userId === viewer.userId && !spared;
}

/** By API key, else by the session cookie of one of our own pages: another site's page must not ride on it. */
async function viewerOf(ctx: Context, socket: AgentSocket) {
  const { headers, auth } = socket.handshake;
  if (typeof auth.apiKey === "string") {
    const viewer = await authenticateApiKey(ctx, auth.apiKey);
    if (!viewer) throw new AppError("unauthenticated");
    requireScope(viewer, "conversations:read");
    requireUnbound(viewer);
    return viewer;
  }
  if (headers.origin !== undefined && !isOwnOrigin(ctx.config, socket.request, headers.origin)) {
    throw new AppError("origin_not_allowed", { origin: headers.origin });
  }
  const viewer = await authenticateRequest(ctx, headers);
  if (!viewer) throw new AppError("unauthenticated");
  if (viewer.mustChangePassword) throw new AppError("password_change_required");
  requireScope(viewer, "conversations:read");
  requireUnbound(viewer);
  return viewer;
}

function listen(ctx: Context, namespace: AgentNamespace, socket: AgentSocket): void {
  const { viewer } = socket.data;
  const reader = {
    locale: viewer.locale,
    problem: (error: ErrorBody) => socket.emit("problem", error),
  };

  socket.on("conversation:watch", (payload, ack) =>
    respond(ctx, { ...reader, ack }, async () => {
      const { id, afterSeq } = parsePayload(watchSchema, payload);
      // Join before reading: what comes in between is sent live, and counted once by its id.
      const conversation = await accessConversation(viewer, id);
      await socket.join(rooms.conversation(id));
      socket.data.watching.add(id);
      const page = await listMessages(conversation._id, {
        limit: afterSeq === undefined ? WATCH_PAGE : 200,
        ...(afterSeq !== undefined && { afterSeq }),
      });
      void tellPresence(namespace, id);
      const current = await accessConversation(viewer, id);
      return {
        conversation: presentConversation(current),
        messages: page.items.map((message) => presentMessage(ctx, message)),
        more: page.more,
      };
    }),
  );

  socket.on("conversation:unwatch", (payload) =>
    respond(ctx, reader, async () => {
      const { id } = parsePayload(unwatchSchema, payload);
      await socket.leave(rooms.conversation(id));
      socket.data.watching.delete(id);
      void tellPresence(namespace, id);
      return {};
    }),
  );

  socket.on("typing", (payload) =>
    respond(ctx, reader, async () => {
      const { id, on } = parsePayload(agentTypingSchema, payload);
      const conversation = await accessConversation(viewer, id);
      ctx.bus.emit("user.typing", { conversation, userId: viewer.userId, name: viewer.name, on });
      return {};
    }),
  );

  socket.on("read", (payload) =>
    respond(ctx, reader, async () => {
      const { id, seq } = parsePayload(agentReadSchema, payload);
      const conversation = await accessConversation(viewer, id);
      await markReadByAgent(ctx, { conversation, seq });
      return {};
    }),
  );

  socket.on("disconnecting", () => {
    for (const id of socket.data.watching) void tellPresence(namespace, id, socket.id);
  });
}

/** Tells the viewers of a conversation who they are, each person once. */
async function tellPresence(namespace: AgentNamespace, conversationId: string, leaving?: string): Promise<void> {
  const room = rooms.conversation(conversationId);
  const sockets = await namespace.in(room).fetchSockets();
  const viewers = new Map<string, { id: string; name: string }>();
  for (const { id, data } of sockets) {
    if (id !== leaving) viewers.set(data.viewer.userId, { id: data.viewer.userId, name: data.viewer.name });
  }
  namespace.to(room).emit("presence", { conversationId, viewers: [...viewers.values()] });
}
