import { Worker } from "node:worker_threads";
import type { ReadAnswer, ReadRequest } from "./read-worker.ts";
import type { InboundMail } from "./receive.ts";

export interface ReadLimits {
  /** What most mails need a hundredth of. One that takes longer goes on apart, out of the others' way. */
  patience: number;
  /** Milliseconds that a mail may take apart. */
  milliseconds: number;
  megabytes: number;
}
const LIMITS: ReadLimits = { patience: 2_000, milliseconds: 20_000, megabytes: 768 };
/** Handed to the thread at a time: enough that it never waits. */
const IN_HAND = 8;
/** How long the mails of a sender whose mail took too long are read apart. */
const APART_MS = 10 * 60_000;
const MOST_SLOW = 1_000;
/** Mails in memory that are read apart or wait for it. */
const MOST_APART = 20;

/** A mail took more time or memory than one mail may have. It would again: nobody should try once more. */
export class TooHardToRead extends Error {}

/** Too many wait to be read apart: this one should come again later. */
export class ReaderBusy extends Error {}

export interface ReadTurn {
  /** Where the mail comes from, as far as is known before it is read: its sender's mails wait for each other where one takes long. */
  sender: string;
  /** It takes long, and others need not wait for it. */
  onApart(): void;
}

interface Job extends ReadTurn {
  request: ReadRequest;
  resolve: (mail: InboundMail) => void;
  reject: (error: Error) => void;
}

/**
 * Reads raw mails in threads of their own, so that none of them can hold up the hub, however it is made. A thread reads one
 * mail after the other. One that takes too long is read again in a second thread, with more time and together with
 * whatever else its sender writes, so that it holds up nobody but them; there it is given up, and so is one that takes too much memory.
 */
export class MailReader {
  readonly #limits: ReadLimits;
  readonly #quick: Lane;
  readonly #apart: Lane;
  /** Until when. */
  readonly #slow = new Map<string, number>();
  #jobs = 0;

  constructor(limits: Partial<ReadLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
    const { patience, milliseconds, megabytes } = this.#limits;
    this.#quick = new Lane({ milliseconds: patience, megabytes }, (job) => this.#goApart(job));
    this.#apart = new Lane({ milliseconds, megabytes }, ({ reject }) =>
      reject(new TooHardToRead("reading a mail took too long")),
    );
  }

  /** @throws TooHardToRead, ReaderBusy */
  read(raw: Buffer, options: ReadRequest["options"], turn: Partial<ReadTurn> = {}): Promise<InboundMail> {
    const { sender = "", onApart = () => undefined } = turn;
    return new Promise((resolve, reject) => {
      const job: Job = { request: { job: ++this.#jobs, raw, options }, sender, onApart, resolve, reject };
      const until = this.#slow.get(sender);
      if (until !== undefined && until > performance.now()) this.#readApart(job);
      else this.#quick.add(job);
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.#quick.stop(), this.#apart.stop()]);
  }

  #goApart(job: Job): void {
    if (job.sender !== "") {
      if (this.#slow.size >= MOST_SLOW) this.#slow.clear();
      this.#slow.set(job.sender, performance.now() + APART_MS);
      for (const other of this.#quick.take(({ sender }) => sender === job.sender)) this.#readApart(other);
    }
    this.#readApart(job);
  }

  #readApart(job: Job): void {
    if (this.#apart.size >= MOST_APART) {
      job.reject(new ReaderBusy("too many mails take long"));
      return;
    }
    job.onApart();
    this.#apart.add(job);
  }
}

/** One thread and what waits for it. It reads in order, so whatever goes wrong is the doing of the first that is unanswered. */
class Lane {
  readonly #limits: Pick<ReadLimits, "milliseconds" | "megabytes">;
  readonly #late: (job: Job) => void;
  readonly #waiting: Job[] = [];
  #inHand: Job[] = [];
  #worker: Worker | undefined;
  /** It has loaded what reads mails, which is no mail's fault. */
  #ready = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(limits: Pick<ReadLimits, "milliseconds" | "megabytes">, late: (job: Job) => void) {
    this.#limits = limits;
    this.#late = late;
  }

  add(job: Job): void {
    if (this.#stopped) {
      job.reject(new Error("the mail reader stopped"));
      return;
    }
    this.#waiting.push(job);
    this.#post();
  }

  /** Mails that it reads or that wait. */
  get size(): number {
    return this.#inHand.length + this.#waiting.length;
  }

  /** Takes out what waits and is such. */
  take(such: (job: Job) => boolean): Job[] {
    const taken = this.#waiting.filter(such);
    for (const job of taken) this.#waiting.splice(this.#waiting.indexOf(job), 1);
    return taken;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
    for (const job of [...this.#inHand.splice(0), ...this.#waiting.splice(0)])
      job.reject(new Error("the mail reader stopped"));
  }

  #post(): void {
    while (this.#inHand.length < IN_HAND && this.#waiting.length > 0) {
      const job = this.#waiting.shift()!;
      this.#inHand.push(job);
      this.#worker ??= this.#start();
      this.#worker.postMessage(job.request);
      if (this.#inHand.length === 1) this.#watch();
    }
  }

  /** The first in hand begins now. An idle thread keeps no process alive. */
  #watch(): void {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    if (!worker) return;
    if (this.#inHand.length === 0) {
      worker.unref();
      return;
    }
    worker.ref();
    if (this.#ready) this.#timer = setTimeout(() => this.#lost(worker, this.#late), this.#limits.milliseconds);
  }

  #start(): Worker {
    const worker = new Worker(new URL("./read-worker.ts", import.meta.url), {
      name: "mail-reader",
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.megabytes },
    });
    this.#ready = false;
    worker.on("message", (answer: ReadAnswer) => {
      if (this.#worker === worker) this.#answered(answer);
    });
    const failed = (cause: unknown) => {
      const Reason = this.#ready ? TooHardToRead : Error;
      this.#lost(worker, (job) => job.reject(new Reason("the mail reader ended", { cause })));
    };
    worker.on("error", failed);
    worker.on("exit", failed);
    return worker;
  }

  #answered(answer: ReadAnswer): void {
    if ("ready" in answer) {
      this.#ready = true;
      this.#watch();
      return;
    }
    const [job] = this.#inHand;
    if (job?.request.job !== answer.job) return;
    this.#inHand.shift();
    if ("error" in answer) job.reject(new Error(answer.error));
    else job.resolve(withBuffers(answer.mail));
    this.#watch();
    this.#post();
  }

  /** The thread is gone, or has to go: the mail that it read goes its way, those behind it are read by another. */
  #lost(worker: Worker, blame: (job: Job) => void): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    clearTimeout(this.#timer);
    void worker.terminate();
    const [first, ...others] = this.#inHand.splice(0);
    this.#waiting.unshift(...others);
    if (first) blame(first);
    this.#post();
  }
}

/** Buffers arrive from another thread as plain arrays of bytes. */
function withBuffers(mail: InboundMail): InboundMail {
  const files = mail.files.map((file) => {
    const { buffer, byteOffset, byteLength } = file.content as Uint8Array<ArrayBuffer>;
    return { ...file, content: Buffer.from(buffer, byteOffset, byteLength) };
  });
  return { ...mail, files };
}
