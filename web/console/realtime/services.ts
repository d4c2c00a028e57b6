import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Page } from "../../../contract/common.ts";
import type { Conversation } from "../../../contract/conversation.ts";
import type { AgentServerEvents } from "../../../contract/sockets.ts";
import { ApiError } from "../../ui/http.ts";
import { browserStore } from "../../ui/storage.ts";
import { listMessages, postMessage, uploadAttachment } from "../api/calls.ts";
import { keys } from "../api/keys.ts";
import { automationKeys } from "../automations/calls.ts";
import { type Alert, alertFor } from "../sync/alerts.ts";
import { ComposerDrafts } from "../sync/composer-drafts.ts";
import { type ListSpec, newer, withConversation } from "../sync/conversation-list.ts";
import { Outbox } from "../sync/outbox.ts";
import { ThreadSync } from "../sync/thread-sync.ts";
import { Uploads } from "../sync/uploads.ts";
import { Live } from "./live.ts";
import { type AgentSocket, createSocket, refusal, watchConversation } from "./socket.ts";

export interface ServicesOptions {
  queryClient: QueryClient;
  userId: string;
  onSessionOver(): void;
  onAlert(alert: Alert, conversation: Conversation): void;
  onRulePaused(paused: PausedRule): void;
  explain(error: unknown): string;
}

export type PausedRule = Parameters<AgentServerEvents["automation:paused"]>[0];

const KEPT_THREADS = 30;
const REFUSED_RETRY = 5_000;

