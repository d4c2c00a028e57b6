import { z } from "zod";
import { idSchema, pageSchema } from "../../../../contract/common.ts";
import { reviewItemSchema, reviewQuerySchema } from "../../../../contract/review.ts";
import { finishReviewItem } from "../../../actions/review-items.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentReviewItem } from "../../../presenters/review-items.ts";
import { listReviewItems } from "../../../queries/review-items.ts";
import { defineRoute } from "../../route.ts";

const review = { auth: "user", roles: PERMISSIONS["contacts.review"] } as const;

export const reviewItemRoutes = [
  defineRoute({
    ...review,
    method: "get",
    path: "/review-items",
    summary: "Contacts, threads and orders that may have been mixed up and that a person should check; newest first",
    query: reviewQuerySchema,
    responses: { 200: pageSchema(reviewItemSchema) },
    errors: ["invalid_cursor"],
    async handler({ viewer, query }) {
      const { items, nextCursor } = await listReviewItems(viewer.workspaceId, query);
      return { items: items.map(presentReviewItem), nextCursor };
    },
  }),
  defineRoute({
    ...review,
    method: "post",
    path: "/review-items/:id/done",
    summary: "Mark something as checked",
    params: z.object({ id: idSchema }),
    responses: { 200: reviewItemSchema },
    handler: async ({ ctx, viewer, params: { id } }) => presentReviewItem(await finishReviewItem(ctx, viewer, id)),
  }),
];
