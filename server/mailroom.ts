import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import type { Channel, OutboundMessage } from "../channels/channel.ts";
import { Composer, type Mailbox } from "../channels/email/compose.ts";
import { createEmailChannel } from "../channels/email/index.ts";
import { type MailResolver, systemResolver } from "../channels/email/proof/dns.ts";
import type { ReadLimits } from "../channels/email/reader.ts";
import type { InboundMail } from "../channels/email/receive.ts";
import { ImapReceiver } from "../channels/email/receive-imap.ts";
import { createSmtpReceiver } from "../channels/email/receive-smtp.ts";
import { selfSigned } from "../channels/email/self-signed.ts";
import { createLocalSender, createSender, type Sender, smtpOfUrl } from "../channels/email/send.ts";
import { bareAddress } from "../channels/email/thread.ts";
import { openAttachment } from "./actions/attachments.ts";
import { mailedLink } from "./actions/buyer-links.ts";
import {
  addressedInboxes,
  keepLocalMail,
  loadMailCursor,
  mailboxOf,
  saveMailCursor,
  saveMailState,
} from "./actions/mailboxes.ts";
import { inboxesOf, storeMail } from "./actions/store-mail.ts";
import { type Config, isLoopback } from "./config.ts";
import type { Clock, Context } from "./context.ts";
import type { Translate } from "./i18n.ts";
import { isListed } from "./jobs/mail-proof.ts";
import { MailWorker } from "./jobs/mails.ts";
import type { Log } from "./log.ts";
import { type CheckHost, createHostCheck } from "./outbound-http.ts";
import { findInbox } from "./queries/inboxes.ts";
import { workspaceName } from "./queries/workspace.ts";
import type { InboxRecord } from "./records.ts";
import { mailSecret } from "./signing.ts";

const TEMPLATES = join(import.meta.dirname, "..", "templates", "email");
const MAX_MAIL_BYTES = 50 * 1024 * 1024;
/** A port that is taken is tried again after this, then after growing pauses. */
const FIRST_LISTEN_MS = 500;
const LONGEST_LISTEN_MS = 15_000;
/** How long mails under way may take when the hub stops; then they are cut off, and tried again by the next start. */
const STOP_GRACE_MS = 10_000;

interface Fetcher {
  settings: string;
  receiver: ImapReceiver;
  state?: { connected: boolean; problem?: string; detail?: string };
}

export interface MailroomOptions {
  config: Config;
  log: Log;
  translate: Translate;
  clock: Clock;
  /** Port of the SMTP receiver instead of the configured one; 0 takes a free one. */
  smtpPort?: number;
  /** Asked for SPF, DKIM and DMARC records instead of the DNS. */
  resolver?: MailResolver;
  readLimits?: Partial<ReadLimits>;
}

