import type { Response } from "express";
import { z } from "zod";
import { claimOfToken, refuseAddress } from "../../../actions/claimed-addresses.ts";
import type { Context } from "../../../context.ts";
import { workspaceName } from "../../../queries/workspace.ts";
import type { ClaimedAddressRecord } from "../../../records.ts";
import { escapeHtml } from "../../html.ts";
import { defineRoute, RAW_BODY } from "../../route.ts";
import { renderQuestionPage } from "../unsubscribe/page.ts";

const params = z.object({ token: z.string().max(200) });
const LIMIT = { points: 60, seconds: 60 };

export const notMeRoutes = [
  defineRoute({
    method: "get",
    path: "/not-me/:token",
    summary:
      "The page behind the link in mails to an address that somebody gave in a chat: asks whether it was somebody else",
    auth: "public",
    limit: LIMIT,
    params,
    responses: { 200: "file" },
    async handler({ ctx, params: { token }, locale, res }) {
      const { row } = await claimOfToken(ctx, token);
      res.type("html").send(await pageOf(ctx, { row, locale, res, refused: row.refusedAt !== undefined }));
    },
  }),
  defineRoute({
    method: "post",
    path: "/not-me/:token",
    summary: "It was somebody else: no chat is mailed to the address again",
    auth: "public",
    limit: LIMIT,
    params,
    body: RAW_BODY,
    maxBody: 10_000,
    responses: { 200: "file" },
    async handler({ ctx, params: { token }, locale, res }) {
      const claim = await claimOfToken(ctx, token);
      await refuseAddress(ctx, claim);
      res.type("html").send(await pageOf(ctx, { row: claim.row, locale, res, refused: true }));
    },
  }),
];

async function pageOf(
  ctx: Context,
  { row, locale, res, refused }: { row: ClaimedAddressRecord; locale: string; res: Response; refused: boolean },
): Promise<string> {
  const values = { shop: await workspaceName(row.workspaceId), address: row.address };
  const say = (key: string) => escapeHtml(ctx.translate(locale, `email:notMe.${key}`, values));
  return renderQuestionPage(locale, res, {
    title: say("title"),
    text: say(refused ? "done" : "question"),
    ...(!refused && { button: `<button>${say("button")}</button>` }),
  });
}
