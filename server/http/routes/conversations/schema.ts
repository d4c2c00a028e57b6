import { z } from "zod";
import { idSchema } from "../../../../contract/common.ts";
import { messageSchema } from "../../../../contract/message.ts";

export const conversationParams = z.object({ id: idSchema });
export const messageParams = z.object({ id: idSchema, messageId: idSchema });
export const undoParams = z.object({ id: idSchema, seq: z.coerce.number().int().positive() });
export const messagesPageSchema = z.object({
  items: z.array(messageSchema),
  /** There are further messages in the direction asked for. */
  more: z.boolean(),
});