/** What lives as long as one person is logged in: the socket, the open threads, the outbox, the typed drafts. */
export class Services {
  readonly live = new Live();
  readonly outbox: Outbox;
  readonly drafts: ComposerDrafts;
  readonly uploads: Uploads;
  readonly #options: ServicesOptions;
  readonly #socket: AgentSocket;
  readonly #threads = new Map<string, ThreadSync>();
  readonly #known = new Map<string, Conversation>();
  #refusedTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ServicesOptions) {
    this.#options = options;
    this.#socket = createSocket();
    this.drafts = new ComposerDrafts(browserStore(), options.userId);
    this.uploads = new Uploads({
      store: browserStore("tab"),
      userId: options.userId,
      upload: uploadAttachment,
      explain: options.explain,
    });
    this.outbox = new Outbox({
      store: browserStore("tab"),
      storeKey: `parley.outbox.${options.userId}`,
      post: (entry) =>
        postMessage(entry.conversationId, {
          text: entry.text,
          private: entry.private || undefined,
          channel: entry.private ? undefined : entry.channel,
          attachments: entry.attachments.length > 0 ? entry.attachments.map((each) => each.id) : undefined,
          echoId: entry.echoId,
          translateTo: entry.translateTo,
          undo: entry.private ? undefined : true,
          ...entry.mail,
        }),
      onPosted: (message) => this.#threads.get(message.conversationId)?.posted(message),
      // A session that ran out is not a refusal of the message: it goes out after the next login.
      isTemporary: (error) => error instanceof ApiError && (error.temporary || error.code === "unauthenticated"),
      explain: options.explain,
      later: (ms, callback) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    });
    this.#listen();
  }

  start(): void {
    this.#socket.connect();
    this.outbox.resume();
  }

  stop(): void {
    clearTimeout(this.#refusedTimer);
    this.outbox.stop();
    this.#socket.disconnect();
  }

  thread(id: string): ThreadSync {
    let thread = this.#threads.get(id);
    if (!thread) {
      thread = new ThreadSync(
        id,
        {
          connected: () => this.#socket.connected,
          watch: (each, afterSeq) => watchConversation(this.#socket, each, afterSeq),
          unwatch: (each) => this.#socket.connected && this.#socket.emit("conversation:unwatch", { id: each }),
          page: listMessages,
        },
        {
          onConversation: (conversation) => this.learn(conversation),
          onMessages: (messages) => this.outbox.confirm(messages),
        },
      );
    }
    // Insertion order is the order of use: the least recently opened thread is forgotten first.
    this.#threads.delete(id);
    this.#threads.set(id, thread);
    for (const [old, each] of this.#threads) {
      if (this.#threads.size <= KEPT_THREADS) break;
      if (!each.watched) this.#threads.delete(old);
    }
    return thread;
  }

  latest = (id: string): Conversation | undefined => this.#known.get(id);

  /** Takes in a conversation from wherever it came: a socket event, the answer to an action, a page. */
  learn(arrived: Conversation): void {
    const known = this.#known.get(arrived.id);
    const conversation = newer(known, arrived);
    this.#known.set(conversation.id, conversation);
    const client = this.#options.queryClient;
    client.setQueryData(keys.conversation(conversation.id), conversation);
    for (const [key, data] of client.getQueriesData<InfiniteData<Page<Conversation>>>({ queryKey: keys.lists })) {
      if (!data) continue;
      const next = withConversation(data, key[1] as ListSpec, conversation, this.#options.userId);
      if (next !== data) client.setQueryData(key, next);
    }
  }

  /** Remembers rows of a page, so that later events have something to compare with. */
  remember(rows: readonly Conversation[]): void {
    for (const row of rows) this.#known.set(row.id, newer(this.#known.get(row.id), row));
  }

  /** The labels of all conversations that were seen, in their order. */
  knownLabels(): string[] {
    return [...new Set([...this.#known.values()].flatMap(({ labels }) => labels))].sort();
  }

  typing(id: string, on: boolean): void {
    // Volatile: a typing mark that waits for a reconnect is worse than none.
    if (this.#socket.connected) this.#socket.volatile.emit("typing", { id, on });
  }

  read(id: string, seq: number): void {
    if (this.#socket.connected) this.#socket.emit("read", { id, seq });
  }

  /** Leaves nothing on the device that belongs to the person who logs out. */
  forget(): void {
    this.drafts.clear();
    this.uploads.forget();
    for (const entry of this.outbox.getEntries()) this.outbox.discard(entry.echoId);
  }

  #listen(): void {
    const socket = this.#socket;
    let connectedBefore = false;
    socket.on("connect", () => {
      this.live.setConnection("online");
      for (const thread of this.#threads.values()) if (thread.watched) void thread.resume();
      // What changed while the line was cut is in no event.
      if (connectedBefore) {
        void this.#options.queryClient.invalidateQueries({ queryKey: keys.lists });
        void this.#options.queryClient.invalidateQueries({ queryKey: automationKeys.list });
      }
      connectedBefore = true;
      this.outbox.resume();
    });
    socket.on("disconnect", (reason) => {
      this.live.setConnection("offline");
      // The client does not come back by itself when the server ended it, as at a restart or a logout elsewhere.
      if (reason === "io server disconnect") this.#reconnectLater();
    });
    socket.on("connect_error", (error) => {
      this.live.setConnection("offline");
      if (refusal(error)?.code === "unauthenticated") this.#options.onSessionOver();
      else if (!socket.active) this.#reconnectLater();
    });
    socket.on("conversation:new", (conversation) => this.#changed(conversation));
    socket.on("conversation:updated", (conversation) => this.#changed(conversation));
    socket.on("message:new", (message) => {
      this.live.typingEnded(message.conversationId, message.author);
      this.#threads.get(message.conversationId)?.received(message);
    });
    socket.on("message:updated", (message) => this.#threads.get(message.conversationId)?.updated(message));
    socket.on("typing", (typing) => {
      if (typing.userId !== this.#options.userId) this.live.typed(typing);
    });
    socket.on("automation:changed", () => {
      void this.#options.queryClient.invalidateQueries({ queryKey: automationKeys.list });
    });
    socket.on("automation:paused", (paused) => this.#options.onRulePaused(paused));
    socket.on("presence", ({ conversationId, viewers }) => {
      const others = viewers.filter((viewer) => viewer.id !== this.#options.userId);
      this.live.setViewers(conversationId, others);
    });
  }

  #changed(conversation: Conversation): void {
    const alert = alertFor(this.#known.get(conversation.id), conversation, this.#options.userId);
    this.learn(conversation);
    if (alert) this.#options.onAlert(alert, conversation);
  }

  #reconnectLater(): void {
    clearTimeout(this.#refusedTimer);
    this.#refusedTimer = setTimeout(() => this.#socket.connect(), REFUSED_RETRY);
  }
}
