import { parentPort } from "node:worker_threads";
import { type InboundMail, receiveMail } from "./receive.ts";

/** A mail to read, by number. */
export interface ReadRequest {
  job: number;
  raw: Uint8Array;
  options: Parameters<typeof receiveMail>[1];
}
export type ReadAnswer = { job: number; mail: InboundMail } | { job: number; error: string };

parentPort?.on("message", async ({ job, raw, options }: ReadRequest) => {
  let answer: ReadAnswer;
  try {
    answer = { job, mail: await receiveMail(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), options) };
  } catch (error) {
    answer = { job, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(answer);
});
