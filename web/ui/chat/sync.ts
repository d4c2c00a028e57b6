import type { ErrorBody, ErrorCode } from "../../../contract/errors.ts";
import type { MessageStatus } from "../../../contract/message.ts";
import type { HistoryResult, PublicMessage, WidgetSession } from "../../../contract/sockets.ts";
import type { OutboxItem, OutboxStore } from "./outbox.ts";

/** The hub said no. Anything else a transport rejects with (a timeout, a cut) leaves open whether it arrived. */
export class Refused extends Error {
  readonly body: ErrorBody;
  constructor(body: ErrorBody) {
    super(body.message);
    this.body = body;
  }
}

export interface Transport {
  history(query: { afterSeq?: number; beforeSeq?: number; limit?: number }): Promise<HistoryResult>;
  send(item: OutboxItem): Promise<PublicMessage>;
}

export interface SyncOptions {
  transport: Transport;
  outbox: OutboxStore;
  /** Called after every change of what is shown. */
  onChange: () => void;
  /** Called once for every message that is new on this page and came live or by catching up, in no fixed order. */
  onArrival?: (message: PublicMessage) => void;
  /** setTimeout, replaceable in tests. */
  later?: (run: () => void, milliseconds: number) => void;
}

const PAGE = 50;
/** After which older messages that did not come are asked for again. */
const OLDER_AGAIN_MS = 2_000;
/** Refusals that pass by themselves: the widget retries these without asking the shopper. */
const PASSING: readonly ErrorCode[] = ["rate_limited", "unavailable", "internal"];
const RANK: Record<MessageStatus, number> = { pending: 0, failed: 1, sent: 2, delivered: 3, read: 4 };

/**
 * One conversation as the shopper sees it: every message once, in order of seq, with the unsent ones at the end,
 * whatever the connection cuts, repeats or reorders. `syncedSeq` is the seq up to which nothing the shopper may see is
 * missing (private notes leave jumps in seq, so only the hub can say that a gap is empty). Knows neither socket nor view.
 */
export class ConversationSync {
  readonly #options: SyncOptions;
  readonly #later: (run: () => void, milliseconds: number) => void;
  #bySeq = new Map<number, PublicMessage>();
  #shown: PublicMessage[] = [];
  #outbox: OutboxItem[];
  #conversationId: string | undefined;
  #syncedSeq: number | undefined;
  /** The highest seq the hub spoke of. */
  #knownSeq = 0;
  /** From here on the shown messages have no hole; what lies before comes with loadOlder. Undefined as syncedSeq is. */
  #floorSeq: number | undefined;
  /** Something may have been missed that no seq tells of. */
  #stale = true;
  /** The conversation may be another one now: ask for its latest page. */
  #refetch = false;
  #connected = false;
  /** Counts connections and resets: what an earlier one started has no say in the present one. */
  #epoch = 0;
  #catchingUpIn = -1;
  #sendingIn = -1;
  #loadingOlder = false;
  /** They were refused, and are asked for again in a moment. */
  #olderLater = false;
  #oldestReached = false;
  #failures = 0;

  constructor(options: SyncOptions) {
    this.#options = options;
    this.#later = options.later ?? ((run, milliseconds) => void setTimeout(run, milliseconds));
    this.#outbox = options.outbox.load();
  }

  /** In order of seq. */
  get messages(): readonly PublicMessage[] {
    return this.#shown;
  }
  /** In order of writing; shown after the messages. */
  get outbox(): readonly OutboxItem[] {
    return this.#outbox;
  }
  /** Undefined until the first page is here. */
  get syncedSeq(): number | undefined {
    return this.#syncedSeq;
  }
  get hasOlder(): boolean {
    return !this.#oldestReached && this.#floorSeq !== undefined && this.#floorSeq > 1;
  }
  get loadingOlder(): boolean {
    return this.#loadingOlder;
  }

