import { z } from "zod";
import type { ErrorBody } from "../../contract/errors.ts";
import type { Context } from "../context.ts";
import { errorBody, toAppError } from "../errors.ts";
import { validationError } from "../validation.ts";

type AnyAck = (result: never) => void;

/** An error for `connect_error`: Socket.IO sends its `data`. */
export function connectError(ctx: Context, error: unknown, locale?: string): Error & { data: ErrorBody } {
  const body = report(ctx, error, locale);
  return Object.assign(new Error(body.message), { data: body });
}

/**
 * Runs a handler and acknowledges its result, or the refusal in the reader's language. An event without an
 * acknowledgement tells its refusal by `problem`.
 */
export async function respond<T extends object>(
  ctx: Context,
  { ack, locale, problem }: { ack?: unknown; locale?: string | undefined; problem?: (error: ErrorBody) => void },
  handler: () => Promise<T>,
): Promise<void> {
  const answer = typeof ack === "function" ? (ack as AnyAck as (result: unknown) => void) : undefined;
  try {
    const result = await handler();
    answer?.({ ok: true, ...result });
  } catch (error) {
    const body = report(ctx, error, locale);
    if (answer) answer({ ok: false, error: body });
    else problem?.(body);
  }
}

/** A payload by its schema. @throws AppError invalid_request, or the code a schema names */
export function parsePayload<T extends z.ZodType>(schema: T, payload: unknown): z.output<T> {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  throw validationError(parsed.error, "payload");
}

function report(ctx: Context, error: unknown, locale: string | undefined): ErrorBody {
  const known = error instanceof z.ZodError ? validationError(error, "payload") : toAppError(error);
  ctx.metrics.errors.inc({ code: known.code, via: "socket" });
  if (known.reported) ctx.log.error({ err: known.cause ?? known }, "a socket event failed");
  return errorBody(known, ctx.translate, locale);
}
