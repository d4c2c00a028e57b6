import { Worker } from "node:worker_threads";
import type { FromWorker, ToWorker } from "./check-worker.ts";
import { codeOf, type MailResolver, noAnswer } from "./dns.ts";
import type { SmtpClient } from "./evidence.ts";
import { rawHeaders } from "./trace.ts";
import { type MailEvidence, organisationOf, type Verdict, verdictOf } from "./verdict.ts";

const LIMITS = {
  /** How long one mail may wait for the DNS. */
  patienceMs: 5_000,
  /** After this the thread itself hangs. */
  stuckMs: 20_000,
  /** An idle thread gives its memory back. */
  idleMs: 60_000,
  atOnce: 200,
  /** Of one organisation's senders: its slow DNS takes no more places. */
  perDomain: 20,
  /** SPF takes ten lookups (RFC 7208 section 4.6.4), each signature one. */
  queriesPerMail: 40,
  signatures: 15,
  megabytes: 256,
};

interface Job {
  id: number;
  organisation: string;
  message: { raw: Buffer; client?: SmtpClient };
  settle: (evidence: MailEvidence | undefined) => void;
  queries: number;
  /** Nobody waits for it any more: its questions need no answer. */
  late: PromiseWithResolvers<never>;
  stuck?: NodeJS.Timeout;
}

/**
 * Checks who sent a mail, in a thread of its own. What takes too long is not known yet: the thread's and the DNS's
 * slowness hold up nothing but the mail that they concern.
 */
export class SenderChecker {
  readonly #resolve: MailResolver;
  readonly #limits: typeof LIMITS;
  readonly #running = new Map<number, Job>();
  readonly #waiting: Job[] = [];
  /** How many run, by organisation. */
  readonly #places = new Map<string, number>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #jobs = 0;
  #stopped = false;

  constructor(resolve: MailResolver, limits: Partial<typeof LIMITS> = {}) {
    this.#resolve = resolve;
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Never rejects. @param client who handed the mail over by SMTP, where it came that way */
  async check(raw: Buffer, { sender, client }: { sender: string; client?: SmtpClient | undefined }): Promise<Verdict> {
    // More signatures than anybody needs are made to cost us.
    if (this.#stopped) return { proof: "unknown", again: true };
    if (signaturesIn(raw) > this.#limits.signatures) return { proof: "unknown", again: false };
    const evidence = await this.#gather(organisationOf(sender), { raw, ...(client && { client }) });
    return evidence ? verdictOf(evidence, sender) : { proof: "unknown", again: true };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const job of [...this.#waiting.splice(0), ...this.#running.values()]) job.settle(undefined);
    await this.#end();
  }

  #gather(organisation: string, message: Job["message"]): Promise<MailEvidence | undefined> {
    return new Promise((resolve) => {
      const job: Job = {
        id: ++this.#jobs,
        organisation,
        message,
        queries: 0,
        late: Promise.withResolvers(),
        settle: resolve,
      };
      job.late.promise.catch(() => undefined);
      const late = setTimeout(() => {
        const at = this.#waiting.indexOf(job);
        if (at >= 0) this.#waiting.splice(at, 1);
        job.late.reject(noAnswer("ETIMEOUT"));
        resolve(undefined);
      }, this.#limits.patienceMs);
      job.settle = (evidence) => {
        clearTimeout(late);
        clearTimeout(job.stuck);
        if (this.#running.delete(job.id)) this.#countPlace(organisation, -1);
        resolve(evidence);
      };
      this.#waiting.push(job);
      this.#next();
    });
  }

  #next(): void {
    while (this.#running.size < this.#limits.atOnce) {
      const at = this.#waiting.findIndex(({ organisation }) => this.#hasPlace(organisation));
      const [job] = at < 0 ? [] : this.#waiting.splice(at, 1);
      if (!job) break;
      clearTimeout(this.#idle);
      this.#worker ??= this.#start();
      const worker = this.#worker;
      worker.ref();
      this.#running.set(job.id, job);
      this.#countPlace(job.organisation, 1);
      job.stuck = setTimeout(() => this.#lost(worker), this.#limits.stuckMs);
      this.#post(worker, { job: job.id, ...job.message });
    }
    if (this.#running.size > 0 || !this.#worker) return;
    // An idle thread keeps no process alive.
    this.#worker.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#end(), this.#limits.idleMs).unref();
  }

  #hasPlace(organisation: string): boolean {
    return (this.#places.get(organisation) ?? 0) < this.#limits.perDomain;
  }

  #countPlace(organisation: string, change: number): void {
    const count = (this.#places.get(organisation) ?? 0) + change;
    if (count > 0) this.#places.set(organisation, count);
    else this.#places.delete(organisation);
  }

  #start(): Worker {
    const worker = new Worker(new URL("./check-worker.ts", import.meta.url), {
      name: "sender-checker",
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.megabytes },
    });
    worker.on("message", (message: FromWorker) => {
      if ("query" in message) void this.#answer(worker, message);
      else {
        this.#running.get(message.job)?.settle("evidence" in message ? message.evidence : undefined);
        this.#next();
      }
    });
    worker.on("error", () => this.#lost(worker));
    worker.on("exit", () => this.#lost(worker));
    return worker;
  }

  async #answer(worker: Worker, { query, job: id, name, type }: Extract<FromWorker, { query: number }>): Promise<void> {
    const job = this.#running.get(id);
    try {
      if (!job || ++job.queries > this.#limits.queriesPerMail) throw noAnswer("ENOTFOUND");
      this.#post(worker, { query, answer: await Promise.race([this.#resolve(name, type), job.late.promise]) });
    } catch (error) {
      this.#post(worker, { query, code: codeOf(error) });
    }
  }

  #post(worker: Worker, message: ToWorker): void {
    worker.postMessage(message);
  }

  /** What it checked is asked again later, by another thread. */
  #lost(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    void worker.terminate();
    for (const job of [...this.#running.values()]) job.settle(undefined);
    this.#next();
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    clearTimeout(this.#idle);
    await worker?.terminate();
  }
}

function signaturesIn(raw: Buffer): number {
  return rawHeaders(raw).filter(({ name }) => /^(?:dkim-signature|arc-seal)$/.test(name)).length;
}
