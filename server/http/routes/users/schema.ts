import { z } from "zod";
import { idSchema } from "../../../../contract/common.ts";
import { userSchema } from "../../../../contract/settings.ts";

export const userParamsSchema = z.object({ id: idSchema });

/** `password`: the one-time password, when the request gave none. */
export const createdUserSchema = userSchema.extend({ password: z.string().optional() });
