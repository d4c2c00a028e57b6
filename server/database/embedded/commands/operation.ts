import { MongoError } from "../errors.ts";

/** How long one operation may hold the thread before others get their turn. */
const SLICE_MS = 0.5;
let lastId = 0;

/** One running command: its time limit, and the turns it takes on the shared thread. */
export class Operation {
  readonly id = ++lastId;
  readonly name: string;
  readonly namespace: string;
  readonly connectionId: number;
  readonly startedAt = Date.now();
  /** How long a getMore on a tailable cursor waits for data. */
  awaitMs: number | undefined;
  private deadline = Number.POSITIVE_INFINITY;
  private sliceEnd = performance.now() + SLICE_MS;
  private killedBy: string | undefined;

  constructor(name: string, namespace: string, connectionId: number) {
    this.name = name;
    this.namespace = namespace;
    this.connectionId = connectionId;
  }

  limitTime(maxTimeMs: number): void {
    if (maxTimeMs > 0) this.deadline = performance.now() + maxTimeMs;
  }

  kill(reason = "operation was interrupted"): void {
    this.killedBy = reason;
  }

  /** Throws when the operation was killed or has run out of time. */
  check(): void {
    if (this.killedBy) throw new MongoError("Interrupted", this.killedBy);
    if (performance.now() > this.deadline) throw new MongoError("MaxTimeMSExpired", "operation exceeded time limit");
  }

  get sliceOver(): boolean {
    return performance.now() >= this.sliceEnd;
  }

  /** Lets everything else that waits have its turn, when this turn is over. */
  async breathe(): Promise<void> {
    this.check();
    if (!this.sliceOver) return;
    await new Promise(setImmediate);
    this.sliceEnd = performance.now() + SLICE_MS;
    this.check();
  }
}

/** An operation that no client asked for. */
export function collectionOperation(name: string, namespace: string): Operation {
  return new Operation(name, namespace, 0);
}
