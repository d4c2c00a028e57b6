import type { Request } from "express";
import { z } from "zod";
import { contactOfToken, setOptOut } from "../../../actions/opt-out.ts";
import { workspaceName } from "../../../queries/workspace.ts";
import { defineRoute, RAW_BODY } from "../../route.ts";
import { renderUnsubscribePage } from "./page.ts";

const params = z.object({ token: z.string().max(100) });
const LIMIT = { points: 60, seconds: 60 };
const MAX_BODY = 10_000;

export const unsubscribeRoutes = [
  defineRoute({
    method: "get",
    path: "/unsubscribe/:token",
    summary: "The page behind the link in mails that the shop begins: asks whether to stop them",
    auth: "public",
    limit: LIMIT,
    params,
    responses: { 200: "file" },
    async handler({ ctx, params: { token }, locale, res }) {
      const contact = await contactOfToken(ctx, token);
      const shop = await workspaceName(contact.workspaceId);
      const optedOut = contact.optedOut !== undefined;
      res.type("html").send(renderUnsubscribePage(ctx.translate, locale, res, { shop, optedOut }));
    },
  }),
  defineRoute({
    method: "post",
    path: "/unsubscribe/:token",
    summary: "Stop them, with one click (RFC 8058) or by the page's button; again=1 takes it back",
    auth: "public",
    limit: LIMIT,
    params,
    body: RAW_BODY,
    maxBody: MAX_BODY,
    responses: { 200: "file" },
    async handler({ ctx, params: { token }, locale, req, res }) {
      const contact = await contactOfToken(ctx, token);
      const again = (await readForm(req)).get("again") === "1";
      const { workspaceId } = contact;
      await setOptOut(ctx, { workspaceId, contactId: contact._id, by: again ? null : "link" });
      const shop = await workspaceName(workspaceId);
      res.type("html").send(renderUnsubscribePage(ctx.translate, locale, res, { shop, optedOut: !again }));
    },
  }),
];

/** Mail programs send a form, or several parts (RFC 8058 section 3.1); what is none says nothing more. */
async function readForm(req: Request): Promise<URLSearchParams> {
  let text = "";
  for await (const chunk of req) {
    text += String(chunk);
    if (text.length > MAX_BODY) break;
  }
  return new URLSearchParams(text.trim());
}
