import { z } from "zod";
import { idSchema, localeSchema } from "../../../../contract/common.ts";
import { contactSummarySchema, conversationSchema } from "../../../../contract/conversation.ts";
import { channelSchema } from "../../../../contract/message.ts";
import { updateContact } from "../../../actions/contacts.ts";
import { notFound } from "../../../errors.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentContact, presentConversation } from "../../../presenters/conversations.ts";
import { findContact, identitiesOf } from "../../../queries/contacts.ts";
import { conversationsOfContact } from "../../../queries/conversations.ts";
import { defineRoute } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";

const params = z.object({ id: idSchema });
const identitySchema = z.object({ id: idSchema, channel: channelSchema, key: z.string(), verified: z.boolean() });

export const contactRoutes = [
  defineRoute({
    method: "get",
    path: "/contacts/:id",
    summary: "A contact with its addresses and conversations",
    auth: "user",
    roles: PERMISSIONS["conversations.read"],
    params,
    responses: {
      200: z.object({
        contact: contactSummarySchema,
        identities: z.array(identitySchema),
        conversations: z.array(conversationSchema),
      }),
    },
    async handler({ viewer, params: { id }, res }) {
      const contact = await findContact(viewer.workspaceId, id);
      sendVersion(res, contact.version ?? 0);
      const [identities, conversations] = await Promise.all([
        identitiesOf(contact._id),
        conversationsOfContact(contact._id),
      ]);
      return {
        contact: presentContact(contact),
        identities: identities.map(({ _id, channel, key, verified }) => ({
          id: _id.toHexString(),
          channel,
          key,
          verified,
        })),
        conversations: conversations.map(presentConversation),
      };
    },
  }),
  defineRoute({
    method: "patch",
    path: "/contacts/:id",
    summary: "Correct what is known of a contact",
    auth: "user",
    roles: PERMISSIONS["contacts.edit"],
    params,
    body: z
      .object({
        name: z.string().max(200),
        email: z.email().max(254),
        locale: localeSchema,
        country: z.string().regex(/^[A-Z]{2}$/, "must be a country code such as MX"),
      })
      .partial()
      .strict(),
    responses: { 200: contactSummarySchema },
    errors: ["version_mismatch"],
    async handler({ ctx, viewer, params: { id }, body, req, res }) {
      const change = { workspaceId: viewer.workspaceId, contactId: id, change: body, version: wantedVersion(req) };
      const contact = await updateContact(ctx, change);
      if (!contact) throw notFound("contact");
      sendVersion(res, contact.version ?? 0);
      return presentContact(contact);
    },
  }),
];