/** Joins the email channel to the hub: what sends, what receives, what takes stored mails in. */
export class Mailroom {
  readonly channel: Channel<InboundMail>;
  readonly #options: MailroomOptions;
  readonly #fetchers = new Map<string, Fetcher>();
  readonly #senders = new LRUCache<string, { settings: string; sender: Sender }>({
    max: 200,
    dispose: ({ sender }) => sender.close(),
  });
  readonly #fallback: Sender;
  readonly #closers: (() => unknown)[] = [];
  #fetching: Promise<void> = Promise.resolve();
  #stopped = false;
  #worker: MailWorker | undefined;
  #context: Context | undefined;
  readonly #checkHost: CheckHost;
  /** Where the SMTP receiver listens; undefined when it is off. */
  smtpPort: number | undefined;

  constructor(options: MailroomOptions) {
    this.#options = options;
    const { config, clock, translate } = options;
    const template = (name: string) => readFileSync(join(TEMPLATES, name), "utf8");
    const secret = mailSecret(config.secretKey);
    this.#checkHost = createHostCheck({ allowed: config.allowNetworks });
    this.#fallback = config.smtpUrl
      ? createSender(smtpOfUrl(config.smtpUrl))
      : createLocalSender((mail) => keepLocalMail({ ...mail, at: clock.now() }));
    this.channel = createEmailChannel({
      composer: new Composer({ html: template("reply.html.liquid"), text: template("reply.txt.liquid") }, secret),
      secret,
      words: (locale) => (key, values) => translate(locale, `email:${key}`, values),
      now: () => clock.now(),
      mailbox: (inbox) => this.#mailbox(inbox),
      readFile: async (id) => {
        const file = await openAttachment(id);
        if (!file) throw new Error(`attachment ${id} is gone`);
        const chunks: Buffer[] = [];
        for await (const chunk of file.stream()) chunks.push(chunk as Buffer);
        return Buffer.concat(chunks);
      },
      messagesUrl: async (message) => this.#context && mailedLink(this.#context, message),
    });
  }

  async #mailbox(inbox: OutboundMessage["inbox"]): Promise<{ mailbox: Mailbox; sender: Sender }> {
    const { config } = this.#options;
    const settings = mailboxOf({ config }, inbox);
    const address = inbox.address ?? `support@${config.mailDomain}`;
    return {
      mailbox: {
        address,
        senderName: settings.senderName || (await this.#shopName(inbox.id)) || inbox.name,
        signature: settings.signature,
        signatures: settings.signatures,
        addressPattern: settings.addressPattern,
        domain: address.split("@")[1] ?? config.mailDomain,
        ...(settings.dkim && { dkim: settings.dkim }),
      },
      sender: settings.smtp ? this.#sender(inbox.id, settings.smtp) : this.#fallback,
    };
  }

  /** Buyers know the shop by its name; the inbox's own is the team's. */
  async #shopName(inboxId: string): Promise<string | undefined> {
    const inbox = this.#context && (await findInbox(this.#context, inboxId));
    return inbox && workspaceName(inbox.workspaceId);
  }

  #sender(id: string, smtp: NonNullable<ReturnType<typeof mailboxOf>["smtp"]>): Sender {
    const settings = JSON.stringify(smtp);
    const known = this.#senders.get(id);
    if (known?.settings === settings) return known.sender;
    const sender = createSender(smtp, { resolve: this.#checkHost });
    this.#senders.set(id, { settings, sender });
    return sender;
  }

  /** Opens the receivers, while what a crash left is taken in. A port that is taken is tried again until it is free. */
  async start(ctx: Context): Promise<void> {
    this.#context = ctx;
    const worker = new MailWorker(ctx, this.channel, {
      resolve: this.#options.resolver ?? systemResolver(),
      limits: this.#options.readLimits,
    });
    this.#worker = worker;
    worker.start();
    await this.#listen(ctx);
    await this.#fetch(ctx);
    this.#closers.push(ctx.bus.on("inbox.updated", () => this.#fetch(ctx)));
  }

  /** Takes over overdue mails now. */
  async sweep(): Promise<number> {
    return (await this.#worker?.sweep()) ?? 0;
  }

  /** Resolves when every stored mail that this process knows of is taken in. */
  async idle(): Promise<void> {
    await this.#worker?.idle();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const close of this.#closers.splice(0)) await close();
    await this.#fetching;
    await Promise.all([...this.#fetchers.values()].map(({ receiver }) => receiver.stop()));
    this.#fetchers.clear();
    await this.#worker?.stop();
    const senders = [this.#fallback, ...[...this.#senders.values()].map(({ sender }) => sender)];
    this.#senders.clear();
    this.#fallback.close();
    setTimeout(() => {
      for (const sender of senders) sender.close({ force: true });
    }, STOP_GRACE_MS).unref();
  }

  async #listen(ctx: Context): Promise<void> {
    const { config, smtpPort } = this.#options;
    if (smtpPort === undefined && config.smtpListenPort === 0) return ctx.health.set("smtp", "off");
    const receiver = createSmtpReceiver({
      name: config.mailDomain,
      maxBytes: MAX_MAIL_BYTES,
      isTrusted: (address) => isLoopback(address) || isListed(address, config.mailTrustedRelays),
      tls: config.smtpTls ?? selfSigned(config.mailDomain),
      accepts: async (address) => (await inboxesOf(ctx, [bareAddress(address)])).length > 0,
      store: async (raw, { mailFrom, recipients, remoteAddress, helo }) => {
        const inboxes = await inboxesOf(ctx, [...new Set(recipients.map(bareAddress))]);
        if (inboxes.length === 0) throw new Error("the inbox is gone");
        for (const inbox of inboxes) {
          const own = recipients.filter((address) => bareAddress(address) === inbox.address);
          const client = { address: remoteAddress, helo };
          await storeMail(ctx, { inbox, mail: { raw, mailFrom, recipients: own, via: "smtp", client } });
        }
      },
      onError: (error) => ctx.log.error({ err: error }, "the SMTP receiver failed"),
    });
    const port = smtpPort ?? config.smtpListenPort;
    let timer: NodeJS.Timeout | undefined;
    let pause = FIRST_LISTEN_MS;
    // The hub is of use without it; another process may hold the port, such as the hub that ran before and still ends.
    const listen = async () => {
      try {
        this.smtpPort = await receiver.listen(port, config.host);
        ctx.health.set("smtp", "ok");
      } catch (error) {
        const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
        const detail = taken ? `port ${port} is taken` : `port ${port}: ${String(error)}`;
        if (ctx.health.get("smtp").state !== "failed") {
          ctx.log.error({ err: error, port }, "mail can not be received by SMTP, tried again: see SMTP_LISTEN_PORT");
        }
        ctx.health.set("smtp", "failed", detail);
        timer = setTimeout(() => void listen(), pause).unref();
        pause = Math.min(LONGEST_LISTEN_MS, pause * 2);
      }
    };
    this.#closers.push(() => {
      clearTimeout(timer);
      return this.smtpPort === undefined ? undefined : receiver.close();
    });
    await listen();
  }

  /** All mailboxes that are fetched, as one part of the hub. */
  #showFetching(ctx: Context): void {
    const states = [...this.#fetchers.values()].map(({ state }) => state);
    const failed = states.find((state) => state?.connected === false);
    if (states.length === 0) ctx.health.set("imap", "off");
    else if (failed) ctx.health.set("imap", "failed", failed.detail ?? failed.problem);
    else ctx.health.set("imap", states.every((state) => state?.connected) ? "ok" : "starting");
  }

  /** One look after the other: an older one, still busy with stopping, never puts back the settings that it saw. */
  #fetch(ctx: Context): Promise<void> {
    this.#fetching = this.#fetching
      .then(() => (this.#stopped ? undefined : this.#fetchOnce(ctx)))
      .catch((error: unknown) => ctx.log.error({ err: error }, "mailboxes could not be looked up"));
    return this.#fetching;
  }

  /** One fetcher for each inbox with IMAP settings; those whose settings changed begin anew. */
  async #fetchOnce(ctx: Context): Promise<void> {
    const inboxes = await addressedInboxes(ctx);
    const wanted = new Map(inboxes.map((inbox) => [inbox._id.toHexString(), inbox]));
    for (const [id, { receiver }] of this.#fetchers) {
      const inbox = wanted.get(id);
      if (inbox && JSON.stringify(mailboxOf(ctx, inbox).imap) === this.#fetchers.get(id)?.settings) continue;
      this.#fetchers.delete(id);
      await receiver.stop();
    }
    for (const [id, inbox] of wanted) {
      const { imap } = mailboxOf(ctx, inbox);
      if (!imap || this.#fetchers.has(id)) continue;
      const receiver = this.#fetcher(ctx, inbox, imap);
      this.#fetchers.set(id, { settings: JSON.stringify(imap), receiver });
      receiver.start();
    }
    this.#showFetching(ctx);
  }

  #fetcher(ctx: Context, inbox: InboxRecord, imap: NonNullable<ReturnType<typeof mailboxOf>["imap"]>): ImapReceiver {
    const mailbox = `${imap.user}@${imap.host}:${imap.port}/${imap.folder}`;
    const inboxId = inbox._id.toHexString();
    return new ImapReceiver({
      config: imap,
      resolve: this.#checkHost,
      maxBytes: MAX_MAIL_BYTES,
      now: () => ctx.clock.now(),
      cursor: {
        load: () => loadMailCursor(inbox._id, mailbox),
        save: (cursor) => saveMailCursor({ ...cursor, inboxId: inbox._id, mailbox }),
      },
      store: async (raw) => {
        await storeMail(ctx, { inbox, mail: { raw, via: "imap" } });
      },
      unreadable: async (uid, error) => {
        ctx.log.error({ err: error, inboxId, uid }, "the mail server can not give a mail");
        const stub = `From: unknown@invalid\r\nSubject: IMAP ${imap.folder} UID ${uid}\r\nAuto-Submitted: auto-generated\r\n\r\n`;
        await storeMail(ctx, { inbox, mail: { raw: Buffer.from(stub) } });
      },
      onState: (state) => {
        const fetcher = this.#fetchers.get(inboxId);
        if (fetcher) fetcher.state = state;
        this.#showFetching(ctx);
        saveMailState(ctx, { inboxId: inbox._id, ...state }).catch((error: unknown) =>
          ctx.log.error({ err: error, inboxId }, "a mailbox's state was not saved"),
        );
        if (!state.connected)
          ctx.log.warn({ inboxId, problem: state.problem, detail: state.detail }, "mailbox not reachable");
      },
    });
  }
}
