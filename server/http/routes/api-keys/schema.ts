import { z } from "zod";
import { idSchema } from "../../../../contract/common.ts";
import { apiKeySchema } from "../../../../contract/settings.ts";

export const apiKeyParamsSchema = z.object({ id: idSchema });

/** `key`: what the client sends from now on; it can not be read again. */
export const createdApiKeySchema = z.object({ key: z.string(), apiKey: apiKeySchema });
