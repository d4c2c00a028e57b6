import type { ChatCompletionTool } from "openai/resources/chat/completions";
import { z } from "zod";
import { HANDOFF_REASONS } from "../../contract/bot.ts";
import type { BotTool } from "../types.ts";

export const replySchema = z.object({ text: z.string().min(1).max(4_000), sources: z.array(z.string()).max(20) });
export const askBackSchema = z.object({ text: z.string().min(1).max(1_000) });
export const handOffSchema = z.object({ reason: z.enum(HANDOFF_REASONS) });
export const searchSchema = z.object({ query: z.string().min(1).max(500) });

/** What the model can do: three ways to end, a search, and what the server hands in for this conversation. */
export function toolsFor(injected: readonly BotTool[]): ChatCompletionTool[] {
  return [
    definition(
      "reply",
      "Answers the buyer. `sources` are the ids of the sources and tool results it rests on.",
      replySchema,
    ),
    definition("ask_back", "Asks the buyer for one thing that is missing to answer.", askBackSchema),
    definition("hand_off", "Brings a person in.", handOffSchema),
    definition("search_faq", "Finds more sources by other words.", searchSchema),
    ...injected.map(
      ({ name, description, parameters }): ChatCompletionTool => ({
        type: "function",
        function: { name, description, parameters },
      }),
    ),
  ];
}

function definition(name: string, description: string, schema: z.ZodType): ChatCompletionTool {
  const { $schema: _, ...parameters } = z.toJSONSchema(schema);
  return { type: "function", function: { name, description, parameters } };
}
