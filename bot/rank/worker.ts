import { parentPort } from "node:worker_threads";
import { buildModel, type TrainingEntry } from "./build.ts";
import { buffersOf } from "./transfer.ts";

/** A training asked for, by number. */
export interface TrainingRequest {
  job: number;
  entries: TrainingEntry[];
}

parentPort?.on("message", ({ job, entries }: TrainingRequest) => {
  try {
    const model = buildModel(entries, { train: true });
    parentPort?.postMessage({ job, model }, buffersOf(model));
  } catch (error) {
    parentPort?.postMessage({ job, error: error instanceof Error ? error.message : String(error) });
  }
});
