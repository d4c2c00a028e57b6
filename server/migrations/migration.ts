import type { Context } from "../context.ts";

/**
 * One change of stored data. `run` may be cut off anywhere and is then run again from the start: it works in batches,
 * skips what is done, and asks only what an index serves.
 */
export interface Migration {
  /** Number and name, such as `001-identity`; never changed once released. */
  id: string;
  run(ctx: Context): Promise<void>;
}
