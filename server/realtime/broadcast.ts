import type { Context } from "../context.ts";
import { presentConversation, presentPublicConversation } from "../presenters/conversations.ts";
import { isPublic, presentMessage, presentPublicMessage } from "../presenters/messages.ts";
import type { ConversationRecord, MessageRecord } from "../records.ts";
import { type AgentNamespace, rooms, type WidgetNamespace } from "./server.ts";

/** A conversation's row is sent to lists at most this often; always in its latest form. */
const LIST_EVERY_MS = 250;

/** Turns what happened into what connected people see. Returns the function that stops it. */
export function broadcastEvents(ctx: Context, widget: WidgetNamespace, agent: AgentNamespace): () => void {
  const changed = new Map<string, ConversationRecord>();
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    timer = undefined;
    for (const conversation of changed.values()) {
      agent
        .to(rooms.workspace(conversation.workspaceId))
        .emit("conversation:updated", presentConversation(conversation));
    }
    changed.clear();
  }

  function listChanged(conversation: ConversationRecord): void {
    const id = conversation._id.toHexString();
    const known = changed.get(id);
    // Two writes may finish out of order: the later state stays.
    if (!known || known.lastSeq <= conversation.lastSeq) changed.set(id, conversation);
    timer ??= setTimeout(flush, LIST_EVERY_MS);
  }

  /** Customers hear of all that is theirs, browsers that nobody vouched for of the conversation they have open. */
  function shoppersOf(conversation: ConversationRecord) {
    return widget.to([rooms.contact(conversation.contactId), rooms.conversation(conversation._id)]);
  }

  function newMessage(message: MessageRecord, conversation: ConversationRecord, origin: string | undefined): void {
    agent.to(rooms.conversation(message.conversationId)).emit("message:new", presentMessage(ctx, message));
    if (isPublic(message)) {
      const tabs = shoppersOf(conversation);
      (origin ? tabs.except(origin) : tabs).emit("message:new", presentPublicMessage(ctx, message));
    }
    if (message.seq === 1) {
      agent.to(rooms.workspace(conversation.workspaceId)).emit("conversation:new", presentConversation(conversation));
    } else listChanged(conversation);
  }

  const unsubscribe = [
    ctx.bus.on("message.created", ({ message, conversation, origin }) => newMessage(message, conversation, origin)),
    ctx.bus.on("message.left", ({ message, conversation }) => {
      agent.to(rooms.conversation(message.conversationId)).emit("message:updated", presentMessage(ctx, message));
      if (isPublic(message)) {
        shoppersOf(conversation).emit("message:new", presentPublicMessage(ctx, message));
      }
      listChanged(conversation);
    }),
    ctx.bus.on("message.updated", ({ message }) => {
      agent.to(rooms.conversation(message.conversationId)).emit("message:updated", presentMessage(ctx, message));
    }),
    ctx.bus.on("conversation.updated", ({ conversation }) => {
      listChanged(conversation);
      shoppersOf(conversation).emit("conversation:updated", presentPublicConversation(conversation));
    }),
    ctx.bus.on("bot.typing", ({ conversation, on }) => {
      const conversationId = conversation._id.toHexString();
      shoppersOf(conversation).emit("typing", { on, author: "bot" });
      agent.to(rooms.conversation(conversationId)).emit("typing", { conversationId, on, author: "bot" });
    }),
    ctx.bus.on("user.typing", ({ conversation, userId, name, on }) => {
      const conversationId = conversation._id.toHexString();
      shoppersOf(conversation).emit("typing", { on, author: "user", name });
      agent.to(rooms.conversation(conversationId)).emit("typing", { conversationId, on, author: "user", name, userId });
    }),
    ctx.bus.on("automation.changed", ({ workspaceId, automationId }) => {
      agent.to(rooms.workspace(workspaceId)).emit("automation:changed", { id: automationId });
    }),
    ctx.bus.on("automation.paused", ({ workspaceId, automationId, ...paused }) => {
      agent.to(rooms.workspace(workspaceId)).emit("automation:paused", { id: automationId, ...paused });
    }),
    ctx.bus.on("contact.typing", ({ conversationId, on }) => {
      agent.to(rooms.conversation(conversationId)).emit("typing", { conversationId, on, author: "contact" });
    }),
  ];
  return () => {
    for (const stop of unsubscribe) stop();
    clearTimeout(timer);
    flush();
  };
}
