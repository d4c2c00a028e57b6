import type { HistoryResult, PublicMessage } from "../../../contract/sockets.ts";
import type { OutboxItem, OutboxStore } from "../../../web/ui/chat/outbox.ts";
import { ConversationSync, Refused, type Transport } from "../../../web/ui/chat/sync.ts";

/** A page the model hub gives holds few messages, so that short runs still need several. */
const PAGE = 3;

const id = (number: number) => number.toString(16).padStart(24, "0");

export function buildMessage(overrides: Partial<PublicMessage> = {}): PublicMessage {
  const seq = overrides.seq ?? 1;
  return {
    id: id(seq),
    conversationId: id(1),
    seq,
    channel: "chat",
    direction: "outgoing",
    author: { type: "user", name: "Mia" },
    text: `message ${seq}`,
    attachments: [],
    status: "sent",
    automatic: false,
    createdAt: "2026-01-01T00:00:00.000Z",
    ...overrides,
  };
}

export function memoryOutbox(items = new Map<string, OutboxItem>()): OutboxStore & { items: Map<string, OutboxItem> } {
  return {
    items,
    load: () => [...items.values()].map((item) => ({ ...item, state: "queued" as const })),
    put: (item) => void items.set(item.echoId, item),
    remove: (echoId) => void items.delete(echoId),
    clear: () => items.clear(),
  };
}

interface Packet {
  run: () => void;
  /** Live events may reach the client twice; an answer to a request may not. */
  repeatable: boolean;
}

/**
 * A hub, a network and a clock under the test's control: requests and live events lie in the network until the test
 * lets one through, in any order; a cut loses what was on its way to the client, and what was on its way to the hub
 * may or may not have arrived.
 */
export class ModelHub {
  conversation = 1;
  /** All entries of the present conversation; a note is undefined. */
  entries: (PublicMessage | undefined)[] = [];
  /** Every first result by echoId, over all conversations. */
  byEchoId = new Map<string, PublicMessage>();
  available = true;
  connection = 0;
  online = false;
  readonly outbox = memoryOutbox();
  client: ConversationSync;
  toHub: Packet[] = [];
  toClient: Packet[] = [];
  timers: (() => void)[] = [];
  #sent = 0;

  constructor() {
    this.client = this.#start();
  }

  get publicMessages(): PublicMessage[] {
    return this.entries.filter((entry) => entry !== undefined);
  }

  #start(): ConversationSync {
    const request = <T>(answer: () => T) =>
      new Promise<T>((resolve, reject) => {
        const { connection } = this;
        if (!this.online) return void this.timers.push(() => reject(new Error("cut")));
        this.toHub.push({
          repeatable: false,
          run: () => {
            let reply: () => void;
            try {
              const result = answer();
              reply = () => resolve(result);
            } catch (error) {
              reply = () => reject(error);
            }
            if (this.online && connection === this.connection) {
              this.toClient.push({ repeatable: false, run: reply });
            } else this.timers.push(() => reject(new Error("timeout")));
          },
        });
      });
    const transport: Transport = {
      history: (query) => request(() => this.#history(query)),
      send: (item) => request(() => this.#receive(item)),
    };
    return new ConversationSync({
      transport,
      outbox: this.outbox,
      onChange: () => {},
      later: (run) => void this.timers.push(run),
    });
  }

  #history({ afterSeq, beforeSeq }: { afterSeq?: number; beforeSeq?: number }): HistoryResult {
    if (!this.available) throw new Refused({ code: "unavailable", message: "busy" });
    const all = this.publicMessages;
    const lastSeq = this.entries.length;
    if (afterSeq !== undefined) {
      const found = all.filter(({ seq }) => seq > afterSeq);
      return { messages: found.slice(0, PAGE), lastSeq, more: found.length > PAGE };
    }
    const found = beforeSeq === undefined ? all : all.filter(({ seq }) => seq < beforeSeq);
    return { messages: found.slice(-PAGE), lastSeq, more: found.length > PAGE };
  }

