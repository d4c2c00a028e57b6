import type { Channel } from "../../channels/channel.ts";
import type { MailResolver } from "../../channels/email/proof/dns.ts";
import type { Verdict } from "../../channels/email/proof/verdict.ts";
import { MailReader, ReaderBusy, type ReadLimits, TooHardToRead } from "../../channels/email/reader.ts";
import { type InboundMail, unreadableMail } from "../../channels/email/receive.ts";
import { nextCheck, nextDueCheck } from "../actions/mail-proof.ts";
import { receiveMail } from "../actions/receive-mail.ts";
import {
  deferMail,
  OWED_MAILS,
  ownAddresses,
  postponeMail,
  readRawMail,
  type SettledMail,
  settleMails,
} from "../actions/store-mail.ts";
import type { Context } from "../context.ts";
import { findInbox } from "../queries/inboxes.ts";
import type { InboxRecord, MailRecord } from "../records.ts";
import { mailSecret } from "../signing.ts";
import { Claims } from "./claims.ts";
import { DueWork } from "./due-work.ts";
import { SenderProofs } from "./mail-proof.ts";

/** Mails taken in side by side, as many as the database writes together; large ones hold their bytes in memory. */
const AT_ONCE = 100;
/** Of one sender, so that others' mails always have room beside theirs. */
const AT_ONCE_OF_ONE = 50;
const BYTES_AT_ONCE = 64 * 1024 * 1024;
/** While others are taken in, new mails wait this long for company: what goes side by side shares its commands. */
const GATHER_MS = 20;
const SETTLE_EVERY_MS = 50;
/** What is due is taken in batches, while fewer than so many wait. */
const TAKE_BATCH = 50;
const MOST_WAITING = 100;
/** After this many failures the mail is shown as unreadable, so that it is neither lost nor stuck. */
const MAX_ATTEMPTS = 8;

/** Makes conversations of stored mails: at once for those this node stored, later for what a crash left. */
export class MailWorker {
  readonly #ctx: Context;
  readonly #channel: Channel<InboundMail>;
  readonly #waiting: MailRecord[] = [];
  readonly #running = new Set<Promise<void>>();
  /** What is being taken in, by its sender and by its id. */
  readonly #turns = new Map<string, Promise<unknown>>();
  /** In hand by sender, and altogether: without those that are read apart. */
  readonly #senders = new Map<string, number>();
  #inHand = 0;
  #bytes = 0;
  readonly #reader: MailReader;
  readonly #proofs: SenderProofs;
  /** Those in hand that wait for the DNS: others may go on. */
  #parked = 0;
  readonly #settled: SettledMail[] = [];
  readonly #claims: Claims<MailRecord>;
  readonly #due: DueWork;
  /** Senders that are to be checked again. */
  readonly #checks: DueWork;
  /** There may be more than there was room for. */
  #more = false;
  #gathering: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #unsubscribe: () => void;
  #stopped = false;