  /** The hub greeted us, for the first time or after a cut: fetch what was missed, send what waited. */
  connected(session: Pick<WidgetSession, "conversationId" | "lastSeq">): void {
    this.#epoch++;
    this.#connected = true;
    this.#failures = 0;
    if (this.#conversationId !== undefined && session.conversationId !== this.#conversationId) this.#forget();
    this.#conversationId = session.conversationId;
    this.#knownSeq = Math.max(this.#knownSeq, session.lastSeq);
    this.#stale = true;
    void this.#catchUp();
    void this.#flush();
    this.#options.onChange();
  }

  disconnected(): void {
    this.#epoch++;
    this.#connected = false;
    this.#loadingOlder = false;
    for (const item of this.#outbox) if (item.state === "sending") item.state = "queued";
    this.#options.onChange();
  }

  /** Another person uses this browser: nothing of the former conversation stays, sent or unsent. */
  reset(): void {
    this.#epoch++;
    this.#connected = false;
    this.#options.outbox.clear();
    this.#outbox = [];
    this.#conversationId = undefined;
    this.#forget();
    this.#options.onChange();
  }

  /** A live message. */
  received(message: PublicMessage): void {
    if (this.#conversationId !== undefined && message.conversationId !== this.#conversationId) {
      // The matter went on in another conversation, or this is a late one of an earlier: the hub knows which is ours.
      this.#askAnew();
      return;
    }
    this.#conversationId = message.conversationId;
    this.#merge([message]);
    this.#knownSeq = Math.max(this.#knownSeq, message.seq);
    this.#advance();
    void this.#catchUp();
    this.#options.onChange();
  }

  /** The delivery state of a message changed. */
  updated(change: { seq: number; status: MessageStatus }): void {
    const message = this.#bySeq.get(change.seq);
    if (!message) return;
    this.#merge([{ ...message, status: change.status }]);
    this.#options.onChange();
  }

  /** The hub mentioned how far the conversation goes; if the message itself does not follow soon, ask. */
  heardOf({ id, lastSeq }: { id: string; lastSeq: number }): void {
    if (this.#conversationId !== undefined && id !== this.#conversationId) {
      this.#askAnew();
      return;
    }
    if (this.#syncedSeq === undefined || lastSeq <= this.#syncedSeq) return;
    this.#later(() => {
      this.#knownSeq = Math.max(this.#knownSeq, lastSeq);
      void this.#catchUp();
    }, 1_000);
  }

  send(item: Omit<OutboxItem, "state">): void {
    const queued: OutboxItem = { ...item, state: "queued" };
    this.#outbox = [...this.#outbox, queued];
    this.#options.outbox.put(queued);
    void this.#flush();
    this.#options.onChange();
  }

  /** Tries a refused message again. */
  retry(echoId: string): void {
    this.#set(echoId, { state: "queued", error: undefined });
    void this.#flush();
  }

  /** Takes back a message that was not sent; one already under way may still arrive. */
  discard(echoId: string): void {
    this.#drop(echoId);
    this.#options.onChange();
  }

  /** Fetches the page before the oldest message shown; resolves when it is shown or could not be had. */
  async loadOlder(): Promise<void> {
    const floor = this.#floorSeq;
    if (floor === undefined || !this.hasOlder || !this.#connected || this.#loadingOlder || this.#olderLater) return;
    const epoch = this.#epoch;
    this.#loadingOlder = true;
    this.#options.onChange();
    try {
      const page = await this.#options.transport.history({ beforeSeq: floor, limit: PAGE });
      if (epoch !== this.#epoch || floor !== this.#floorSeq) return;
      const first = page.messages[0];
      if (first) this.#floorSeq = Math.min(floor, first.seq);
      else if (!page.more) this.#oldestReached = true;
      this.#merge(page.messages, false);
    } catch {
      // The reader waits at the top, and need not scroll again: a busy hub answers a little later.
      this.#olderLater = true;
      this.#later(() => {
        this.#olderLater = false;
        if (epoch === this.#epoch) void this.loadOlder();
      }, OLDER_AGAIN_MS);
    } finally {
      if (epoch === this.#epoch) {
        this.#loadingOlder = false;
        this.#options.onChange();
      }
    }
  }

  #forget(): void {
    this.#bySeq.clear();
    this.#shown = [];
    this.#syncedSeq = undefined;
    this.#floorSeq = undefined;
    this.#knownSeq = 0;
    this.#stale = true;
    this.#oldestReached = false;
    this.#loadingOlder = false;
  }

  #askAnew(): void {
    this.#stale = true;
    this.#refetch = true;
    void this.#catchUp();
  }

