import { randomBytes } from "node:crypto";
import type { RequestHandler, Response } from "express";
import helmet from "helmet";
import type { Config } from "../../config.ts";

const POLICY = "Content-Security-Policy";
const STYLE_SOURCE = "'self'";

/**
 * Headers of every response. Scripts come from the hub alone, never inline; style elements need the page's nonce
 * (`nonceOf`), since Mantine writes its variables into one. Pictures and films may also be data and blob: what an agent is about to send.
 */
export function securityHeaders(config: Config): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: [STYLE_SOURCE],
        imgSrc: ["'self'", "data:", "blob:"],
        mediaSrc: ["'self'", "blob:"],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        // Mails as their writers designed them, in frames that run nothing.
        frameSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: config.secureCookies ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // Links in the hub carry signatures: they stay with us.
    referrerPolicy: { policy: "same-origin" },
  });
}

/** The nonce of this response's style elements; from the first call on its policy lets them in. */
export function nonceOf(res: Response): string {
  const known: unknown = res.locals.nonce;
  if (typeof known === "string") return known;
  const nonce = randomBytes(16).toString("base64");
  res.locals.nonce = nonce;
  const policy = String(res.getHeader(POLICY) ?? "");
  res.setHeader(POLICY, policy.replace(`style-src ${STYLE_SOURCE}`, `style-src ${STYLE_SOURCE} 'nonce-${nonce}'`));
  return nonce;
}

/** Lets pages of other websites use a response: the widget's files, and pictures shown in it. */
export function allowOtherSites(res: Response): void {
  res.set({ "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin" });
}
