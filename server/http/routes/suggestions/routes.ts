import { z } from "zod";
import { idSchema, pageQuerySchema, pageSchema } from "../../../../contract/common.ts";
import { acceptSuggestionSchema, faqSchema, suggestionSchema } from "../../../../contract/faq.ts";
import { acceptSuggestion, dismissSuggestion } from "../../../actions/suggestions.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentSuggestion } from "../../../presenters/bot.ts";
import { presentFaq } from "../../../presenters/settings.ts";
import { listSuggestions } from "../../../queries/suggestions.ts";
import { defineRoute } from "../../route.ts";
import { wantedVersion } from "../../version.ts";

const edit = { auth: "user", roles: PERMISSIONS["faqs.edit"] } as const;
const params = z.object({ id: idSchema });

export const suggestionRoutes = [
  defineRoute({
    auth: "user",
    roles: PERMISSIONS["faqs.read"],
    method: "get",
    path: "/suggestions",
    summary: "Entries the FAQ lacks, drawn from what buyers asked and agents answered; most asked first",
    query: pageQuerySchema,
    responses: { 200: pageSchema(suggestionSchema) },
    errors: ["invalid_cursor"],
    async handler({ viewer, query }) {
      const { items, nextCursor } = await listSuggestions(viewer.workspaceId, query);
      return { items: items.map(presentSuggestion), nextCursor };
    },
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/suggestions/:id/accept",
    summary: "Make an entry of a suggestion, as it is or edited",
    params,
    body: acceptSuggestionSchema,
    responses: { 201: faqSchema },
    errors: ["version_mismatch"],
    handler: async ({ ctx, viewer, params: { id }, body, req }) =>
      presentFaq(await acceptSuggestion(ctx, { viewer, id, edit: body, version: wantedVersion(req) })),
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/suggestions/:id/dismiss",
    summary: "Take a suggestion off the list",
    params,
    responses: { 204: "empty" },
    errors: ["version_mismatch"],
    handler: async ({ ctx, viewer, params: { id }, req }) =>
      dismissSuggestion(ctx, { viewer, id, version: wantedVersion(req) }),
  }),
];
