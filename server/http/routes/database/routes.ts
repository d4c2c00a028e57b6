import { databaseHealthSchema } from "../../../../contract/database.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { defineRoute } from "../../route.ts";

export const databaseRoutes = [
  defineRoute({
    method: "get",
    path: "/database/health",
    summary: "Whether the database is whole and its disk takes writes",
    auth: "user",
    roles: PERMISSIONS["database.read"],
    responses: { 200: databaseHealthSchema },
    handler: async ({ ctx }) => ctx.databaseHealth(),
  }),
];
