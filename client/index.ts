import type { Operations } from "./api.ts";

export type * from "./api.ts";

/** What a call needs beside its name: path parameters, query and body, each where the route has them. */
type Input<Key extends keyof Operations> = Omit<Operations[Key], "response"> & CallOptions;
type Arguments<Key extends keyof Operations> =
  Record<never, never> extends Omit<Operations[Key], "response"> ? [input?: Input<Key>] : [input: Input<Key>];

/** Routes whose answer is a page of a list. */
type Listed = {
  [Key in keyof Operations]: Operations[Key]["response"] extends { items: unknown[]; nextCursor: string | null }
    ? Key
    : never;
}[keyof Operations];
type ItemOf<Key extends Listed> = Operations[Key]["response"] extends { items: (infer Item)[] } ? Item : never;

export interface CallOptions {
  /** Of a POST: makes a repeat get the first answer. One is made up where it is absent, so that tries of one call are one. */
  idempotencyKey?: string;
  /** The version that a change is meant for. */
  version?: number;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

export interface ClientOptions {
  /** Where the hub is, such as https://desk.example.com. */
  url: string;
  /** An API key; without one only open routes answer. */
  apiKey?: string;
  /** Sent with every request, such as a session's cookie or Accept-Language. */
  headers?: Record<string, string>;
  /** How often a call is tried again when the hub is busy or out of reach; 2 when absent. */
  retries?: number;
  fetch?: typeof fetch;
}

/** A refusal. Rely on the code; the message is for people. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: unknown;
  constructor(status: number, { code, message, details }: { code: string; message: string; details?: unknown }) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export interface Client {
  /** Calls a route by its method and path. @throws ApiError, TypeError when the hub can not be reached */
  call<Key extends keyof Operations>(key: Key, ...input: Arguments<Key>): Promise<Operations[Key]["response"]>;
  /** All items of a list, page after page. @throws ApiError */
  all<Key extends Listed>(key: Key, ...input: Arguments<Key>): AsyncGenerator<ItemOf<Key>>;
}

interface AnyInput extends CallOptions {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** A client of the hub's API. Works wherever there is fetch. */
export function createClient({ url, apiKey, headers = {}, retries = 2, fetch: send = fetch }: ClientOptions): Client {
  const base = `${url.replace(/\/$/, "")}/api/v1`;

  async function request(key: string, input: AnyInput): Promise<unknown> {
    const [method = "GET", path = ""] = key.split(" ");
    const raw = isRaw(input.body);
    const init: RequestInit = {
      method,
      headers: {
        ...headers,
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
        ...(input.body !== undefined && !raw && { "content-type": "application/json" }),
        ...(method === "POST" && { "idempotency-key": input.idempotencyKey ?? crypto.randomUUID() }),
        ...(input.version !== undefined && { "if-match": `"${input.version}"` }),
        ...input.headers,
      },
      ...(input.body !== undefined && { body: raw ? (input.body as BodyInit) : JSON.stringify(input.body) }),
      ...(input.signal && { signal: input.signal }),
    };
    // A stream can be sent once; what changes without a key may have happened although nobody heard of it.
    const repeatable = (method === "GET" || method === "POST") && !(input.body instanceof ReadableStream);
    for (let tries = 0; ; tries += 1) {
      const last = !repeatable || tries >= retries;
      let response: Response;
      try {
        response = await send(`${base}${filled(path, input.params)}${queryOf(input.query)}`, init);
      } catch (error) {
        if (last || input.signal?.aborted) throw error;
        await pause(tries);
        continue;
      }
      if ((response.status === 429 || response.status === 503) && !last) {
        await pause(tries, Number(response.headers.get("retry-after")));
        continue;
      }
      return answerOf(response);
    }
  }

  return {
    call: (async (key: string, input: AnyInput = {}) => request(key, input)) as Client["call"],
    all: async function* (key: string, input: AnyInput = {}) {
      let cursor: string | null | undefined = input.query?.cursor as string | undefined;
      do {
        const query = { ...input.query, ...(cursor && { cursor }) };
        const page = (await request(key, { ...input, query })) as { items: unknown[]; nextCursor: string | null };
        yield* page.items;
        cursor = page.nextCursor;
      } while (cursor);
    } as Client["all"],
  };
}

async function answerOf(response: Response): Promise<unknown> {
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  if (!response.ok) {
    const body = isJson ? ((await response.json()) as { error?: { code: string; message: string } }) : {};
    throw new ApiError(response.status, body.error ?? { code: "internal", message: response.statusText });
  }
  if (isJson) return response.json();
  return response.status === 204 || response.headers.get("content-length") === "0" ? undefined : response;
}

function filled(path: string, params: Record<string, unknown> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(String(params[name])));
}

function queryOf(query: Record<string, unknown> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

function isRaw(body: unknown): boolean {
  return (
    typeof body === "string" ||
    body instanceof Blob ||
    body instanceof FormData ||
    body instanceof ReadableStream ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body)
  );
}

async function pause(tries: number, seconds = 0): Promise<void> {
  const growing = FIRST_PAUSE_MS * 2 ** tries * (0.5 + Math.random());
  const wanted = Number.isFinite(seconds) ? seconds * 1_000 : 0;
  await new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST_PAUSE_MS, Math.max(growing, wanted))));
}
