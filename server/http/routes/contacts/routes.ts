import { z } from "zod";
import { idSchema, pageQuerySchema, pageSchema } from "../../../../contract/common.ts";
import {
  contactDetailSchema,
  contactQuerySchema,
  createContactSchema,
  mergeContactSchema,
  splitContactSchema,
  splitResultSchema,
  updateContactSchema,
} from "../../../../contract/contact.ts";
import { contactSummarySchema, conversationSchema } from "../../../../contract/conversation.ts";
import { signBuyerOut } from "../../../actions/buyer-revocations.ts";
import { updateContact } from "../../../actions/contacts.ts";
import { createContact, deleteContact } from "../../../actions/manage-contacts.ts";
import { mergeContacts, splitContact } from "../../../actions/merge-contacts.ts";
import { notFound } from "../../../errors.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentIdentity } from "../../../presenters/contacts.ts";
import { presentContact, presentConversation } from "../../../presenters/conversations.ts";
import { findContact, identitiesOf, listContacts } from "../../../queries/contacts.ts";
import { conversationsOfContact, pageOfContact } from "../../../queries/conversations.ts";
import { defineRoute } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";

const params = z.object({ id: idSchema });
const read = { auth: "user", roles: PERMISSIONS["conversations.read"] } as const;
const merge = { auth: "user", roles: PERMISSIONS["contacts.merge"] } as const;

export const contactRoutes = [
  defineRoute({
    ...read,
    method: "get",
    path: "/contacts",
    summary: "Contacts, newest first; or those whose name or address begins with some words",
    query: contactQuerySchema,
    responses: { 200: pageSchema(contactSummarySchema) },
    errors: ["invalid_cursor"],
    async handler({ viewer, query }) {
      const { items, nextCursor } = await listContacts(viewer.workspaceId, query);
      return { items: items.map(presentContact), nextCursor };
    },
  }),
  defineRoute({
    method: "post",
    path: "/contacts",
    summary: "Make a contact by hand; who writes from the address later is this one",
    auth: "user",
    roles: PERMISSIONS["contacts.edit"],
    body: createContactSchema,
    responses: { 201: contactSummarySchema },
    errors: ["conflict"],
    handler: async ({ ctx, viewer, body }) => presentContact(await createContact(ctx, viewer, body)),
  }),
  defineRoute({
    method: "delete",
    path: "/contacts/:id",
    summary: "Delete a contact that has neither conversations nor orders; others can be merged",
    auth: "user",
    roles: PERMISSIONS["contacts.delete"],
    params,
    responses: { 204: "empty" },
    errors: ["contact_has_history"],
    handler: ({ ctx, viewer, params: { id } }) => deleteContact(ctx, viewer, id),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/contacts/:id",
    summary: "A contact with its addresses and conversations; one that was merged is the other it became",
    params,
    responses: { 200: contactDetailSchema },
    async handler({ viewer, params: { id }, res }) {
      const contact = await findContact(viewer.workspaceId, id);
      sendVersion(res, contact.version ?? 0);
      const [identities, conversations] = await Promise.all([
        identitiesOf(contact._id),
        conversationsOfContact(contact._id),
      ]);
      return {
        contact: presentContact(contact),
        identities: identities.map(presentIdentity),
        conversations: conversations.map(presentConversation),
      };
    },
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/contacts/:id/conversations",
    summary: "A contact's conversations across channels, newest first",
    params,
    query: pageQuerySchema,
    responses: { 200: pageSchema(conversationSchema) },
    errors: ["invalid_cursor"],
    async handler({ viewer, params: { id }, query }) {
      const contact = await findContact(viewer.workspaceId, id);
      const { items, nextCursor } = await pageOfContact(contact._id, query);
      return { items: items.map(presentConversation), nextCursor };
    },
  }),
  defineRoute({
    method: "patch",
    path: "/contacts/:id",
    summary: "Correct what is known of a contact",
    auth: "user",
    roles: PERMISSIONS["contacts.edit"],
    params,
    body: updateContactSchema,
    responses: { 200: contactSummarySchema },
    errors: ["version_mismatch"],
    async handler({ ctx, viewer, params: { id }, body, req, res }) {
      const { _id, workspaceId } = await findContact(viewer.workspaceId, id);
      const change = { workspaceId, contactId: _id, change: body, version: wantedVersion(req) };
      const contact = await updateContact(ctx, change);
      if (!contact) throw notFound("contact");
      sendVersion(res, contact.version ?? 0);
      return presentContact(contact);
    },
  }),
  defineRoute({
    ...merge,
    method: "post",
    path: "/contacts/:id/merge",
    summary: "Two contacts are one person: everything of the other one goes over to this one",
    params,
    body: mergeContactSchema,
    responses: { 200: contactSummarySchema },
    errors: ["conflict"],
    handler: async ({ ctx, viewer, params: { id }, body }) =>
      presentContact(await mergeContacts(ctx, viewer, { id, ...body })),
  }),
  defineRoute({
    ...merge,
    method: "post",
    path: "/contacts/:id/split",
    summary: "Some of a contact's addresses are somebody else's: takes a merge back, or makes a contact of its own",
    params,
    body: splitContactSchema,
    responses: { 200: splitResultSchema },
    errors: ["conflict"],
    async handler({ ctx, viewer, params: { id }, body }) {
      const { contact, other } = await splitContact(ctx, viewer, { id, ...body });
      return { contact: presentContact(contact), other: presentContact(other) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/contacts/:id/sign-out",
    summary: "End a buyer's sessions at the message centre, in all browsers, and take back the links given out so far",
    auth: "user",
    roles: PERMISSIONS["buyers.sign_out"],
    params,
    responses: { 204: "empty" },
    handler: ({ ctx, viewer, params: { id } }) => signBuyerOut(ctx, viewer, { contactId: id }),
  }),
];
