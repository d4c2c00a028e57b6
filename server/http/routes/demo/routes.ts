import { z } from "zod";
import { demoPages } from "../../../queries/demo.ts";
import { findInboxByKey, listInboxes } from "../../../queries/inboxes.ts";
import { signShopToken } from "../../../shop-tokens.ts";
import { decrypt } from "../../../signing.ts";
import { identityHash } from "../../../visitors.ts";
import { defineRoute } from "../../route.ts";
import { demoMailRoutes } from "./mails.ts";

/** The inbox that the demo shop's script tag names. */
const DEMO_INBOX = "chat";
const TOKEN_MS = 12 * 3600_000;
const CUSTOMER = { externalId: "demo-ana", name: "Ana Ruiz", email: "ana.ruiz@example.com" };

const demoSchema = z.object({
  /** Whether the demo shop page is served. */
  shop: z.boolean(),
  /** Whether the page with the mail that was not sent is served. */
  mailbox: z.boolean(),
  address: z.string().optional().describe("Where the shop's buyers write to by email"),
  customer: z
    .object({
      externalId: z.string(),
      name: z.string(),
      email: z.string(),
      token: z.string().describe("The signed identity, as the shop's page gives it to the widget"),
      hash: z.string(),
      messages: z.string().describe("Opens the customer's messages, as the account page of a shop would link to them"),
    })
    .optional()
    .describe("A sample customer, signed as a shop's own server would sign its customers"),
});

export const demoRoutes = [
  ...demoMailRoutes,
  defineRoute({
    method: "get",
    path: "/demo",
    summary: "Which demo pages there are, and who the demo shop's sample customer is",
    auth: "public",
    responses: { 200: demoSchema },
    async handler({ ctx }): Promise<z.output<typeof demoSchema>> {
      const { shop, mailbox } = await demoPages(ctx);
      if (!shop) return { shop, mailbox };
      const inbox = await findInboxByKey(ctx, DEMO_INBOX);
      if (!inbox) return { shop: true, mailbox };
      const address = (await listInboxes(inbox.workspaceId.toHexString())).find(
        (each) => each.enabled && each.address,
      )?.address;
      const secret = decrypt(ctx.config.secretKey, inbox.identitySecret);
      const hash = identityHash(secret, CUSTOMER.externalId);
      const { externalId, ...person } = CUSTOMER;
      const claims = { sub: externalId, ...person };
      const expiresAt = new Date(ctx.clock.now().getTime() + TOKEN_MS);
      const token = await signShopToken(secret, { audience: "parley-widget", claims, expiresAt });
      const identity = await signShopToken(secret, { audience: "parley-messages", claims, expiresAt });
      const messages = `/messages?${new URLSearchParams({ inbox: inbox.key, identity })}`;
      return { shop: true, mailbox, ...(address && { address }), customer: { ...CUSTOMER, token, hash, messages } };
    },
  }),
];
