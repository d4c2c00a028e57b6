import { parentPort } from "node:worker_threads";
import { type InboundMail, receiveMail } from "./receive.ts";

/** A mail to read, by number. */
export interface ReadRequest {
  job: number;
  raw: Uint8Array;
  options: Parameters<typeof receiveMail>[1];
}
/** `ready`: everything is loaded, the first mail begins. */
export type ReadAnswer = { ready: true } | { job: number; mail: InboundMail } | { job: number; error: string };

/** One after the other, so that whoever waits knows which mail it is that takes long. */
let before: Promise<void> = Promise.resolve();
parentPort?.on("message", (request: ReadRequest) => {
  before = before.then(() => read(request));
});

async function read({ job, raw, options }: ReadRequest): Promise<void> {
  let answer: ReadAnswer;
  try {
    answer = { job, mail: await receiveMail(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), options) };
  } catch (error) {
    answer = { job, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(answer);
}

parentPort?.postMessage({ ready: true } satisfies ReadAnswer);
