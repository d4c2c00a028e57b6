import { io, type Socket } from "socket.io-client";
import { browserStore } from "../storage.ts";

/**
 * How long the first WebSocket may take. Some proxies never answer the upgrade, and the browser would wait for over a
 * minute; whoever's network is merely slow is served by polling and upgraded from there.
 */
const WEBSOCKET_MS = 4_000;
const POLLING_MS = 20_000;
/** In this tab a WebSocket did not open but polling did: the next page of the shop begins with it. */
const POLLING_FIRST = "parley.polling";

type Options = NonNullable<Parameters<typeof io>[1]>;

/** A buyer's socket: by WebSocket, or by polling where none gets through. */
export function openSocket<S extends Socket>(address: string, options: Options): S {
  const store = browserStore("tab");
  let polling = store.getItem(POLLING_FIRST) !== null;
  const socket = io(address, {
    ...options,
    transports: polling ? ["polling", "websocket"] : ["websocket", "polling"],
    // Where the network refuses a WebSocket at once.
    tryAllTransports: true,
    timeout: polling ? POLLING_MS : WEBSOCKET_MS,
    forceNew: true,
  }) as S;
  const manager = socket.io;
  manager.on("error", (error) => {
    if (polling || error.message !== "timeout") return;
    polling = true;
    manager.opts.transports = ["polling", "websocket"];
    manager.timeout(POLLING_MS);
    manager.once("open", () => store.setItem(POLLING_FIRST, "1"));
  });
  return socket;
}
