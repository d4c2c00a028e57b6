import type { Import, ImportRow } from "../../contract/import.ts";
import type { Translate } from "../i18n.ts";
import type { ImportRecord, ImportRowRecord } from "../models/import.ts";
import { missingFields } from "../order-files/mapping.ts";

/** An import with its progress. */
export function presentImport(record: ImportRecord): Import {
  return {
    id: record._id.toHexString(),
    kind: record.kind,
    name: record.name,
    format: record.format,
    state: record.state,
    columns: record.columns.map(({ name, samples }) => ({ name, samples })),
    mapping: record.mapping,
    missing: missingFields(record.mapping),
    total: record.total,
    processed: record.processed,
    ok: record.ok,
    duplicate: record.duplicate,
    error: record.error,
    by: { id: record.by.id.toHexString(), name: record.by.name },
    createdAt: record.createdAt.toISOString(),
    startedAt: record.startedAt?.toISOString() ?? null,
    finishedAt: record.finishedAt?.toISOString() ?? null,
  };
}

/** A line of the report, in the reader's language. */
export function presentImportRow(row: ImportRowRecord, translate: Translate, locale: string): ImportRow {
  return {
    row: row.row,
    result: row.result ?? "error",
    ...(row.orderId !== undefined && { orderId: row.orderId }),
    problems: (row.problems ?? []).map((problem) => ({
      ...problem,
      message: translate(locale, `imports.problems.${problem.code}`, { column: problem.column, value: problem.value }),
    })),
  };
}
