import { Types } from "mongoose";
import type { ImportFormat, ImportMapping } from "../../contract/import.ts";
import type { Context } from "../context.ts";
import { AppError, invalidRequest, notFound } from "../errors.ts";
import {
  ImportModel,
  type ImportProblem,
  type ImportRecord,
  ImportRowModel,
  type ImportRowRecord,
} from "../models/import.ts";
import { guessMapping, missingFields } from "../order-files/mapping.ts";
import { RowReader } from "../order-files/orders.ts";
import { readTable, UnreadableFile } from "../order-files/read.ts";
import { describeColumns } from "../order-files/values.ts";
import type { Viewer } from "../policies/viewer.ts";
import type { WorkList } from "./claims.ts";
import { recordOrderEvents } from "./record-order-event.ts";

/** Imports under way. */
export const OWED_IMPORTS: WorkList = { collection: ImportModel.collection, due: "owedAt" };
const BATCH = 200;
const INSERT_BATCH = 2_000;
const KEPT_MS = 90 * 24 * 3_600_000;

/**
 * Reads a file of orders in, row by row as it is; nothing is taken into the orders until it is started.
 * @throws AppError invalid_request: the file can not be read as a table, or a mapping names no column of it
 */
export async function createImport(
  ctx: Context,
  viewer: Viewer,
  {
    content,
    format,
    name = "",
    mapping,
    start = false,
  }: {
    content: string;
    format: ImportFormat;
    name?: string | undefined;
    mapping?: ImportMapping | undefined;
    start?: boolean | undefined;
  },
): Promise<ImportRecord> {
  const table = await readTable(content, format).catch((error: unknown) => {
    if (error instanceof UnreadableFile) throw invalidRequest([{ path: "body.content", message: error.message }]);
    throw error;
  });
  const now = ctx.clock.now();
  const record: ImportRecord = {
    _id: new Types.ObjectId(),
    workspaceId: new Types.ObjectId(viewer.workspaceId),
    kind: "orders",
    name,
    format,
    state: "ready",
    columns: describeColumns(table.columns, table.rows),
    mapping: mapping ?? guessMapping(table.columns),
    total: table.rows.length,
    processed: 0,
    ok: 0,
    duplicate: 0,
    error: 0,
    by: { id: new Types.ObjectId(viewer.userId), name: viewer.name },
    createdAt: now,
  };
  requireColumns(record, record.mapping);
  const expiresAt = new Date(now.getTime() + KEPT_MS);
  const { workspaceId, _id: importId } = record;
  for (let at = 0; at < table.rows.length; at += INSERT_BATCH) {
    const rows = table.rows.slice(at, at + INSERT_BATCH).map((values, index): ImportRowRecord => {
      return { _id: new Types.ObjectId(), workspaceId, importId, row: at + index + 1, values, expiresAt };
    });
    await ImportRowModel.collection.insertMany(rows);
  }
  // Last: an import that is known has all its rows.
  await ImportModel.create(record);
  ctx.log.info({ audit: "import.created", by: viewer.userId, importId: importId.toHexString() }, "import created");
  return start && missingFields(record.mapping).length === 0
    ? startImport(ctx, viewer, { id: importId.toHexString() })
    : record;
}

/**
 * Starts an import, or goes on with one that was stopped.
 * @throws AppError not_found, invalid_request (what is needed is not mapped), conflict (a started one's mapping stays)
 */
export async function startImport(
  ctx: Context,
  viewer: Viewer,
  { id, mapping }: { id: string; mapping?: ImportMapping | undefined },
): Promise<ImportRecord> {
  const seen = await ImportModel.findOne({ _id: id, workspaceId: viewer.workspaceId }).lean<ImportRecord>();
  if (!seen) throw notFound("import");
  if (seen.state === "running" || seen.state === "done") return seen;
  if (mapping && seen.state === "stopped") throw new AppError("conflict", { reason: "already_started" });
  const chosen = mapping ?? seen.mapping;
  requireColumns(seen, chosen);
  const missing = missingFields(chosen);
  if (missing.length > 0) {
    throw invalidRequest(
      missing.map((fields) => ({ path: "body.mapping", message: `needs a column for ${fields.join(" or ")}` })),
    );
  }
  const now = ctx.clock.now();
  const started = await ImportModel.findOneAndUpdate(
    { _id: seen._id, state: seen.state },
    { $set: { state: "running", mapping: chosen, startedAt: seen.startedAt ?? now, owedAt: now } },
    { returnDocument: "after" },
  ).lean<ImportRecord>();
  if (!started) return startImport(ctx, viewer, { id });
  ctx.bus.emit("import.started", { importId: id });
  return started;
}

