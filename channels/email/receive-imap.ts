import { isIP } from "node:net";
import { ImapFlow, type ImapFlowOptions } from "imapflow";
import type { ImapConfig } from "./config.ts";
import { type ConnectionProblem, connectionProblem } from "./send.ts";

/** How far a mailbox has been fetched. Kept durably by the caller. */
export interface ImapCursor {
  /** RFC 3501 section 2.3.1.1: UIDs only mean something together with it. */
  uidValidity: string;
  /** Everything up to this UID is stored. */
  lastUid: number;
  /** When the mailbox was first fetched: older mail is not the hub's business. */
  since: Date;
}

export interface CursorStore {
  load(): Promise<ImapCursor | undefined>;
  save(cursor: ImapCursor): Promise<void>;
}

export interface ImapReceiverOptions {
  config: ImapConfig;
  /** The address to connect to for the server's name, asked for every connection; throws where the hub may not go. */
  resolve?: (host: string) => Promise<string>;
  cursor: CursorStore;
  /** Bytes of one mail that are fetched; a longer one is cut there. */
  maxBytes: number;
  /**
   * Stores the raw mail durably; the cursor moves on only after it resolved. Must count a mail once (by its Message-ID),
   * as a crash between the two, or a new UIDVALIDITY, brings mails again.
   */
  store(raw: Buffer, from: { uid: number; uidValidity: string }): Promise<void>;
  /** The server cannot give this mail, however often it is asked: tell a person, then go on with the next. */
  unreadable(uid: number, error: Error): Promise<void>;
  /** Connected and up to date, or why not. */
  onState(state: { connected: true } | { connected: false; problem: ConnectionProblem; detail: string }): void;
  now?: () => Date;
}

const MAX_FETCH_TRIES = 3;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 300_000;

/**
 * Fetches one IMAP folder without changing it: by UID, never by flags, so that people and other programs may read the
 * same mailbox. IDLE tells of new mail at once, polling where a server does not keep its word.
 */
export class ImapReceiver {
  readonly #options: ImapReceiverOptions;
  readonly #stop = new AbortController();
  readonly #tries = new Map<number, number>();
  #client: ImapFlow | undefined;
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  constructor(options: ImapReceiverOptions) {
    this.#options = options;
  }

