import type { BotDecision } from "../../contract/bot.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Viewer } from "../policies/viewer.ts";
import { sayWith } from "../queries/bot-input.ts";
import { botRules } from "../queries/bot-rules.ts";
import { listInboxes } from "../queries/inboxes.ts";
import { workspaceLocale } from "../queries/workspace.ts";

/**
 * What the bot would do with a first message, with the threshold of the named inbox (the first one's without a name).
 * @throws AppError unknown_inbox
 */
export async function previewBot(
  ctx: Context,
  {
    viewer,
    text,
    locale,
    inboxKey,
  }: { viewer: Viewer; text: string; locale?: string | undefined; inboxKey?: string | undefined },
): Promise<BotDecision> {
  const inboxes = await listInboxes(viewer.workspaceId);
  const inbox = inboxKey === undefined ? inboxes[0] : inboxes.find(({ key }) => key === inboxKey);
  if (!inbox) throw new AppError("unknown_inbox");
  const { rules } = await botRules(viewer.workspaceId);
  const tone = inbox.bot.tone || rules.tone;
  const bot = await ctx.knowledge.botFor(viewer.workspaceId);
  const result = await bot.decide({
    turns: [{ seq: 1, author: "contact", text, attachments: [], at: ctx.clock.now() }],
    hints: {
      workspaceLocale: await workspaceLocale(viewer.workspaceId),
      ...(locale !== undefined && { browserLocale: locale }),
    },
    threshold: inbox.bot.threshold,
    // A seller who has just imported an FAQ wants to see what it will do, not what it does half learned.
    patience: 15_000,
    say: sayWith(ctx),
    forbidden: rules.forbidden,
    handOffWords: rules.handOff.keywords,
    ...(tone !== "" && { tone }),
  });
  return {
    language: result.language,
    decision: result.decision,
    confidence: result.confidence,
    sources: result.sources,
    ...(result.reason && { reason: result.reason }),
    ...(result.text !== undefined && { text: result.text }),
  };
}
