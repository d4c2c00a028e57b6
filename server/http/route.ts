import type { Request, Response } from "express";
import type { z } from "zod";
import type { ErrorCode } from "../../contract/errors.ts";
import type { Role } from "../../contract/settings.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Viewer } from "../policies/viewer.ts";
import type { RateLimit } from "../rate-limits.ts";
import { validationError } from "../validation.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** `user`: a login session or an API key. `public`: credentials are not looked at. */
export type Auth = "user" | "public";

/** A body the handler reads from `req` itself, such as an upload. It must bound what it reads. */
export const RAW_BODY = Symbol("raw body");

/** What a status answers with: a schema for JSON, `empty`, or `file` for bytes the handler writes to `res`. */
export type ResponseSpec = z.ZodType | "empty" | "file";

type Optional = z.ZodType | undefined;
type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type SuccessOf<Responses> = {
  // biome-ignore lint/suspicious/noConfusingVoidType: it is a handler's return type, of one that returns nothing.
  [Status in keyof Responses]: Responses[Status] extends z.ZodType ? z.output<Responses[Status]> : void;
}[keyof Responses];

export interface HandlerInput<A extends Auth, Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  viewer: A extends "user" ? Viewer : undefined;
  /** The reader's language: the user's choice, else the nearest to Accept-Language. */
  locale: string;
  req: Request;
  res: Response;
  ctx: Context;
}

export interface RouteSpec<
  A extends Auth,
  Params extends Optional,
  Query extends Optional,
  Body extends Optional | typeof RAW_BODY,
  Responses extends Record<number, ResponseSpec>,
> {
  method: Method;
  /** Under /api/v1, with Express's `:name` for parameters, such as `/conversations/:id/messages`. */
  path: string;
  /** One line for the API's documentation. */
  summary: string;
  auth: A;
  /** Roles that may call it; any when absent. Take them from `policies/roles.ts`. */
  roles?: readonly Role[];
  /** Per address, instead of the API's general limit. Counted before anything else is looked at. */
  limit?: RateLimit;
  /** Any website's script may call it (the widget's own routes). Never with cookies. */
  cors?: true;
  /** A public route that acts on the session cookie itself, and so takes it from the hub's own pages alone. */
  sameOrigin?: true;
  /** An API key that is bound to a platform may call it. */
  bound?: true;
  /** May be used while the one-time password is still in place. */
  whilePasswordExpired?: true;
  params?: Params;
  query?: Query;
  body?: Body;
  /** A body as a partner may send it, for the API's documentation. */
  example?: Body extends z.ZodType ? z.input<Body> : never;
  /** Largest body in bytes; 1 MiB when absent. */
  maxBody?: number;
  /** Success responses by status. The first one is what a handler's result is sent with, unless it sets res.status. */
  responses: Responses;
  /** Fields of the answer that are shown once: a repeat under the same Idempotency-Key gets the answer without them. */
  shownOnce?: readonly string[];
  /** Codes worth naming in the documentation beside the general ones. */
  errors?: readonly ErrorCode[];
  /** Returns what is sent as JSON; nothing, where it wrote to `res` itself or the response is empty. */
  handler: (
    input: HandlerInput<A, Parsed<Params>, Parsed<Query>, Parsed<Body>>,
  ) => Promise<SuccessOf<Responses>> | SuccessOf<Responses>;
}

/** A request as the router hands it to a route: authenticated, its body read, nothing validated. */
export interface RawInput {
  body: unknown;
  viewer: Viewer | undefined;
  locale: string;
  req: Request;
  res: Response;
  ctx: Context;
}

/** A route with its types folded away, ready for the router and the OpenAPI document. */
export interface Route {
  method: Method;
  path: string;
  summary: string;
  auth: Auth;
  roles?: readonly Role[];
  limit?: RateLimit;
  cors: boolean;
  sameOrigin: boolean;
  bound: boolean;
  whilePasswordExpired: boolean;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType | typeof RAW_BODY;
  example?: unknown;
  maxBody: number;
  responses: Record<number, ResponseSpec>;
  shownOnce: readonly string[];
  errors: readonly ErrorCode[];
  /** Validates and calls the handler. */
  run(input: RawInput): Promise<unknown>;
}

/** The scope that an API key with scopes needs for a route, such as `orders:write`. */
export function scopeOf({ method, path }: Pick<Route, "method" | "path">): string {
  return `${path.split("/")[1]}:${method === "get" ? "read" : "write"}`;
}

const DEFAULT_MAX_BODY = 1024 * 1024;

/**
 * Declares one route of the API. The router (`api.ts`) gives all of them the same order:
 * rate limit → auth → validate → handler.
 */
export function defineRoute<
  A extends Auth,
  Responses extends Record<number, ResponseSpec>,
  Params extends Optional = undefined,
  Query extends Optional = undefined,
  Body extends Optional | typeof RAW_BODY = undefined,
>(spec: RouteSpec<A, Params, Query, Body, Responses>): Route {
  return {
    method: spec.method,
    path: spec.path,
    summary: spec.summary,
    auth: spec.auth,
    roles: spec.roles,
    limit: spec.limit,
    cors: spec.cors ?? false,
    sameOrigin: spec.sameOrigin ?? false,
    bound: spec.bound ?? false,
    whilePasswordExpired: spec.whilePasswordExpired ?? false,
    params: spec.params,
    query: spec.query,
    body: spec.body,
    example: spec.example,
    maxBody: spec.maxBody ?? DEFAULT_MAX_BODY,
    responses: spec.responses,
    shownOnce: spec.shownOnce ?? [],
    errors: spec.errors ?? [],
    async run(input) {
      const { req, res, ctx, locale } = input;
      return await spec.handler({
        // A path with a malformed id names nothing: that is a 404, not a complaint about its form.
        params: parse(spec.params, req.params, "params", "not_found") as Parsed<Params>,
        query: parse(spec.query, req.query, "query") as Parsed<Query>,
        body: parse(spec.body === RAW_BODY ? undefined : spec.body, input.body, "body") as Parsed<Body>,
        viewer: input.viewer as A extends "user" ? Viewer : undefined,
        locale,
        req,
        res,
        ctx,
      });
    },
  };
}

function parse(schema: z.ZodType | undefined, value: unknown, place: string, code?: ErrorCode): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (code) throw new AppError(code);
  throw validationError(parsed.error, place);
}
