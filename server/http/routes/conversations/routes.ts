import { pageSchema } from "../../../../contract/common.ts";
import {
  approveDraftSchema,
  assignSchema,
  conversationQuerySchema,
  conversationSchema,
  handoffSchema,
  labelsSchema,
  messagesQuerySchema,
  setKindSchema,
  setPrioritySchema,
  snoozeSchema,
  startConversationSchema,
  statusSchema,
} from "../../../../contract/conversation.ts";
import {
  messageSchema,
  postMessageSchema,
  retryMessageSchema,
  undoneReplySchema,
} from "../../../../contract/message.ts";
import { confirmSender, refuseSender } from "../../../actions/confirm-sender.ts";
import { setKind } from "../../../actions/conversation-kind.ts";
import { handOff } from "../../../actions/hand-off.ts";
import { takeBackReply } from "../../../actions/held-replies.ts";
import { assignConversation, claimConversation, releaseConversation } from "../../../actions/own-conversation.ts";
import { retryMessage } from "../../../actions/retry-message.ts";
import { approveDraft, discardDraft, sendReply } from "../../../actions/send-reply.ts";
import { setLabels, setPriority, setStatus, snoozeConversation } from "../../../actions/set-status.ts";
import { startConversation } from "../../../actions/start-conversation.ts";
import { accessConversation } from "../../../policies/conversations.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentConversation } from "../../../presenters/conversations.ts";
import { presentMessage, presentUndone } from "../../../presenters/messages.ts";
import { listConversations, listMessages } from "../../../queries/conversations.ts";
import { defineRoute } from "../../route.ts";
import { conversationParams, messageParams, messagesPageSchema, undoParams } from "./schema.ts";

const read = { auth: "user", roles: PERMISSIONS["conversations.read"] } as const;
const reply = { auth: "user", roles: PERMISSIONS["conversations.reply"] } as const;