  /** Fetches until stopped, reconnecting with growing pauses. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Lets the mail that is being stored end, then closes the connection. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#session(() => {
          failures = 0;
        });
      } catch (error) {
        failures++;
        this.#options.onState({ connected: false, ...connectionProblem(error) });
      } finally {
        this.#client?.close();
        this.#client = undefined;
      }
      if (failures > 0) {
        const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10));
        await this.#pause(pause / 2 + Math.random() * (pause / 2));
      }
    }
  }

  async #session(connected: () => void): Promise<void> {
    const { config, onState } = this.#options;
    const client = new ImapFlow(optionsOf(config, await this.#options.resolve?.(config.host)));
    this.#client = client;
    // Without a listener a broken connection would end the process; the next command fails and says why.
    let broken: Error | undefined;
    client.on("error", (error: Error) => {
      broken = error;
      this.#wake?.();
    });
    client.on("close", () => this.#wake?.());
    let news = false;
    client.on("exists", () => {
      news = true;
      this.#wake?.();
    });
    await client.connect();
    await client.mailboxOpen(config.folder, { readOnly: true });
    while (!this.#stop.signal.aborted) {
      news = false;
      await this.#sync(client);
      connected();
      onState({ connected: true });
      // IDLE where the server has it; any other command ends it. A refusal leaves polling.
      void client.idle().catch(() => undefined);
      if (!news) await this.#pause(config.pollSeconds * 1_000);
      if (broken) throw broken;
      if (!client.usable) throw new Error("the server closed the connection");
      if (!news && !this.#stop.signal.aborted) await client.noop();
    }
    await client.logout();
  }

  /** One round: everything above the cursor, in order, one mail in memory at a time. */
  async #sync(client: ImapFlow): Promise<void> {
    const { mailbox } = client;
    if (!mailbox) throw new Error("the folder is not open");
    const uidValidity = mailbox.uidValidity.toString();
    let cursor = await this.#options.cursor.load();
    if (!cursor) {
      // The first time only new mail counts: what was answered long ago must not be answered again.
      cursor = { uidValidity, lastUid: mailbox.uidNext - 1, since: this.#now() };
      await this.#options.cursor.save(cursor);
      return;
    }
    let uids: number[];
    if (cursor.uidValidity === uidValidity) {
      uids = await this.#uidsAfter(client, cursor.lastUid);
    } else {
      // All numbers are new: everything since the beginning comes again, and the store counts it once.
      this.#tries.clear();
      const found = await client.search({ since: dayBefore(cursor.since) }, { uid: true });
      uids = found || [];
      cursor = { ...cursor, uidValidity, lastUid: 0 };
    }
    for (const uid of uids.sort((a, b) => a - b)) {
      if (this.#stop.signal.aborted) return;
      if (!(await this.#fetchOne(client, uid, uidValidity))) return;
      cursor = { ...cursor, lastUid: uid };
      await this.#options.cursor.save(cursor);
    }
  }

  /** `n:*` also names the last mail when its UID is below n (RFC 3501 section 6.4.8), so the answer is filtered. */
  async #uidsAfter(client: ImapFlow, lastUid: number): Promise<number[]> {
    if (!client.mailbox || client.mailbox.exists === 0) return [];
    const found = await client.search({ uid: `${lastUid + 1}:*` }, { uid: true });
    return (found || []).filter((uid) => uid > lastUid);
  }

  /** Whether the cursor may pass this mail. */
  async #fetchOne(client: ImapFlow, uid: number, uidValidity: string): Promise<boolean> {
    let source: Buffer | undefined;
    try {
      const found = await client.fetchOne(
        String(uid),
        { uid: true, source: { start: 0, maxLength: this.#options.maxBytes } },
        { uid: true },
      );
      // Deleted meanwhile by a person or another program.
      if (!found) return true;
      source = found.source;
      if (!source) throw new Error("the server sent no text");
    } catch (error) {
      // A connection that broke says nothing of the mail.
      const tries = (this.#tries.get(uid) ?? 0) + 1;
      this.#tries.set(uid, tries);
      if (tries < MAX_FETCH_TRIES) throw error;
      await this.#options.unreadable(uid, error instanceof Error ? error : new Error(String(error)));
      this.#tries.delete(uid);
      return true;
    }
    await this.#options.store(source, { uid, uidValidity });
    this.#tries.delete(uid);
    return true;
  }

  #pause(milliseconds: number): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.#wake = done;
    });
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}

/** SEARCH SINCE compares days in the server's own time zone. */
function dayBefore(date: Date): Date {
  return new Date(date.getTime() - 24 * 3600 * 1_000);
}

function optionsOf(config: ImapConfig, address = config.host): ImapFlowOptions {
  return {
    host: address,
    // The certificate is the name's, whatever the address.
    ...(isIP(config.host) === 0 && { servername: config.host }),
    port: config.port,
    secure: config.security === "tls",
    ...(config.security === "starttls" && { doSTARTTLS: true }),
    ...(config.security === "none" && { doSTARTTLS: false }),
    auth: { user: config.user, pass: config.password },
    logger: false,
    // Told through `exists` while nothing else is asked.
    maxIdleTime: Math.min(config.pollSeconds, 300) * 1_000,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 300_000,
  };
}

/** Undefined when the mailbox can be opened; else what is wrong, in words through `connection.<problem>`. */
export async function testImap(
  config: ImapConfig,
  resolve?: ImapReceiverOptions["resolve"],
): Promise<{ problem: ConnectionProblem; detail: string } | undefined> {
  let client: ImapFlow | undefined;
  try {
    client = new ImapFlow(optionsOf(config, await resolve?.(config.host)));
    client.on("error", () => undefined);
    await client.connect();
    try {
      await client.mailboxOpen(config.folder, { readOnly: true });
    } catch (error) {
      return { problem: "folder", detail: connectionProblem(error).detail };
    }
    await client.logout();
    return undefined;
  } catch (error) {
    return connectionProblem(error);
  } finally {
    client?.close();
  }
}
