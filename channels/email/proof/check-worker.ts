import { parentPort } from "node:worker_threads";
import { type DnsAnswer, noAnswer } from "./dns.ts";
import { gatherEvidence, type SmtpClient } from "./evidence.ts";
import type { MailEvidence } from "./verdict.ts";

/** To the thread: a mail to check, and what the DNS said. */
export type ToWorker =
  | { job: number; raw: Uint8Array; client?: SmtpClient }
  | { query: number; answer: DnsAnswer }
  | { query: number; code: string };
/** From it: a question to the DNS, and what came of a mail. */
export type FromWorker =
  | { query: number; job: number; name: string; type: string }
  | { job: number; evidence: MailEvidence }
  | { job: number; error: string };

const port = parentPort!;
const asked = new Map<number, { resolve: (answer: DnsAnswer) => void; reject: (error: Error) => void }>();
let queries = 0;

port.on("message", (message: ToWorker) => {
  if ("job" in message) {
    void check(message);
    return;
  }
  const waiting = asked.get(message.query);
  asked.delete(message.query);
  if ("code" in message) waiting?.reject(noAnswer(message.code));
  else waiting?.resolve(message.answer);
});

async function check({ job, raw, client }: Extract<ToWorker, { job: number }>): Promise<void> {
  const resolver = (name: string, type: string) =>
    new Promise<DnsAnswer>((resolve, reject) => {
      const query = ++queries;
      asked.set(query, { resolve, reject });
      send({ query, job, name, type });
    });
  try {
    send({
      job,
      evidence: await gatherEvidence(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), client, resolver),
    });
  } catch (error) {
    send({ job, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function send(message: FromWorker): void {
  port.postMessage(message);
}
