import { z } from "zod";
import type { Connection } from "../integration.ts";
import { PlatformError } from "../integration.ts";

export const ENVIRONMENTS = { production: "https://api.ebay.com", sandbox: "https://api.sandbox.ebay.com" } as const;

export interface EbayAccess {
  environment: keyof typeof ENVIRONMENTS;
  clientId: string;
  clientSecret: string;
  refreshToken: string;
}

const SCOPES = {
  app: "https://api.ebay.com/oauth/api_scope",
  user: "https://api.ebay.com/oauth/api_scope/commerce.message https://api.ebay.com/oauth/api_scope/sell.fulfillment.readonly",
} as const;
/** A token is given up before it ends, so that none ends on its way. */
const EARLY_SECONDS = 120;

const tokenSchema = z.looseObject({ access_token: z.string().min(1), expires_in: z.number() });

/**
 * Calls eBay for the application (`app`) or the seller (`user`). A token that is refused is replaced once.
 * @throws PlatformError
 */
export async function callEbay(
  connection: Connection<EbayAccess>,
  { as, path, body }: { as: keyof typeof SCOPES; path: string; body?: object },
): Promise<unknown> {
  const base = ENVIRONMENTS[connection.settings.environment];
  for (let tries = 0; ; tries += 1) {
    const token = await connection.cached(`token:${as}`, () => newToken(connection, as));
    const { status, json } = await connection.http.request(`${base}${path}`, {
      method: body ? "POST" : "GET",
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/json",
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (status < 300) return json;
    if (status === 401 && tries === 0) {
      await connection.forget(`token:${as}`);
      continue;
    }
    throw new PlatformError(`eBay answered ${status} to ${path.split("?")[0]}`, {
      retry: status === 429 || status >= 500,
    });
  }
}

/** https://developer.ebay.com/api-docs/static/oauth-refresh-token-request.html */
async function newToken(
  { settings, http }: Connection<EbayAccess>,
  as: keyof typeof SCOPES,
): Promise<{ value: string; seconds: number }> {
  const form = new URLSearchParams(
    as === "app"
      ? { grant_type: "client_credentials", scope: SCOPES.app }
      : { grant_type: "refresh_token", refresh_token: settings.refreshToken, scope: SCOPES.user },
  );
  const { status, json } = await http.request(`${ENVIRONMENTS[settings.environment]}/identity/v1/oauth2/token`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${settings.clientId}:${settings.clientSecret}`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: form.toString(),
  });
  const token = tokenSchema.safeParse(json);
  if (status >= 300 || !token.success) {
    throw new PlatformError(`eBay gave no token (${status})`, { retry: status === 429 || status >= 500 });
  }
  return { value: token.data.access_token, seconds: Math.max(1, token.data.expires_in - EARLY_SECONDS) };
}
