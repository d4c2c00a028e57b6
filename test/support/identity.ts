import { createHmac } from "node:crypto";
import { type JWTPayload, SignJWT } from "jose";
import type { TestApp } from "./app.ts";

/** What the shop signs its customers with. */
export async function identitySecret(app: TestApp, inboxKey = "chat"): Promise<string> {
  const inboxes = await app.call<{ id: string; key: string }[]>("GET", "/inboxes", undefined, app.admin);
  const id = inboxes.body.find(({ key }) => key === inboxKey)?.id;
  return (await app.call<{ secret: string }>("GET", `/inboxes/${id}/identity-secret`, undefined, app.admin)).body
    .secret;
}

/** A token as a shop's own server makes it; `claims` replace what it usually says. */
export function shopToken(secret: string, claims: JWTPayload, now = new Date()): Promise<string> {
  const exp = Math.floor(now.getTime() / 1000) + 3600;
  return new SignJWT({ aud: "parley-widget", exp, ...claims })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(new TextEncoder().encode(secret));
}

/** The form of before: the id alone is signed. */
export function hashIdentity(secret: string, externalId: string, claimed: { name?: string; email?: string } = {}) {
  return { externalId, ...claimed, hash: createHmac("sha256", secret).update(externalId).digest("hex") };
}