export const conversationRoutes = [
  defineRoute({
    ...read,
    method: "get",
    path: "/conversations",
    summary: "Conversations, longest waiting first, then the latest; or by priority",
    query: conversationQuerySchema,
    responses: { 200: pageSchema(conversationSchema) },
    errors: ["invalid_cursor"],
    async handler({ viewer, query }) {
      const { items, nextCursor } = await listConversations(viewer, query);
      return { items: items.map(presentConversation), nextCursor };
    },
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations",
    summary: "Write to a buyer first, by a channel that can begin",
    body: startConversationSchema,
    responses: { 201: conversationSchema },
    errors: ["not_found", "empty_message", "message_too_long", "unknown_attachment", "unknown_channel"],
    handler: async ({ ctx, viewer, body }) =>
      presentConversation((await startConversation(ctx, { viewer, ...body })).conversation),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/conversations/:id",
    summary: "One conversation",
    params: conversationParams,
    responses: { 200: conversationSchema },
    handler: async ({ viewer, params }) => presentConversation(await accessConversation(viewer, params.id)),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/conversations/:id/messages",
    summary: "Messages of a conversation, oldest first; the latest without bounds",
    params: conversationParams,
    query: messagesQuerySchema,
    responses: { 200: messagesPageSchema },
    async handler({ ctx, viewer, params, query, locale }) {
      const conversation = await accessConversation(viewer, params.id);
      const { items, more } = await listMessages(conversation._id, query);
      return { items: items.map((message) => presentMessage(ctx, message, locale)), more };
    },
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations/:id/messages",
    summary: "Reply to the buyer, or write a private note",
    params: conversationParams,
    body: postMessageSchema,
    responses: { 201: messageSchema },
    errors: ["empty_message", "message_too_long", "unknown_attachment", "unknown_channel"],
    handler: async ({ ctx, viewer, params, body }) =>
      presentMessage(ctx, await sendReply(ctx, { viewer, conversationId: params.id, body })),
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations/:id/messages/:messageId/retry",
    summary: "Send a failed message again, to a corrected address where one is given",
    params: messageParams,
    body: retryMessageSchema,
    responses: { 200: messageSchema },
    errors: ["conflict"],
    handler: async ({ ctx, viewer, params: { id, messageId }, body, locale }) =>
      presentMessage(ctx, await retryMessage(ctx, { viewer, conversationId: id, messageId, to: body.to }), locale),
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations/:id/messages/:messageId/confirm-sender",
    summary:
      "Whoever wrote this from another address is the buyer: it is one of theirs from now on, and answers go there",
    params: messageParams,
    responses: { 200: messageSchema },
    errors: ["conflict", "address_of_another_contact"],
    handler: async ({ ctx, viewer, params: { id, messageId }, locale }) =>
      presentMessage(ctx, await confirmSender(ctx, { viewer, conversationId: id, messageId }), locale),
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations/:id/messages/:messageId/refuse-sender",
    summary:
      "Whoever wrote this from another address is somebody else: what they write next is a conversation of its own",
    params: messageParams,
    responses: { 200: messageSchema },
    errors: ["conflict"],
    handler: async ({ ctx, viewer, params: { id, messageId }, locale }) =>
      presentMessage(ctx, await refuseSender(ctx, { viewer, conversationId: id, messageId }), locale),
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations/:id/messages/:seq/undo",
    summary: "Take a reply back that has not left",
    params: undoParams,
    responses: { 200: undoneReplySchema },
    errors: ["forbidden", "conflict", "already_sent"],
    handler: async ({ ctx, viewer, params: { id, seq } }) =>
      presentUndone(ctx, await takeBackReply(ctx, { viewer, conversationId: id, seq })),
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations/:id/claim",
    summary: "Take a conversation over; one of two who try gets it",
    params: conversationParams,
    responses: { 200: conversationSchema },
    errors: ["already_claimed"],
    handler: async ({ ctx, viewer, params }) =>
      presentConversation(await claimConversation(ctx, { viewer, conversationId: params.id })),
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations/:id/release",
    summary: "Give a conversation back to the queue",
    params: conversationParams,
    responses: { 200: conversationSchema },
    errors: ["not_owner"],
    handler: async ({ ctx, viewer, params }) =>
      presentConversation(await releaseConversation(ctx, { viewer, conversationId: params.id })),
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations/:id/assign",
    summary: "Give a conversation to a user, or to nobody",
    params: conversationParams,
    body: assignSchema,
    responses: { 200: conversationSchema },
    errors: ["not_owner", "already_claimed"],
    handler: async ({ ctx, viewer, params, body }) =>
      presentConversation(await assignConversation(ctx, { viewer, conversationId: params.id, userId: body.userId })),
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations/:id/handoff",
    summary: "Hand a conversation to the bot, or from the bot to a person",
    params: conversationParams,
    body: handoffSchema,
    responses: { 200: conversationSchema },
    errors: ["conflict"],
    handler: async ({ ctx, viewer, params, body }) =>
      presentConversation(await handOff(ctx, { viewer, conversationId: params.id, ...body })),
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations/:id/status",
    summary: "Resolve or reopen a conversation",
    params: conversationParams,
    body: statusSchema,
    responses: { 200: conversationSchema },
    handler: async ({ ctx, viewer, params, body }) =>
      presentConversation(await setStatus(ctx, { viewer, conversationId: params.id, status: body.status })),
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations/:id/kind",
    summary: "Say whether a person wrote it, a program did, or it is spam",
    params: conversationParams,
    body: setKindSchema,
    responses: { 200: conversationSchema },
    handler: async ({ ctx, viewer, params, body }) =>
      presentConversation(await setKind(ctx, { viewer, conversationId: params.id, kind: body.kind })),
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations/:id/snooze",
    summary: "Put a conversation to sleep until an instant",
    params: conversationParams,
    body: snoozeSchema,
    responses: { 200: conversationSchema },
    handler: async ({ ctx, viewer, params, body }) =>
      presentConversation(
        await snoozeConversation(ctx, { viewer, conversationId: params.id, until: new Date(body.until) }),
      ),
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations/:id/priority",
    summary: "Say how urgent a conversation is",
    params: conversationParams,
    body: setPrioritySchema,
    responses: { 200: conversationSchema },
    handler: async ({ ctx, viewer, params, body }) =>
      presentConversation(await setPriority(ctx, { viewer, conversationId: params.id, priority: body.priority })),
  }),
  defineRoute({
    ...reply,
    method: "put",
    path: "/conversations/:id/labels",
    summary: "Set the labels",
    params: conversationParams,
    body: labelsSchema,
    responses: { 200: conversationSchema },
    handler: async ({ ctx, viewer, params, body }) =>
      presentConversation(await setLabels(ctx, { viewer, conversationId: params.id, labels: body.labels })),
  }),
  defineRoute({
    ...reply,
    method: "post",
    path: "/conversations/:id/draft/approve",
    summary: "Send the bot's draft, as it is or edited",
    params: conversationParams,
    body: approveDraftSchema,
    responses: { 200: messageSchema },
    errors: ["draft_gone"],
    handler: async ({ ctx, viewer, params, body }) =>
      presentMessage(ctx, await approveDraft(ctx, { viewer, conversationId: params.id, ...body })),
  }),
  defineRoute({
    ...reply,
    method: "delete",
    path: "/conversations/:id/draft",
    summary: "Discard the bot's draft",
    params: conversationParams,
    responses: { 200: conversationSchema },
    handler: async ({ ctx, viewer, params }) =>
      presentConversation(await discardDraft(ctx, { viewer, conversationId: params.id })),
  }),
];
