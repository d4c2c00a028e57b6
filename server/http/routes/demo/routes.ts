import { z } from "zod";
import { findInboxByKey } from "../../../queries/inboxes.ts";
import { decrypt } from "../../../signing.ts";
import { identityHash } from "../../../visitors.ts";
import { defineRoute } from "../../route.ts";
import { demoMailRoutes } from "./mails.ts";

/** The inbox that the demo shop's script tag names. */
const DEMO_INBOX = "chat";
const CUSTOMER = { externalId: "demo-ana", name: "Ana Ruiz", email: "ana.ruiz@example.com" };

const demoSchema = z.object({
  /** Whether the demo shop page is served. */
  shop: z.boolean(),
  /** Whether the page with the mail that was not sent is served. */
  mailbox: z.boolean(),
  customer: z
    .object({ externalId: z.string(), name: z.string(), email: z.string(), hash: z.string() })
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
      if (!ctx.config.demo) return { shop: false, mailbox: false };
      const mailbox = ctx.config.smtpUrl === undefined;
      const inbox = await findInboxByKey(ctx, DEMO_INBOX);
      if (!inbox) return { shop: true, mailbox };
      const hash = identityHash(decrypt(ctx.config.secretKey, inbox.identitySecret), CUSTOMER.externalId);
      return { shop: true, mailbox, customer: { ...CUSTOMER, hash } };
    },
  }),
];
