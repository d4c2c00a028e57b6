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

  function tellContact(conversation: ConversationRecord): void {
    widget
      .to(rooms.contact(conversation.contactId))
      .emit("conversation:updated", presentPublicConversation(conversation));
  }

  function newMessage(message: MessageRecord, conversation: ConversationRecord, origin: string | undefined): void {
    agent.to(rooms.conversation(message.conversationId)).emit("message:new", presentMessage(ctx, message));
    if (isPublic(message)) {
      const tabs = widget.to(rooms.contact(conversation.contactId));
      (origin ? tabs.except(origin) : tabs).emit("message:new", presentPublicMessage(ctx, message));
    }
    if (message.seq === 1) {
      agent.to(rooms.workspace(conversation.workspaceId)).emit("conversation:new", presentConversation(conversation));
    } else listChanged(conversation);
  }

  const unsubscribe = [
    ctx.bus.on("message.created", ({ message, conversation, origin }) => newMessage(message, conversation, origin)),
    ctx.bus.on("message.updated", ({ message }) => {
      agent.to(rooms.conversation(message.conversationId)).emit("message:updated", presentMessage(ctx, message));
    }),
    ctx.bus.on("conversation.updated", ({ conversation }) => {
      listChanged(conversation);
      tellContact(conversation);
    }),
    ctx.bus.on("contact.linked", ({ workspaceId, contactId, identityKeys }) => {
      for (const key of identityKeys) widget.in(rooms.visitor(workspaceId, key)).socketsJoin(rooms.contact(contactId));
    }),
    ctx.bus.on("contact.moved", async ({ workspaceId, fromId, toId, identityKeys }) => {
      for (const key of identityKeys) {
        const theirs = widget.in(rooms.visitor(workspaceId, key));
        theirs.socketsJoin(rooms.contact(toId));
        theirs.socketsLeave(rooms.contact(fromId));
        // What a connection remembers of its conversation may be another's now: it is looked up anew.
        for (const socket of await widget.local.in(rooms.visitor(workspaceId, key)).fetchSockets()) {
          delete socket.data.known;
        }
      }
    }),
    ctx.bus.on("bot.typing", ({ conversation, on }) => {
      const conversationId = conversation._id.toHexString();
      widget.to(rooms.contact(conversation.contactId)).emit("typing", { on, author: "bot" });
      agent.to(rooms.conversation(conversationId)).emit("typing", { conversationId, on, author: "bot" });
    }),
    ctx.bus.on("user.typing", ({ conversation, userId, name, on }) => {
      const conversationId = conversation._id.toHexString();
      widget.to(rooms.contact(conversation.contactId)).emit("typing", { on, author: "user", name });
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