  #behind(): boolean {
    return this.#stale || this.#syncedSeq === undefined || this.#knownSeq > this.#syncedSeq;
  }

  /** Asks for what is missing, page by page, until nothing is; at most one such run per connection. */
  async #catchUp(): Promise<void> {
    if (!this.#connected || this.#catchingUpIn === this.#epoch) return;
    const epoch = this.#epoch;
    this.#catchingUpIn = epoch;
    let failed = false;
    while (!failed && this.#behind()) {
      const before = this.#syncedSeq;
      const afterSeq = this.#refetch ? undefined : before;
      this.#stale = false;
      this.#refetch = false;
      try {
        const page = await this.#options.transport.history(
          afterSeq === undefined ? { limit: PAGE } : { afterSeq, limit: PAGE },
        );
        if (epoch !== this.#epoch) return;
        this.#absorb(page, afterSeq);
        // A page that brought nothing although something is missing: the answer was behind the message; ask again later.
        failed = !this.#stale && this.#behind() && afterSeq !== undefined && this.#syncedSeq === before;
      } catch {
        if (epoch !== this.#epoch) return;
        this.#stale = true;
        failed = true;
      }
    }
    this.#catchingUpIn = -1;
    if (failed) this.#again(() => this.#catchUp());
    else this.#failures = 0;
  }

  /** Takes in a page: the messages after `afterSeq`, or the latest ones when it is undefined. */
  #absorb(page: HistoryResult, afterSeq: number | undefined): void {
    const first = page.messages[0];
    const last = page.messages[page.messages.length - 1];
    if (last && this.#conversationId !== undefined && last.conversationId !== this.#conversationId) {
      this.#forget();
      this.#conversationId = last.conversationId;
      // Another conversation from its middle on: ask for its latest page instead.
      if (afterSeq !== undefined) return;
    }
    this.#conversationId ??= last?.conversationId;
    // `more` on a latest page may speak of older messages; asking once more after its last message settles it.
    const reached = page.more ? (last?.seq ?? afterSeq ?? 0) : page.lastSeq;
    const joins = afterSeq !== undefined || this.#syncedSeq === undefined;
    if (this.#floorSeq === undefined) this.#floorSeq = first?.seq ?? 1;
    this.#merge(page.messages);
    // A latest page that overlaps nothing known leaves the gap before it to the next question.
    if (joins) this.#syncedSeq = Math.max(this.#syncedSeq ?? 0, reached);
    this.#knownSeq = Math.max(this.#knownSeq, page.lastSeq);
    this.#advance();
    this.#options.onChange();
  }

  /** Moves syncedSeq over messages that are here already. */
  #advance(): void {
    if (this.#syncedSeq === undefined) return;
    while (this.#bySeq.has(this.#syncedSeq + 1)) this.#syncedSeq++;
  }

  #merge(messages: readonly PublicMessage[], arrival = true): void {
    const fresh: PublicMessage[] = [];
    for (const message of messages) {
      const known = this.#bySeq.get(message.seq);
      if (!known) fresh.push(message);
      // A page asked for before a change may come after it: a message never goes back to an earlier state.
      const status = known && RANK[known.status] > RANK[message.status] ? known.status : message.status;
      this.#bySeq.set(message.seq, { ...message, status });
      if (message.echoId !== undefined) this.#drop(message.echoId);
    }
    // An older one than the floor (the first result of a message sent again) shows when the shopper scrolls up to it.
    const floor = this.#floorSeq ?? 0;
    this.#shown = [...this.#bySeq.values()].filter(({ seq }) => seq >= floor).sort((a, b) => a.seq - b.seq);
    // The first page is what the shopper left, not news.
    if (arrival && this.#syncedSeq !== undefined) for (const message of fresh) this.#options.onArrival?.(message);
  }

  /** Sends what waits, one after the other, so that the order of writing is the order of arrival. */
  async #flush(): Promise<void> {
    if (!this.#connected || this.#sendingIn === this.#epoch) return;
    const epoch = this.#epoch;
    this.#sendingIn = epoch;
    for (;;) {
      const item = this.#outbox.find(({ state }) => state !== "failed");
      if (!item) break;
      this.#set(item.echoId, { state: "sending" });
      try {
        const message = await this.#options.transport.send(item);
        // An acknowledgement counts even if the connection was cut since; after a reset it is someone else's.
        if (!this.#outbox.some(({ echoId }) => echoId === item.echoId) && epoch !== this.#epoch) return;
        this.#drop(item.echoId);
        this.received(message);
        if (epoch !== this.#epoch) return;
        this.#failures = 0;
      } catch (error) {
        if (epoch !== this.#epoch) return;
        if (error instanceof Refused && !PASSING.includes(error.body.code)) {
          const { code, message } = error.body;
          this.#set(item.echoId, { state: "failed", error: { code, message } });
          continue;
        }
        this.#set(item.echoId, { state: "queued" });
        this.#sendingIn = -1;
        this.#again(() => this.#flush());
        return;
      }
    }
    this.#sendingIn = -1;
  }

  /** Tries again later, with growing pauses, unless the connection was renewed meanwhile. */
  #again(run: () => Promise<void>): void {
    const epoch = this.#epoch;
    const pause = Math.min(30_000, 1_000 * 2 ** this.#failures++);
    this.#later(() => {
      if (epoch === this.#epoch) void run();
    }, pause);
  }

  #set(echoId: string, change: Partial<OutboxItem>): void {
    this.#outbox = this.#outbox.map((item) => {
      if (item.echoId !== echoId) return item;
      const next = { ...item, ...change };
      this.#options.outbox.put(next);
      return next;
    });
    this.#options.onChange();
  }

  #drop(echoId: string): void {
    if (!this.#outbox.some((item) => item.echoId === echoId)) return;
    this.#outbox = this.#outbox.filter((item) => item.echoId !== echoId);
    this.#options.outbox.remove(echoId);
  }
}
