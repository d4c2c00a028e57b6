import type { RequestHandler, Response } from "express";
import { signedLinkSchema } from "../../contract/buyer.ts";
import { BUYER_COOKIE, buyerSessionToken, readBuyerLink, readSignedLink } from "../actions/buyer-links.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { BuyerClaims } from "../policies/buyer.ts";
import { addressKey, type RateLimit } from "../rate-limits.ts";

/** Links that one address may open: a family behind one router, not a search for signatures. */
const OPENING_LIMIT: RateLimit = { points: 60, seconds: 60 };

/**
 * Opens a link to the message centre: sets the buyer's cookie and goes on to the page without what was signed, so that
 * it stands neither in the address bar nor in the history. A link that is no longer good leads to the page that says so.
 */
export function openMessageCentre(ctx: Context): RequestHandler {
  return async (req, res, next) => {
    const { token, signature } = req.query;
    if (token === undefined && signature === undefined) return next();
    await ctx.limits.consume("buyer-link", addressKey(req.ip), OPENING_LIMIT);
    res.set({ "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" });
    try {
      const claims = typeof token === "string" ? await readBuyerLink(ctx, token) : await signedClaims(ctx, req.query);
      await setBuyerCookie(ctx, res, claims);
      res.redirect(303, claims.locale ? `/messages?lang=${claims.locale}` : "/messages");
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "link_expired") throw error;
      res.redirect(303, "/messages/expired");
    }
  };
}

async function signedClaims(ctx: Context, query: unknown): Promise<BuyerClaims> {
  const link = signedLinkSchema.safeParse(query);
  if (!link.success) throw new AppError("link_expired");
  return readSignedLink(ctx, link.data);
}

async function setBuyerCookie(ctx: Context, res: Response, claims: BuyerClaims): Promise<void> {
  const { token, maxAge } = await buyerSessionToken(ctx, claims);
  res.cookie(BUYER_COOKIE, token, { ...buyerCookie(ctx), maxAge });
}

/** Strict: the page itself needs no cookie, and what it then asks for comes from the hub's own page. */
export function buyerCookie(ctx: Context) {
  return { httpOnly: true, sameSite: "strict", secure: ctx.config.secureCookies, path: "/" } as const;
}
