import { parentPort } from "node:worker_threads";
import { buildModel, type TrainingEntry } from "./build.ts";
import { buffersOf } from "./transfer.ts";

/** A part of what to train on, by the number of the training; the last part starts it. */
export interface TrainingRequest {
  job: number;
  entries: TrainingEntry[];
  last: boolean;
}

let current = 0;
let collected: TrainingEntry[] = [];

parentPort?.on("message", ({ job, entries, last }: TrainingRequest) => {
  if (job !== current) collected = [];
  current = job;
  collected.push(...entries);
  if (!last) return;
  try {
    const model = buildModel(collected, { train: true });
    parentPort?.postMessage({ job, model }, buffersOf(model));
  } catch (error) {
    parentPort?.postMessage({ job, error: error instanceof Error ? error.message : String(error) });
  }
  collected = [];
});
