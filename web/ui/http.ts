import type { ErrorBody, ErrorCode } from "../../contract/errors.ts";

/** `network`: no answer came at all; everything else is the server's own code. */
export type ClientErrorCode = ErrorCode | "network";

/** A request that did not succeed. `message` is the server's text, already in the reader's language. */
export class ApiError extends Error {
  readonly code: ClientErrorCode;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly details: unknown;

  constructor(code: ClientErrorCode, message: string, status: number, details?: unknown) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.details = details;
  }

  /** No answer, or one that says "later": the same request may well succeed in a while. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface RequestOptions {
  json?: unknown;
  query?: Query;
  signal?: AbortSignal;
  /** The version that a change is meant for: another one is refused with `version_mismatch`. */
  version?: number;
}

const BASE = "/api/v1";
const unauthenticated = new Set<() => void>();

/** Calls back whenever the server says that the session is over. Returns the unsubscribe function. */
export function onUnauthenticated(listener: () => void): () => void {
  unauthenticated.add(listener);
  return () => unauthenticated.delete(listener);
}

/** Path and query of an API call, without empty parameters. */
export function apiUrl(path: string, query?: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${BASE}${path}?${text}` : `${BASE}${path}`;
}

/** One call to the API; resolves with the JSON body (undefined for 204) and rejects with an ApiError. */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (options.json !== undefined) headers["Content-Type"] = "application/json";
  if (options.version !== undefined) headers["If-Match"] = `"${options.version}"`;
  const language = globalThis.document?.documentElement.lang;
  if (language) headers["Accept-Language"] = language;
  let response: Response;
  try {
    response = await fetch(apiUrl(path, options.query), {
      method,
      headers,
      body: options.json === undefined ? undefined : JSON.stringify(options.json),
      signal: options.signal,
      credentials: "same-origin",
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError("network", "", 0);
  }
  if (response.status === 204) return undefined as T;
  const body = await response.text();
  if (response.ok) return (body ? JSON.parse(body) : undefined) as T;
  throw failure(response.status, body);
}

/**
 * A call that answers with server-sent events, each a JSON object in `data`. Resolves when the answer ends; aborting
 * the signal stops the server's work too.
 */
export async function stream<T>(
  path: string,
  json: unknown,
  onEvent: (event: T) => void,
  signal: AbortSignal,
): Promise<void> {
  const headers: Record<string, string> = { Accept: "text/event-stream", "Content-Type": "application/json" };
  const language = globalThis.document?.documentElement.lang;
  if (language) headers["Accept-Language"] = language;
  try {
    const body = JSON.stringify(json);
    const response = await fetch(apiUrl(path), { method: "POST", headers, body, signal, credentials: "same-origin" });
    if (!response.ok || !response.body) throw failure(response.status, await response.text());
    let rest = "";
    for await (const chunk of chunks(response.body.pipeThrough(new TextDecoderStream()))) {
      const events = (rest + chunk).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        const data = event
          .split("\n")
          .filter((line) => line.startsWith("data:"))
          .map((line) => line.slice("data:".length).trimStart())
          .join("\n");
        if (data) onEvent(JSON.parse(data) as T);
      }
    }
  } catch (error) {
    if (signal.aborted || error instanceof ApiError) throw error;
    throw new ApiError("network", "", 0);
  }
}

/** Not every browser can iterate a stream. */
async function* chunks(body: ReadableStream<string>): AsyncGenerator<string> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** Sends a file with progress (fetch tells nothing about the way up). `onProgress` gets 0 to 1. */
export function upload<T>(
  path: string,
  query: Query,
  file: Blob,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", apiUrl(path, query));
    call.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    call.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    call.onload = () =>
      call.status < 300 ? resolve(JSON.parse(call.responseText) as T) : reject(failure(call.status, call.responseText));
    call.onerror = () => reject(new ApiError("network", "", 0));
    call.onabort = () => reject(new ApiError("network", "", 0));
    signal?.addEventListener("abort", () => call.abort(), { once: true });
    call.send(file);
  });
}

function failure(status: number, body: string): ApiError {
  const error = parseError(body) ?? { code: status >= 500 ? "unavailable" : "internal", message: "" };
  if (error.code === "unauthenticated") for (const listener of unauthenticated) listener();
  return new ApiError(error.code, error.message, status, error.details);
}

function parseError(body: string): ErrorBody | undefined {
  try {
    const parsed = JSON.parse(body) as { error?: ErrorBody };
    return typeof parsed.error?.code === "string" ? parsed.error : undefined;
  } catch {
    // A proxy's HTML page: the status alone has to do.
    return undefined;
  }
}
