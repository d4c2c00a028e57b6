import { parseCookie } from "cookie";
import type { CookieOptions, Request } from "express";
import { changePasswordSchema, loginSchema, sessionSchema } from "../../../../contract/settings.ts";
import { sessionTokenOf } from "../../../actions/authenticate.ts";
import { changePassword, currentSession, KNOWN_BROWSER_COOKIE, login, logout } from "../../../actions/sessions.ts";
import type { Config } from "../../../config.ts";
import { SESSION_COOKIE } from "../../../credentials.ts";
import { presentSession } from "../../../presenters/user.ts";
import { demoPages } from "../../../queries/demo.ts";
import { defineRoute } from "../../route.ts";

/** Lax, so that a link in a mail opens the console logged in; unsafe requests are checked for their origin besides. */
function cookieOptions(config: Config, { secure }: Pick<Request, "secure">): CookieOptions {
  return { httpOnly: true, sameSite: "lax", secure: config.secureCookies || secure, path: "/" };
}

export const authRoutes = [
  defineRoute({
    method: "post",
    path: "/auth/login",
    summary: "Log in with email and password; sets the session cookie",
    auth: "public",
    sameOrigin: true,
    body: loginSchema,
    example: { email: "ana@example.com", password: "correct horse battery staple" },
    responses: { 200: sessionSchema },
    errors: ["invalid_credentials"],
    async handler({ body, req, res, ctx }) {
      const result = await login(ctx, {
        ...body,
        address: req.ip ?? "",
        userAgent: req.headers["user-agent"] ?? "",
        device: parseCookie(req.headers.cookie ?? "")[KNOWN_BROWSER_COOKIE],
      });
      res.cookie(SESSION_COOKIE, result.token, { ...cookieOptions(ctx.config, req), expires: result.expiresAt });
      res.cookie(KNOWN_BROWSER_COOKIE, result.device.token, {
        ...cookieOptions(ctx.config, req),
        path: "/api/v1/auth",
        maxAge: result.device.maxAge,
      });
      return presentSession(result, (await demoPages(ctx)).shop);
    },
  }),
  defineRoute({
    method: "post",
    path: "/auth/logout",
    summary: "End the login of the session cookie",
    auth: "public",
    sameOrigin: true,
    responses: { 204: "empty" },
    async handler({ req, res, ctx }) {
      const token = sessionTokenOf(req.headers);
      if (token) await logout(ctx, { token });
      res.clearCookie(SESSION_COOKIE, cookieOptions(ctx.config, req));
    },
  }),
  defineRoute({
    method: "get",
    path: "/auth/session",
    summary: "Who is logged in",
    auth: "user",
    whilePasswordExpired: true,
    responses: { 200: sessionSchema },
    async handler({ viewer, ctx }) {
      return presentSession(await currentSession(ctx, viewer), (await demoPages(ctx)).shop);
    },
  }),
  defineRoute({
    method: "post",
    path: "/auth/password",
    summary: "Change one's own password; ends one's other logins",
    auth: "user",
    whilePasswordExpired: true,
    body: changePasswordSchema,
    responses: { 200: sessionSchema },
    errors: ["invalid_credentials", "weak_password"],
    async handler({ viewer, body, ctx }) {
      return presentSession(await changePassword(ctx, viewer, body), (await demoPages(ctx)).shop);
    },
  }),
];
