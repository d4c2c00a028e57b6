import { z } from "zod";
import { localeSchema } from "../../../../contract/common.ts";
import { businessHoursSchema } from "../../../../contract/hours.ts";
import { sessionSchema } from "../../../../contract/settings.ts";

export const workspaceSchema = sessionSchema.shape.workspace;
export const updateWorkspaceSchema = z
  .object({
    name: z.string().trim().min(1).max(100),
    locale: localeSchema,
    businessHours: businessHoursSchema.nullable(),
  })
  .partial()
  .strict();
