import { Worker } from "node:worker_threads";
import type { ReadAnswer, ReadRequest } from "./read-worker.ts";
import type { InboundMail } from "./receive.ts";

/** What a stranger wrote may take this long and this much memory, and no more. */
const LIMITS = { milliseconds: 30_000, megabytes: 768 };

interface Job {
  request: ReadRequest;
  resolve: (mail: InboundMail) => void;
  reject: (error: Error) => void;
  timer?: NodeJS.Timeout;
}

/**
 * Reads raw mails in a thread of its own, so that none of them can hold up the hub, however it is made. One that takes too
 * long, or too much memory, takes the thread with it. Those that were beside it are then read one by one, so that only the
 * one at fault rejects.
 */
export class MailReader {
  readonly #limits: typeof LIMITS;
  readonly #reading = new Map<number, Job>();
  /** After a failure: what waits for its turn alone. */
  readonly #suspects: Job[] = [];
  #worker: Worker | undefined;
  #jobs = 0;

  constructor(limits: Partial<typeof LIMITS> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  read(raw: Buffer, options: ReadRequest["options"]): Promise<InboundMail> {
    return new Promise((resolve, reject) => {
      const job: Job = { request: { job: ++this.#jobs, raw, options }, resolve, reject };
      if (this.#suspects.length > 0) this.#suspects.push(job);
      else this.#post(job);
    });
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
    for (const job of [...this.#reading.values(), ...this.#suspects.splice(0)]) {
      clearTimeout(job.timer);
      job.reject(new Error("the mail reader stopped"));
    }
    this.#reading.clear();
  }

  #post(job: Job): void {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    worker.postMessage(job.request);
    worker.ref();
    const late = () => this.#failed(worker, new Error("reading a mail took too long"));
    job.timer = setTimeout(late, this.#limits.milliseconds);
    this.#reading.set(job.request.job, job);
  }

  #start(): Worker {
    const worker = new Worker(new URL("./read-worker.ts", import.meta.url), {
      name: "mail-reader",
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.megabytes },
    });
    worker.on("message", (answer: ReadAnswer) => this.#answered(worker, answer));
    worker.on("error", (error: unknown) =>
      this.#failed(worker, error instanceof Error ? error : new Error(String(error))),
    );
    worker.on("exit", () => this.#failed(worker, new Error("the mail reader ended")));
    return worker;
  }

  #answered(worker: Worker, answer: ReadAnswer): void {
    const job = this.#reading.get(answer.job);
    if (!job) return;
    this.#reading.delete(answer.job);
    clearTimeout(job.timer);
    if ("error" in answer) job.reject(new Error(answer.error));
    else job.resolve(withBuffers(answer.mail));
    this.#nextSuspect();
    // An idle thread keeps no process alive.
    if (this.#reading.size === 0) worker.unref();
  }

  /** The thread is lost. What it read alone is at fault; of several, any may be. */
  #failed(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    void worker.terminate();
    const lost = [...this.#reading.values()];
    this.#reading.clear();
    for (const { timer } of lost) clearTimeout(timer);
    if (lost.length === 1) lost[0]!.reject(error);
    else this.#suspects.unshift(...lost);
    this.#nextSuspect();
  }

  #nextSuspect(): void {
    if (this.#reading.size > 0) return;
    const job = this.#suspects.shift();
    if (job) this.#post(job);
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
