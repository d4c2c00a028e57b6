import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { duplicateKeyOf } from "../actions/append-message.ts";
import type { Context } from "../context.ts";
import { MigrationModel, type MigrationRecord } from "../models/migration.ts";
import { MIGRATIONS } from "./index.ts";
import type { Migration } from "./migration.ts";

/** How long a node that died holds a migration up. */
const LEASE_MS = 6_000;
const RENEW_EVERY_MS = 2_000;
const LOOK_AGAIN_MS = 500;

/**
 * Runs the migrations that this database has not had, in order, each on one node; other nodes wait for it. Before
 * anything else reads the data. Leases go by the machine's time: a test's clock may stand still.
 * @throws what a migration throws; the next start tries it again
 */
export async function runMigrations(ctx: Context, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const done = new Set(
    (await MigrationModel.find({ _id: { $in: migrations.map(({ id }) => id) } }).lean<MigrationRecord[]>()).flatMap(
      ({ _id, doneAt }) => (doneAt ? [_id] : []),
    ),
  );
  for (const migration of migrations) {
    if (!done.has(migration.id)) await runOnce(ctx, migration);
  }
}

async function runOnce(ctx: Context, migration: Migration): Promise<void> {
  const owner = randomUUID();
  let waiting = false;
  while (!(await claim(migration.id, owner))) {
    const other = await MigrationModel.findById(migration.id).lean<MigrationRecord>();
    if (other?.doneAt) return;
    if (!waiting) ctx.log.info({ migration: migration.id }, "waiting for another node to finish a migration");
    waiting = true;
    await wait(LOOK_AGAIN_MS);
  }
  ctx.log.info({ migration: migration.id }, "migration started");
  const started = performance.now();
  const renewal = setInterval(() => {
    MigrationModel.updateOne({ _id: migration.id, owner }, { $set: { leaseUntil: leaseEnd() } }).catch(
      (error: unknown) => ctx.log.warn({ err: error, migration: migration.id }, "a migration's lease was not renewed"),
    );
  }, RENEW_EVERY_MS);
  try {
    await migration.run(ctx);
    await MigrationModel.updateOne(
      { _id: migration.id },
      { $set: { doneAt: new Date() }, $unset: { leaseUntil: "", owner: "" } },
    );
  } catch (error) {
    // Free at once for the next start.
    await MigrationModel.updateOne({ _id: migration.id, owner }, { $unset: { leaseUntil: "", owner: "" } });
    throw error;
  } finally {
    clearInterval(renewal);
  }
  ctx.log.info({ migration: migration.id, ms: Math.round(performance.now() - started) }, "migration done");
}

/** Takes the migration if nobody has it. Of two nodes at once, one inserts and the other meets the unique id. */
async function claim(id: string, owner: string): Promise<boolean> {
  const free = { _id: id, doneAt: null, $or: [{ leaseUntil: null }, { leaseUntil: { $lte: new Date() } }] };
  try {
    const { matchedCount, upsertedCount } = await MigrationModel.updateOne(
      free,
      { $set: { leaseUntil: leaseEnd(), owner } },
      { upsert: true },
    );
    return matchedCount + upsertedCount > 0;
  } catch (error) {
    if (duplicateKeyOf(error)) return false;
    throw error;
  }
}

const leaseEnd = () => new Date(Date.now() + LEASE_MS);
