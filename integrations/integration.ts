import type { z } from "zod";
import type { InsiteMessage } from "../contract/insite.ts";
import type { PlatformInfo, RefusalCode } from "../contract/integration.ts";
import type { ReportedOrderEvent } from "../contract/order.ts";

/** A platform's request as it came in. */
export interface PlatformRequest {
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  /** The body byte for byte: signatures are over these bytes. */
  rawBody: Buffer;
  now: Date;
}

/** What a genuine request is. */
export interface Delivery {
  /** The platform's id of the delivery or event: counts once. */
  deliveryId: string;
  topic: string;
}

export class Refusal extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode, options?: { cause?: unknown }) {
    super(code, options);
    this.name = "Refusal";
    this.code = code;
  }
}

/** An order event whose order may be named by what people call it. */
export interface PlatformOrderEvent extends ReportedOrderEvent {
  /** The number that stands in `orderId`, after the prefix: an order that is called so is meant. */
  byNumber?: string;
}

/** What a delivery tells, in the hub's form. */
export interface Mapped {
  orders: PlatformOrderEvent[];
  messages: InsiteMessage[];
}

/** The platform's answers, fetched with what the seller allowed. */
export interface PlatformHttp {
  /** JSON of an answer. @throws PlatformError */
  request(
    url: string,
    options: { method?: "GET" | "POST"; headers?: Record<string, string>; body?: string },
  ): Promise<{ status: number; json: unknown }>;
}

/** Why the platform does not do what it was asked: texts are under `failures.<reason>` in `server.json`. */
export type PlatformProblem = "platform_unreachable" | "platform_refused" | "platform_text_only" | "platform_too_long";

/** Something the platform does not do now; `retry`: it may later. */
export class PlatformError extends Error {
  readonly retry: boolean;
  readonly reason: PlatformProblem;
  constructor(
    message: string,
    { retry, reason, cause }: { retry: boolean; reason?: PlatformProblem; cause?: unknown },
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "PlatformError";
    this.retry = retry;
    this.reason = reason ?? (retry ? "platform_unreachable" : "platform_refused");
  }
}

/** What an adapter works with for one connected shop or account. */
export interface Connection<Settings = unknown> {
  /** The integration's id. */
  id: string;
  /** Verifies what the platform sends. */
  secret: string;
  settings: Settings;
  /** Where the platform posts to. */
  url: string;
  http: PlatformHttp;
  /** Things that are fetched once and kept for a while, such as tokens and public keys. */
  cached(key: string, load: () => Promise<{ value: string; seconds: number }>): Promise<string>;
  /** Something that was kept is no good any more. */
  forget(key: string): Promise<void>;
}

/** A reply on its way to the platform. */
export interface PlatformReply {
  /** The hub's id of the message. */
  id: string;
  /** The platform's thread. */
  threadId: string;
  text: string;
  attachments: number;
}

/** A platform: how its requests are proven genuine, and what they tell. One folder each. */
export interface Integration<Settings = unknown> {
  info: PlatformInfo;
  settings: z.ZodType<Settings>;
  /** What stands before its ids of buyers; empty where they are the shop's own. None where it names no buyers. */
  source?(settings: Settings): string;
  /** What a new connection is to put there, where nothing is chosen and the platform itself has nothing. */
  newSource?(settings: Settings): string;
  /** Proves a request genuine. @throws Refusal */
  verify(request: PlatformRequest, connection: Connection<Settings>): Promise<Delivery> | Delivery;
  /** What a delivery tells; undefined for a topic that is of no use here. @throws PlatformError, ZodError */
  map(
    delivery: Delivery,
    payload: unknown,
    connection: Connection<Settings>,
  ): Promise<Mapped | undefined> | Mapped | undefined;
  /** The answer to a platform that makes sure that the address is ours. Undefined when it asks for nothing of the kind. */
  handshake?(query: Readonly<Record<string, unknown>>, connection: Connection<Settings>): object | undefined;
  /** Hands a reply over. @throws PlatformError */
  send?(reply: PlatformReply, connection: Connection<Settings>): Promise<void>;
}
