import { useQuery } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import type { ChannelName } from "../../../contract/message.ts";
import type { Inbox } from "../../../contract/settings.ts";
import { getConversation, listInboxes } from "../api/calls.ts";
import { keys } from "../api/keys.ts";
import { useServices } from "../realtime/console-provider.tsx";
import { newer } from "../sync/conversation-list.ts";

/** A conversation: what the list or an event already knows at once, the server's word soon after. */
export function useConversation(id: string) {
  const services = useServices();
  const query = useQuery({
    queryKey: keys.conversation(id),
    // An event may overtake the answer.
    queryFn: async ({ signal }) => newer(services.latest(id), await getConversation(id, signal)),
    placeholderData: () => services.latest(id),
    staleTime: 60_000,
  });
  useEffect(() => {
    if (query.data && !query.isPlaceholderData) services.remember([query.data]);
  }, [services, query.data, query.isPlaceholderData]);
  return query;
}

/** The shop's inboxes; empty until they are known. */
export function useInboxes(): readonly Inbox[] {
  const { data } = useQuery({ queryKey: keys.inboxes, queryFn: listInboxes, staleTime: 300_000 });
  return data ?? NO_INBOXES;
}
const NO_INBOXES: readonly Inbox[] = [];

export function useInbox(inboxId: string | undefined) {
  return useInboxes().find((inbox) => inbox.id === inboxId);
}

/** Inboxes from which an agent may write to somebody first. */
export function useWritableInboxes(): Inbox[] {
  return useInboxes().filter(({ enabled, address, capabilities }) => enabled && address && capabilities.proactive);
}

/** The channel by which a message can be passed on to somebody else, where the shop has one. */
export function useForwardChannel(): ChannelName | undefined {
  return useWritableInboxes().find(({ capabilities }) => capabilities.threads)?.channel;
}

/** The messages of a conversation, watched live while the calling view is shown. */
export function useThread(id: string) {
  const services = useServices();
  const thread = services.thread(id);
  const view = useSyncExternalStore(thread.subscribe, thread.getView);
  useEffect(() => thread.open(), [thread]);
  return { view, thread };
}

/** This conversation's messages that are still on their way. */
export function useOutbox(id: string) {
  const { outbox } = useServices();
  const entries = useSyncExternalStore(outbox.subscribe, outbox.getEntries);
  return entries.filter((entry) => entry.conversationId === id);
}
