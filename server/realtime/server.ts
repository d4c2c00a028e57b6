import { type DefaultEventsMap, type Namespace, Server, type Socket } from "socket.io";
import type {
  AgentClientEvents,
  AgentServerEvents,
  WidgetClientEvents,
  WidgetServerEvents,
} from "../../contract/sockets.ts";
import type { KnownSender } from "../actions/receive-message.ts";
import type { Viewer } from "../policies/viewer.ts";
import type { InboxRecord } from "../records.ts";
import type { RedisClient } from "../redis.ts";
import type { Visitor } from "../visitors.ts";
import type { BuyerNamespace } from "./buyer.ts";
import { shareRooms } from "./nodes.ts";

export interface WidgetData {
  inbox: InboxRecord;
  visitor: Visitor;
  locale?: string;
  timeZone?: string;
  /** Whom this connection writes as and where, once that is known. */
  known?: KnownSender;
  typingUntil?: number;
  /** Its access is gone: nothing is done for it any more. */
  closing?: boolean;
  /** When its conversation was last seen to be the present one. */
  lookedAt?: number;
}
export interface AgentData {
  viewer: Viewer;
  watching: Set<string>;
}

export type WidgetNamespace = Namespace<WidgetClientEvents, WidgetServerEvents, DefaultEventsMap, WidgetData>;
export type AgentNamespace = Namespace<AgentClientEvents, AgentServerEvents, DefaultEventsMap, AgentData>;

export type WidgetSocket = Socket<WidgetClientEvents, WidgetServerEvents, DefaultEventsMap, WidgetData>;
export type AgentSocket = Socket<AgentClientEvents, AgentServerEvents, DefaultEventsMap, AgentData>;

/** Rooms, by what they are about. */
export const rooms = {
  workspace: (id: unknown) => `workspace:${id}`,
  conversation: (id: unknown) => `conversation:${id}`,
  contact: (id: unknown) => `contact:${id}`,
  /** Pages of the message centre, by their session, address or customer number. */
  buyer: (id: string) => `buyer:${id}`,
  /** Pages of the message centre that a link opened for one conversation or order. */
  scope: (workspaceId: unknown, scope: string) => `scope:${workspaceId}:${scope}`,
  /** All tabs of a browser, or of a signed-in customer. */
  visitor: (workspaceId: unknown, key: string) => `visitor:${workspaceId}:${key}`,
  /** What a customer's session in a browser has opened. */
  session: (id: string) => `session:${id}`,
};

/** A text of 10,000 characters takes at most 30,000 bytes; the rest is the envelope. */
const MAX_PACKET_BYTES = 64 * 1024;

/**
 * The Socket.IO server, to be attached to an HTTP server after its request handler is set: Socket.IO then answers its
 * own paths and passes the others on. Sockets keep to their namespaces; the default one is closed.
 */
export function createSocketServer(redis?: RedisClient): {
  io: Server;
  widget: WidgetNamespace;
  agent: AgentNamespace;
  buyer: BuyerNamespace;
} {
  const io = new Server({
    serveClient: false,
    maxHttpBufferSize: MAX_PACKET_BYTES,
    pingInterval: 20_000,
    pingTimeout: 20_000,
    // The widget runs on shops' pages; who may use an inbox is checked at its connection.
    cors: { origin: true, credentials: false },
    perMessageDeflate: false,
    httpCompression: false,
    connectTimeout: 10_000,
  });
  if (redis) shareRooms(io, redis);
  io.use((_socket, next) => next(new Error("no such namespace")));
  return {
    io,
    widget: io.of("/widget") as WidgetNamespace,
    agent: io.of("/agent") as AgentNamespace,
    buyer: io.of("/buyer") as BuyerNamespace,
  };
}