  constructor(
    ctx: Context,
    channel: Channel<InboundMail>,
    { resolve, limits }: { resolve: MailResolver; limits?: Partial<ReadLimits> | undefined },
  ) {
    this.#reader = new MailReader(limits);
    this.#ctx = ctx;
    this.#proofs = new SenderProofs(ctx, resolve);
    this.#channel = channel;
    this.#claims = new Claims(ctx, OWED_MAILS);
    this.#due = new DueWork(ctx, {
      name: "stored mails",
      take: () => this.#takeDue(),
      nextDue: async () => (this.#more ? undefined : this.#claims.nextDue()),
    });
    this.#checks = new DueWork(ctx, {
      name: "senders of mails",
      take: () => this.#proofs.checkDue(),
      nextDue: nextDueCheck,
    });
    this.#unsubscribe = ctx.bus.on("mail.stored", ({ mail }) => {
      this.#claims.hold(mail);
      this.#add(mail);
    });
  }

  /** What the last process left is due at once. In the background. */
  start(): void {
    void this.#claims
      .endDead()
      .catch((error: unknown) => this.#ctx.log.error({ err: error }, "old claims of mails could not be ended"))
      .then(() => this.#due.look());
    void this.#checks.look();
  }

  /** Takes in what is due, and has senders checked again. Returns how many mails were taken in. */
  async sweep(): Promise<number> {
    void this.#checks.look();
    let count = 0;
    for (let taken = -1; taken !== 0 && !this.#stopped; count += taken) {
      taken = await this.#takeDue();
      await this.idle();
    }
    return count;
  }

  /** Resolves when everything that waits is done. */
  async idle(): Promise<void> {
    await this.#due.idle();
    while (this.#running.size > 0) {
      await Promise.all(this.#running);
      await this.#due.idle();
    }
    await this.#checks.idle();
  }

  /** Finishes what runs; what waits is owed to the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    await this.#proofs.stop();
    await Promise.all([this.#due.stop(), this.#checks.stop()]);
    await this.idle();
    clearTimeout(this.#timer);
    await this.#flush();
    const now = this.#ctx.clock.now();
    await Promise.all(this.#waiting.splice(0).map((mail) => this.#claims.letGo(mail, now)));
    this.#claims.stop();
    await this.#reader.stop();
  }

  async #takeDue(): Promise<number> {
    let count = 0;
    this.#more = false;
    while (!this.#stopped) {
      if (this.#waiting.length >= MOST_WAITING) {
        this.#more = true;
        break;
      }
      const taken = await this.#claims.take(TAKE_BATCH);
      for (const mail of taken) this.#add(mail);
      count += taken.length;
      if (taken.length < TAKE_BATCH) break;
    }
    return count;
  }

  /** Written off many at a time: taking a mail in twice makes one message. */
  #settle(settled: SettledMail): void {
    this.#settled.push(settled);
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush().catch((error: unknown) => this.#ctx.log.error({ err: error }, "mails could not be written off"));
    }, SETTLE_EVERY_MS);
  }

  async #flush(): Promise<void> {
    const settled = this.#settled.splice(0);
    try {
      await settleMails(settled);
    } finally {
      for (const { mail } of settled) this.#claims.drop(mail);
    }
  }

  #add(mail: MailRecord): void {
    this.#waiting.push(mail);
    if (this.#inHand === 0) this.#next();
    else this.#gathering ??= setTimeout(() => this.#next(), GATHER_MS);
  }

  #next(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    while (this.#inHand - this.#parked < AT_ONCE && this.#waiting.length > 0 && !this.#stopped) {
      const at = this.#waiting.findIndex((mail) => (this.#senders.get(senderOf(mail)) ?? 0) < AT_ONCE_OF_ONE);
      const mail = this.#waiting[at];
      if (!mail || (this.#inHand > 0 && this.#bytes + mail.size > BYTES_AT_ONCE)) return;
      this.#waiting.splice(at, 1);
      const leave = this.#enter(mail);
      const task = this.#take(mail, leave).finally(() => {
        this.#running.delete(task);
        if (this.#more && this.#waiting.length < MOST_WAITING / 2) void this.#due.look();
        leave();
      });
      this.#running.add(task);
    }
  }

  /** Takes a mail's place among those in hand. What it returns gives it to another, once. */
  #enter(mail: MailRecord): () => void {
    const sender = senderOf(mail);
    const count = (step: 1 | -1) => {
      this.#inHand += step;
      this.#bytes += step * mail.size;
      if (sender === "") return;
      const left = (this.#senders.get(sender) ?? 0) + step;
      if (left > 0) this.#senders.set(sender, left);
      else this.#senders.delete(sender);
    };
    let here = true;
    count(1);
    return () => {
      if (!here) return;
      here = false;
      count(-1);
      if (this.#inHand === 0 || this.#gathering === undefined) this.#next();
    };
  }

  /**
   * After those that came before from the same sender, and the mails that this one answers: their conversation is found
   * only once it is there, and answers to one address are counted one by one.
   */
  #inTurn<T>(inbound: InboundMail, work: () => Promise<T>): Promise<T> {
    const own = [inbound.from.address.toLowerCase(), inbound.sourceId];
    const before = [...own, ...inbound.hints.references].flatMap((key) => this.#turns.get(key) ?? []);
    const turn = Promise.allSettled(before).then(work);
    for (const key of own) this.#turns.set(key, turn);
    const done = () => {
      for (const key of own) if (this.#turns.get(key) === turn) this.#turns.delete(key);
    };
    turn.then(done, done);
    return turn;
  }

  async #check(mail: MailRecord, inbox: InboxRecord, raw: Buffer, inbound: InboundMail): Promise<Verdict> {
    this.#parked++;
    // Its place is free while the DNS thinks.
    if (this.#waiting.length > 0) this.#gathering ??= setTimeout(() => this.#next(), GATHER_MS);
    try {
      return await this.#proofs.verdict(mail, inbox, raw, inbound.from.address);
    } finally {
      this.#parked--;
    }
  }

  async #take(mail: MailRecord, onApart: () => void): Promise<void> {
    const ctx = this.#ctx;
    try {
      const inbox = await findInbox(ctx, mail.inboxId);
      if (!inbox) {
        this.#settle({ mail, state: "unreadable" });
        return;
      }
      const raw = await readRawMail(mail);
      const inbound = await this.#read(mail, raw, onApart);
      const checked = inbound.unread || aboutOurs(inbound) ? undefined : this.#check(mail, inbox, raw, inbound);
      const { message, again } = await this.#inTurn(inbound, async () => {
        const verdict = await checked;
        const message = await receiveMail(ctx, {
          inbox,
          inbound,
          channel: this.#channel,
          mailId: mail._id,
          ...(verdict && { proof: verdict.proof }),
        });
        return { message, again: verdict?.again && nextCheck(ctx, 0) };
      });
      this.#settle({
        mail,
        state: inbound.unread ? "unreadable" : "done",
        ...(message && { messageId: message._id }),
        ...(again && { checkAt: again, sender: inbound.from.address }),
      });
      if (again) this.#checks.by(again);
    } catch (error) {
      const busy = error instanceof ReaderBusy;
      const told = { err: error, mailId: mail._id.toHexString(), attempts: mail.attempts };
      if (!busy) ctx.log.error(told, "a mail was not taken in");
      // Its claim runs out where that cannot be written either.
      const until = await (busy ? deferMail : postponeMail)(ctx, mail).catch(() => undefined);
      this.#claims.drop(mail);
      if (until) this.#due.by(until);
    }
  }

  /** A mail that takes more than one mail may is shown as such after one try: it would take it again. */
  async #read(mail: MailRecord, raw: Buffer, onApart: () => void): Promise<InboundMail> {
    if (mail.attempts >= MAX_ATTEMPTS) return unreadableMail(raw, "unreadable");
    const { config, log } = this.#ctx;
    const options = {
      inboxId: mail.inboxId.toHexString(),
      secret: mailSecret(config.secretKey),
      envelope: {
        ours: [...(await ownAddresses(this.#ctx))],
        recipients: mail.recipients,
        ...(mail.mailFrom !== undefined && { mailFrom: mail.mailFrom }),
      },
    };
    try {
      return await this.#reader.read(raw, options, { sender: senderOf(mail), onApart });
    } catch (error) {
      if (!(error instanceof TooHardToRead)) throw error;
      log.warn({ err: error, mailId: mail._id.toHexString() }, "a mail took too much to read and was given up");
      return unreadableMail(raw, "given_up");
    }
  }
}

/** Whose turn a mail takes. Empty for mails that tell nothing before they are read. */
function senderOf({ mailFrom }: MailRecord): string {
  return mailFrom?.toLowerCase() ?? "";
}

/** Reports on mails of ours join no conversation by their sender. */
function aboutOurs({ classified: { bounce, complaint } }: InboundMail): boolean {
  return bounce !== undefined || complaint !== undefined;
}
