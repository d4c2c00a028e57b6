import { z } from "zod";
import { linkSignature } from "../../../actions/buyer-links.ts";
import { demoPages } from "../../../queries/demo.ts";
import { findInboxByKey, listInboxes } from "../../../queries/inboxes.ts";
import { decrypt } from "../../../signing.ts";
import { identityHash } from "../../../visitors.ts";
import { defineRoute } from "../../route.ts";
import { demoMailRoutes } from "./mails.ts";

/** The inbox that the demo shop's script tag names. */
const DEMO_INBOX = "chat";
const LINK_SECONDS = 24 * 3600;
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
      const expires = String(Math.floor(ctx.clock.now().getTime() / 1000) + LINK_SECONDS);
      const signature = linkSignature(secret, { ...CUSTOMER, expires });
      const messages = `/messages?${new URLSearchParams({ inbox: inbox.key, ...CUSTOMER, expires, signature })}`;
      return { shop: true, mailbox, ...(address && { address }), customer: { ...CUSTOMER, hash, messages } };
    },
  }),
];
