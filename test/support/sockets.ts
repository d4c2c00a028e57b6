import { io, type Socket } from "socket.io-client";
import type { ErrorBody } from "../../contract/errors.ts";
import type {
  AgentClientEvents,
  AgentServerEvents,
  WidgetAuth,
  WidgetClientEvents,
  WidgetServerEvents,
  WidgetSession,
} from "../../contract/sockets.ts";
import type { Credentials } from "./app.ts";

export type WidgetClient = Socket<WidgetServerEvents, WidgetClientEvents>;
export type AgentClient = Socket<AgentServerEvents, AgentClientEvents>;

/** A shopper's connection; resolves with its session, rejects with the refusal's body. */
export async function connectWidget(
  url: string,
  auth: Partial<WidgetAuth> = {},
  extraHeaders: Record<string, string> = {},
  transports: ("websocket" | "polling")[] = ["websocket"],
): Promise<{ socket: WidgetClient; session: WidgetSession }> {
  const socket: WidgetClient = io(`${url}/widget`, {
    auth: { inboxKey: "chat", locale: "en", ...auth },
    transports,
    forceNew: true,
    reconnection: false,
    extraHeaders,
  });
  const session = await new Promise<WidgetSession>((resolve, reject) => {
    socket.once("session", resolve);
    socket.once("connect_error", (error) => {
      socket.disconnect();
      reject((error as Error & { data?: ErrorBody }).data ?? error);
    });
  });
  return { socket, session };
}

/** An agent's connection. */
export async function connectAgent(url: string, as: Credentials): Promise<AgentClient> {
  const socket: AgentClient = io(`${url}/agent`, {
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    ...("cookie" in as ? { extraHeaders: { cookie: as.cookie } } : { auth: { apiKey: as.key } }),
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", (error) => reject((error as Error & { data?: ErrorBody }).data ?? error));
  });
  return socket;
}

/** The next event of a socket that a condition accepts. */
export function nextEvent<T>(
  socket: WidgetClient | AgentClient,
  event: string,
  accepts: (value: T) => boolean = () => true,
): Promise<T> {
  const untyped = socket as unknown as Socket;
  return new Promise((resolve) => {
    const listener = (value: T) => {
      if (!accepts(value)) return;
      untyped.off(event, listener);
      resolve(value);
    };
    untyped.on(event, listener);
  });
}
