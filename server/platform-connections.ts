import { LRUCache } from "lru-cache";
import type { Types } from "mongoose";
import { type Connection, PlatformError, type PlatformHttp } from "../integrations/integration.ts";
import { openSettings } from "./actions/integrations.ts";
import type { Context } from "./context.ts";
import { OutboundError } from "./outbound-http.ts";
import type { IntegrationRecord } from "./records.ts";
import { decrypt } from "./signing.ts";

const TIMEOUT_MS = 15_000;
const MOST_BYTES = 2 * 1024 * 1024;

/** Tokens and keys of platforms, by integration and version: changed settings ask anew. */
const kept = new LRUCache<string, string>({ max: 1_000 });

/** Where a platform posts to. */
export function integrationUrl(ctx: Context, id: Types.ObjectId): string {
  return `${ctx.address}/api/v1/integrations/${id.toHexString()}/webhook`;
}

/** What an adapter needs of one integration, with the secrets in clear. */
export function connectionOf(ctx: Context, integration: IntegrationRecord): Connection {
  const id = integration._id.toHexString();
  const keyOf = (key: string) => `${id}:${integration.version ?? 0}:${key}`;
  return {
    id,
    secret: integration.secret === "" ? "" : decrypt(ctx.config.secretKey, integration.secret),
    settings: openSettings(ctx, integration),
    url: integrationUrl(ctx, integration._id),
    http: platformHttp(ctx),
    async cached(key, load) {
      const known = kept.get(keyOf(key));
      if (known !== undefined) return known;
      const { value, seconds } = await load();
      kept.set(keyOf(key), value, { ttl: seconds * 1_000 });
      return value;
    },
    async forget(key) {
      kept.delete(keyOf(key));
    },
  };
}

function platformHttp(ctx: Context): PlatformHttp {
  return {
    async request(url, { method = "GET", headers, body }) {
      try {
        const { status, text } = await ctx.outbound.request(url, {
          method,
          ...(headers && { headers }),
          ...(body !== undefined && { body }),
          timeoutMs: TIMEOUT_MS,
          maxBytes: MOST_BYTES,
        });
        return { status, json: jsonOf(text) };
      } catch (error) {
        if (!(error instanceof OutboundError)) throw error;
        throw new PlatformError(`no answer: ${error.reason}`, { retry: true, cause: error });
      }
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
