import type { Request, Response } from "express";
import type { Context } from "../context.ts";
import { errorBody } from "../errors.ts";

/**
 * Sends what a generator yields as server-sent events, each as JSON in `data`. What fails before the first event is a plain
 * error with its status; later it is an event `{type: "error", error}`. A client that leaves aborts the work.
 */
export async function sendEvents<Event>(
  { ctx, req, res, locale }: { ctx: Context; req: Request; res: Response; locale: string },
  work: (signal: AbortSignal) => AsyncGenerator<Event>,
): Promise<void> {
  const gone = new AbortController();
  const leave = () => gone.abort();
  res.once("close", leave);
  try {
    const events = work(gone.signal);
    let next = await events.next();
    // `no-transform`: compression would hold small events back.
    res.set({ "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store, no-transform" });
    res.set("X-Accel-Buffering", "no");
    try {
      for (; !next.done && !gone.signal.aborted; next = await events.next()) write(res, next.value);
    } catch (error) {
      if (gone.signal.aborted) return;
      ctx.log.warn({ err: error, path: req.path }, "a stream of events broke off");
      write(res, { type: "error", error: errorBody(error, ctx.translate, locale) });
    }
    await events.return(undefined);
    res.end();
  } finally {
    res.off("close", leave);
  }
}

function write(res: Response, event: unknown): void {
  res.write(`data: ${JSON.stringify(event)}\n\n`);
}
