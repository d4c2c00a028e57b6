import { createAdapter } from "@socket.io/redis-streams-adapter";
import type { Server } from "socket.io";
import { refreshWantedEvents } from "../actions/webhooks.ts";
import type { Context } from "../context.ts";
import type { Events } from "../events/bus.ts";
import type { RedisClient } from "../redis.ts";
import type { AgentNamespace, WidgetNamespace } from "./server.ts";
import { reopen, roomsOfChange } from "./widget-access.ts";

/** Events between nodes, beside what goes to sockets. */
const KNOWLEDGE_CHANGED = "knowledge:changed";
const RULES_CHANGED = "rules:changed";
const WEBHOOKS_CHANGED = "webhooks:changed";
const ACCESS_CHANGED = "access:changed";
const WIDGETS_CHANGED = "widgets:changed";

/** Lets sockets of all nodes on one Redis share rooms. Call before namespaces are used. */
export function shareRooms(io: Server, redis: RedisClient): void {
  io.adapter(createAdapter(redis, { streamName: "parley:sockets", onlyPlaintext: true }));
}

/**
 * Tells the other nodes of what each keeps in memory and this one changed: FAQ entries, so that their bots learn them too, rules,
 * and which events webhooks want; and of logins and keys that may do less than before, so that their connections end there
 * too. Returns the function that stops it.
 */
export function shareChanges(ctx: Context, agent: AgentNamespace): () => void {
  // The typed event maps speak of sockets; between nodes there are these events.
  const nodes = agent as unknown as {
    serverSideEmit(event: string, value: unknown): void;
    on<T>(event: string, listener: (value: T) => void): void;
  };
  nodes.on<string>(KNOWLEDGE_CHANGED, (workspaceId) => {
    ctx.knowledge
      .reload(workspaceId)
      .catch((error) => ctx.log.error({ err: error }, "another node's FAQ could not be read"));
  });
  nodes.on(RULES_CHANGED, () => {
    ctx.rules.refresh().catch((error) => ctx.log.error({ err: error }, "another node's rules could not be read"));
  });
  nodes.on(WEBHOOKS_CHANGED, () => {
    refreshWantedEvents(ctx).catch((error) =>
      ctx.log.error({ err: error }, "another node's webhooks could not be read"),
    );
  });
  nodes.on<Events["access.changed"]>(ACCESS_CHANGED, (change) =>
    ctx.bus.emit("access.changed", { ...change, told: true }),
  );
  const tell = (workspaceId: string) => nodes.serverSideEmit(KNOWLEDGE_CHANGED, workspaceId);
  const stops = [
    ctx.bus.on("access.changed", (change) => {
      if (!change.told) nodes.serverSideEmit(ACCESS_CHANGED, change);
    }),
    ctx.bus.on("faq.saved", ({ faq }) => tell(faq.workspaceId.toHexString())),
    ctx.bus.on("faq.deleted", ({ workspaceId }) => tell(workspaceId)),
    ctx.bus.on("faq.imported", ({ workspaceId }) => tell(workspaceId)),
    ctx.bus.on("automation.changed", ({ workspaceId }) => nodes.serverSideEmit(RULES_CHANGED, workspaceId)),
    ctx.bus.on("webhook.changed", ({ webhookId }) => nodes.serverSideEmit(WEBHOOKS_CHANGED, webhookId)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Has the other nodes look anew at shoppers' connections that open something else from now on. Returns the function that stops it. */
export function shareWidgetAccess(ctx: Context, widget: WidgetNamespace): () => void {
  const nodes = widget as unknown as {
    serverSideEmit(event: string, rooms: string[]): void;
    on(event: string, listener: (rooms: string[]) => void): void;
  };
  nodes.on(WIDGETS_CHANGED, (rooms) => reopen(widget, rooms));
  return roomsOfChange(ctx, (rooms) => nodes.serverSideEmit(WIDGETS_CHANGED, rooms));
}
