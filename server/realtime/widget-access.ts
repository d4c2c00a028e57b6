import { sessionEnd } from "../actions/widget-sessions.ts";
import type { Context } from "../context.ts";
import { openedByBrowser } from "../queries/visitors.ts";
import { rooms, type WidgetNamespace, type WidgetSocket } from "./server.ts";

/** setTimeout counts in 32 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls back with the rooms whose shoppers may open something else from now on: a session ended, a browser turned out to be a
 * customer, a contact was merged or split. Returns the function that stops it.
 */
export function roomsOfChange(ctx: Context, tell: (rooms: string[]) => void): () => void {
  const browsers = ({ workspaceId, identityKeys }: { workspaceId: string; identityKeys: string[] }) =>
    tell(identityKeys.map((key) => rooms.visitor(workspaceId, key)));
  const stops = [
    ctx.bus.on("widget_sessions.ended", ({ sessionIds }) => tell(sessionIds.map(rooms.session))),
    ctx.bus.on("contact.linked", browsers),
    ctx.bus.on("contact.moved", (move) => {
      browsers(move);
      tell([rooms.contact(move.fromId)]);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Cuts this node's connections in rooms as a network would: clients come back by themselves, and are let in anew. */
export function reopen(widget: WidgetNamespace, names: readonly string[]): void {
  for (const name of names) {
    for (const id of widget.adapter.rooms.get(name) ?? []) {
      const socket = widget.sockets.get(id);
      if (socket) cut(socket);
    }
  }
}

/** Takes a connection's access at once; an answer that is being written still leaves. */
function cut(socket: WidgetSocket): void {
  socket.data.closing = true;
  for (const room of socket.rooms) if (room !== socket.id) void socket.leave(room);
  setImmediate(() => socket.conn.close());
}

/**
 * Whether a connection still is what it was when it was let in. One whose session is over is cut.
 * A session that was renewed by another page goes on.
 * @param anew asks also where nothing has run out
 */
export async function stillLetIn(ctx: Context, socket: WidgetSocket, { anew = false } = {}): Promise<boolean> {
  if (socket.data.closing) return false;
  const { session } = socket.data.visitor;
  if (!session) return !anew || opensTheSame(socket);
  if (!anew && session.until > ctx.clock.now()) return true;
  const until = await sessionEnd(ctx, session.id);
  if (until) session.until = until;
  else cut(socket);
  return until !== undefined;
}

/** Whether a browser that nobody vouched for still opens what it was let in for; it is cut otherwise. */
async function opensTheSame(socket: WidgetSocket): Promise<boolean> {
  const { inbox, visitor, known } = socket.data;
  if (!known) return true;
  const { workspaceId, channel } = inbox;
  const opened = await openedByBrowser({ workspaceId, channel, visitorKey: visitor.visitorKey });
  const same = typeof opened === "object" && opened.contactId.equals(known.contactId);
  if (!same) cut(socket);
  return same;
}

/** Cuts a customer's connection when the session ends, also when nothing is asked on it. */
export function watchSession(ctx: Context, socket: WidgetSocket): void {
  const { session } = socket.data.visitor;
  if (!session) return;
  let timer: NodeJS.Timeout;
  const wait = () => {
    const left = session.until.getTime() - ctx.clock.now().getTime();
    timer = setTimeout(look, Math.min(Math.max(left, 0), LONGEST_TIMER_MS));
    timer.unref();
  };
  const look = () => {
    stillLetIn(ctx, socket)
      .then((still) => still && wait())
      .catch((error: unknown) => {
        ctx.log.error({ err: error }, "a widget session could not be looked at");
        socket.conn.close();
      });
  };
  wait();
  socket.on("disconnect", () => clearTimeout(timer));
}