  #receive(item: OutboxItem): PublicMessage {
    const first = this.byEchoId.get(item.echoId);
    if (first) return first;
    if (item.text === "refused") throw new Refused({ code: "message_too_long", message: "too long" });
    if (!this.available) throw new Refused({ code: "unavailable", message: "busy" });
    const message = this.append({ direction: "incoming", author: { type: "contact" }, ...item });
    this.byEchoId.set(item.echoId, message);
    return message;
  }

  /** A message lands in the conversation, by the agent or another tab of the shopper. */
  append(overrides: Partial<PublicMessage> = {}): PublicMessage {
    const { echoId, text, direction, author } = overrides;
    const message = buildMessage({
      seq: this.entries.length + 1,
      conversationId: id(this.conversation),
      ...(echoId === undefined ? {} : { echoId }),
      ...(text === undefined ? {} : { text }),
      ...(direction === undefined ? {} : { direction }),
      ...(author === undefined ? {} : { author }),
    });
    this.entries.push(message);
    this.#emit(() => this.client.received(message));
    return message;
  }

  /** A private note; a conversation never begins with one. */
  note(): void {
    if (this.entries.length > 0) this.entries.push(undefined);
  }

  /** The shopper's matter continues in a new conversation, which begins with a message. */
  newConversation(): void {
    this.conversation++;
    this.entries = [];
    this.append();
  }

  #emit(run: () => void): void {
    if (this.online) this.toClient.push({ repeatable: true, run });
  }

  shopperSends(text = "hello"): string {
    const echoId = `echo-${++this.#sent}`;
    this.client.send({ echoId, text, attachments: [], createdAt: "2026-01-01T00:00:00.000Z" });
    return echoId;
  }

  connect(): void {
    if (this.online) return;
    this.online = true;
    this.connection++;
    const session = {
      lastSeq: this.entries.length,
      ...(this.entries.length > 0 ? { conversationId: id(this.conversation) } : {}),
    };
    const { client } = this;
    this.toClient.push({ repeatable: false, run: () => client.connected(session) });
  }

  /** `arrives`: whether requests under way still reach the hub. */
  cut(arrives: boolean): void {
    if (!this.online) return;
    this.online = false;
    this.toClient = [];
    const underway = this.toHub;
    this.toHub = [];
    if (arrives) for (const packet of underway) packet.run();
    this.client.disconnected();
  }

  /** The shop page is loaded anew: only the stored outbox survives. */
  reload(): void {
    this.cut(true);
    this.timers = [];
    this.client = this.#start();
  }

  hubHandles(pick: number): void {
    const [packet] = this.toHub.splice(pick % Math.max(1, this.toHub.length), 1);
    packet?.run();
  }

  clientGets(pick: number, twice = false): void {
    const index = pick % Math.max(1, this.toClient.length);
    const packet = this.toClient[index];
    if (!packet) return;
    if (!(twice && packet.repeatable)) this.toClient.splice(index, 1);
    packet.run();
  }

  tick(): void {
    const due = this.timers;
    this.timers = [];
    for (const run of due) run();
  }

  /** Lets promises continue. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** A live event never reaches the client, though the connection holds. */
  lose(pick: number): void {
    const live = this.toClient.filter(({ repeatable }) => repeatable);
    const lost = live[pick % Math.max(1, live.length)];
    this.toClient = this.toClient.filter((packet) => packet !== lost);
  }

  /** Everything works from now on, until nothing is under way. */
  async calm(): Promise<void> {
    this.available = true;
    this.connect();
    for (let round = 0; round < 200; round++) {
      await this.settle();
      if (this.toHub.length + this.toClient.length + this.timers.length === 0) return;
      while (this.toHub.length > 0) this.hubHandles(0);
      while (this.toClient.length > 0) this.clientGets(0);
      this.tick();
    }
    throw new Error("the widget never comes to rest");
  }
}