/** Stops an import after the rows it is at. What is done stays. @throws AppError not_found */
export async function stopImport(ctx: Context, viewer: Viewer, { id }: { id: string }): Promise<ImportRecord> {
  const stopped = await ImportModel.findOneAndUpdate(
    { _id: id, workspaceId: viewer.workspaceId, state: "running" },
    { $set: { state: "stopped" }, $unset: { owedAt: "", claimedBy: "" } },
    { returnDocument: "after" },
  ).lean<ImportRecord>();
  if (stopped) ctx.log.info({ audit: "import.stopped", by: viewer.userId, importId: id }, "import stopped");
  const record =
    stopped ?? (await ImportModel.findOne({ _id: id, workspaceId: viewer.workspaceId }).lean<ImportRecord>());
  if (!record) throw notFound("import");
  return record;
}

/**
 * Takes the next rows of a claimed import in. Results are written before the progress: after a crash the same rows are
 * taken in again, which changes nothing and reports the same.
 * @returns the import as it is now, null when it is done, was stopped, or another node has it
 */
export async function importBatch(ctx: Context, claimed: ImportRecord): Promise<ImportRecord | null> {
  const rows = await ImportRowModel.find({ importId: claimed._id, row: { $gt: claimed.processed } })
    .sort({ row: 1 })
    .limit(BATCH)
    .lean<ImportRowRecord[]>();
  if (rows.length === 0) return finish(ctx, claimed);
  const reader = new RowReader(claimed.columns, claimed.mapping);
  const groups = groupRows(rows, reader);
  // The last order's items may go on in the next batch.
  if (rows.length === BATCH && groups.length > 1) groups.pop();
  const read = groups.map((group) => {
    const result = reader.read(
      group.map(({ values }) => values),
      claimed.createdAt,
    );
    return { group, ...result };
  });
  const source = (row: ImportRowRecord | undefined) => `${claimed._id.toHexString()}:${row?.row}`;
  const events = read.flatMap(({ events: own, group }) =>
    (own ?? []).map((event) => ({ event, source: source(group[0]) })),
  );
  const receipts = await recordOrderEvents(ctx, { workspaceId: claimed.workspaceId, events });
  const counts = { ok: 0, duplicate: 0, error: 0 };
  let next = 0;
  const updates = read.flatMap(({ group, orderId, events: own, problems }) => {
    const mine = receipts.slice(next, next + (own?.length ?? 0));
    next += mine.length;
    const refused: ImportProblem[] = mine.some(({ refusal }) => refusal) ? [{ code: "another_buyer" }] : [];
    const all = [...(problems ?? []), ...refused];
    const result = all.length > 0 ? "error" : mine.every(({ duplicate }) => duplicate) ? "duplicate" : "ok";
    counts[result] += group.length;
    const set = { result, ...(orderId !== undefined && { orderId }), ...(all.length > 0 && { problems: all }) };
    return group.map(({ _id }) => ({ updateOne: { filter: { _id }, update: { $set: set } } }));
  });
  await ImportRowModel.collection.bulkWrite(updates, { ordered: false });
  const processed = groups.at(-1)?.at(-1)?.row ?? claimed.processed;
  return ImportModel.findOneAndUpdate(
    { _id: claimed._id, state: "running", processed: claimed.processed, claimedBy: ctx.node },
    { $set: { processed }, $inc: counts },
    { returnDocument: "after" },
  ).lean<ImportRecord>();
}

async function finish(ctx: Context, claimed: ImportRecord): Promise<null> {
  await ImportModel.updateOne(
    { _id: claimed._id, state: "running", processed: claimed.processed },
    { $set: { state: "done", finishedAt: ctx.clock.now() }, $unset: { owedAt: "", claimedBy: "" } },
  );
  return null;
}

/** Neighbouring rows of one order together. */
function groupRows(rows: ImportRowRecord[], reader: RowReader): ImportRowRecord[][] {
  const groups: ImportRowRecord[][] = [];
  let current: string | undefined;
  for (const row of rows) {
    const key = reader.orderKey(row.values);
    const last = groups.at(-1);
    if (last && key !== undefined && key === current) last.push(row);
    else groups.push([row]);
    current = key;
  }
  return groups;
}

function requireColumns({ columns }: ImportRecord, mapping: ImportMapping): void {
  const names = new Set(columns.map(({ name }) => name));
  const unknown = Object.entries(mapping).filter(([, name]) => !names.has(name));
  if (unknown.length > 0) {
    throw invalidRequest(
      unknown
        .slice(0, 20)
        .map(([field, name]) => ({ path: `body.mapping.${field}`, message: `no column is named "${name}"` })),
    );
  }
}
