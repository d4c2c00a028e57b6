import type { BotInput, BotTurn } from "../../bot/index.ts";
import type { Context } from "../context.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import type { InboxRecord } from "../models/inbox.ts";
import type { MessageRecord } from "../models/message.ts";
import { botRules } from "./bot-rules.ts";
import { workspaceLocale } from "./workspace.ts";

/** What the bot and the copilot are told of a conversation, whatever they are to do with it. */
export async function botInputOf(
  ctx: Context,
  conversation: ConversationRecord,
  inbox: InboxRecord,
  messages: readonly MessageRecord[],
): Promise<BotInput> {
  const { contact, workspaceId } = conversation;
  const [{ rules }, locale] = await Promise.all([botRules(workspaceId), workspaceLocale(workspaceId)]);
  const tone = inbox.bot.tone || rules.tone;
  return {
    turns: turnsOf(messages),
    hints: {
      workspaceLocale: locale,
      ...(conversation.locale && { conversationLocale: conversation.locale }),
      ...(contact.locale && { browserLocale: contact.locale }),
      ...(contact.country && { orderCountry: contact.country }),
      ...(contact.name && { contactName: contact.name }),
    },
    threshold: inbox.bot.threshold,
    maxLength: ctx.channels.get(conversation.channel).capabilities.maxLength,
    say: sayWith(ctx),
    forbidden: rules.forbidden,
    handOffWords: rules.handOff.keywords,
    ...(tone !== "" && { tone }),
  };
}

/** The bot's phrases, from the namespace `bot` of the locale files. */
export function sayWith(ctx: Pick<Context, "translate">): BotInput["say"] {
  return (locale, key, params) => ctx.translate(locale, `bot:${key}`, params);
}

/** What was said, as the bot reads it. */
export function turnsOf(messages: readonly MessageRecord[]): BotTurn[] {
  return messages.filter((message) => !message.private && message.direction !== "activity").map(turnOf);
}

function turnOf(message: MessageRecord): BotTurn {
  // The runners-up stand behind the chosen entry, and a question back names entries too: only an answer counts as one.
  const faqId = message.bot?.decision === "answer" ? message.bot.sources[0]?.faqId : undefined;
  return {
    seq: message.seq,
    author: message.author.type,
    text: message.text,
    attachments: message.attachments.map(({ name, type }) => ({ name, type })),
    at: message.createdAt,
    ...(faqId && message.author.type === "bot" && { faqId }),
  };
}
