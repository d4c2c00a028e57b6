import { z } from "zod";
import { createUserSchema, updateUserSchema, userSchema } from "../../../../contract/settings.ts";
import { createUser, updateUser } from "../../../actions/users.ts";
import { notFound } from "../../../errors.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentUser } from "../../../presenters/user.ts";
import { listUsers } from "../../../queries/accounts.ts";
import { defineRoute } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";
import { createdUserSchema, userParamsSchema } from "./schema.ts";

export const userRoutes = [
  defineRoute({
    method: "get",
    path: "/users",
    summary: "List colleagues, by name",
    auth: "user",
    roles: PERMISSIONS["users.read"],
    responses: { 200: z.array(userSchema) },
    async handler({ viewer }) {
      return (await listUsers(viewer)).map(presentUser);
    },
  }),
  defineRoute({
    method: "post",
    path: "/users",
    summary: "Add a colleague; without a password one is made for the first login and returned once",
    auth: "user",
    roles: PERMISSIONS["users.edit"],
    body: createUserSchema,
    shownOnce: ["password"],
    responses: { 201: createdUserSchema },
    errors: ["conflict", "weak_password"],
    async handler({ viewer, body, ctx }) {
      const { user, password } = await createUser(ctx, viewer, body);
      return { ...presentUser(user), ...(password !== undefined && { password }) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/users/:id",
    summary: "One colleague",
    auth: "user",
    roles: PERMISSIONS["users.read"],
    params: userParamsSchema,
    responses: { 200: userSchema },
    async handler({ viewer, params, res }) {
      const user = (await listUsers(viewer)).find(({ _id }) => _id.toHexString() === params.id);
      if (!user) throw notFound("user");
      sendVersion(res, user.version ?? 0);
      return presentUser(user);
    },
  }),
  defineRoute({
    method: "patch",
    path: "/users/:id",
    summary:
      "Change a colleague's name, role or language, or disable them; anyone may change their own name and language",
    auth: "user",
    params: userParamsSchema,
    body: updateUserSchema,
    responses: { 200: userSchema },
    errors: ["forbidden", "conflict", "version_mismatch"],
    async handler({ viewer, params, body, ctx, req, res }) {
      const user = await updateUser(ctx, viewer, { id: params.id, change: body, version: wantedVersion(req) });
      sendVersion(res, user.version ?? 0);
      return presentUser(user);
    },
  }),
];
