import type { Request, RequestHandler } from "express";
import { signedLinkSchema, tokenLinkSchema } from "../../contract/buyer.ts";
import { type OpenedLink, readBuyerLink, readSignedLink } from "../actions/buyer-links.ts";
import { isRevoked } from "../actions/buyer-revocations.ts";
import { BUYER_COOKIE, openBuyerSession } from "../actions/buyer-sessions.ts";
import { readTokenLink } from "../actions/shop-links.ts";
import type { Context } from "../context.ts";
import { tokenHash } from "../credentials.ts";
import { AppError } from "../errors.ts";
import { addressKey, type RateLimit } from "../rate-limits.ts";

/** Links that one address may open: a family behind one router, not a search for signatures. */
const OPENING_LIMIT: RateLimit = { points: 60, seconds: 60 };

/**
 * Opens a link to the message centre: sets the buyer's cookie and goes on to the page without what was signed, so that
 * it stands neither in the address bar nor in the history. A link that is no longer good leads to the page that says so.
 */
export function openMessageCentre(ctx: Context): RequestHandler {
  return async (req, res, next) => {
    const { token, signature, identity } = req.query;
    if (token === undefined && signature === undefined && identity === undefined) return next();
    await ctx.limits.consume("buyer-link", addressKey(req.ip), OPENING_LIMIT);
    res.set({ "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" });
    try {
      const link = typeof token === "string" ? await readBuyerLink(ctx, token) : await signedLink(ctx, req.query);
      const session = await openBuyerSession(ctx, link, req.headers);
      res.cookie(BUYER_COOKIE, session.token, { ...buyerCookie(ctx, req), maxAge: session.maxAge });
      const { locale, scope } = link.claims;
      const page = scope?.conversationId ? `/messages/t/${scope.conversationId}` : "/messages";
      res.redirect(303, locale ? `${page}?lang=${locale}` : page);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "link_expired") throw error;
      res.redirect(303, "/messages/expired");
    }
  };
}

async function signedLink(ctx: Context, query: unknown): Promise<OpenedLink> {
  const tokenLink = tokenLinkSchema.safeParse(query);
  if (tokenLink.success) return readTokenLink(ctx, tokenLink.data);
  const link = signedLinkSchema.safeParse(query);
  if (!link.success) throw new AppError("link_expired");
  const claims = await readSignedLink(ctx, link.data);
  const hash = tokenHash(link.data.signature.toLowerCase());
  if (await isRevoked(claims, { linkHash: hash })) throw new AppError("link_expired");
  return { claims, hash, expiresAt: new Date(Number(link.data.expires) * 1000) };
}

/** Strict: the page itself needs no cookie, and what it then asks for comes from the hub's own page. */
export function buyerCookie(ctx: Context, { secure }: Pick<Request, "secure">) {
  return { httpOnly: true, sameSite: "strict", secure: ctx.config.secureCookies || secure, path: "/" } as const;
}

/** Lax: it opens nothing by itself, and has to come along when a link in a mail is opened. */
export function deviceCookie(ctx: Context, req: Pick<Request, "secure">) {
  return { ...buyerCookie(ctx, req), sameSite: "lax" } as const;
}
