import { model, Schema, type Types } from "mongoose";
import type {
  ImportFormat,
  ImportMapping,
  ImportProblemCode,
  ImportRowResult,
  ImportState,
} from "../../contract/import.ts";

/** A column of an imported file. */
export interface ImportColumn {
  name: string;
  samples: string[];
  /** Of dates such as 03/04/2026, where some row decides it: the day stands first. */
  dayFirst?: boolean;
}

/** A file of orders on its way into the store. While it runs it owes its remaining rows. */
export interface ImportRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  kind: "orders";
  name: string;
  format: ImportFormat;
  state: ImportState;
  columns: ImportColumn[];
  mapping: ImportMapping;
  total: number;
  /** Rows up to this one are done. */
  processed: number;
  ok: number;
  duplicate: number;
  error: number;
  by: { id: Types.ObjectId; name: string };
  createdAt: Date;
  startedAt?: Date;
  finishedAt?: Date;
  /** While it runs: from when on any node may go on with it. */
  owedAt?: Date;
  claimedBy?: string;
}

const importSchema = new Schema<ImportRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    kind: { type: String, required: true },
    name: { type: String, default: "" },
    format: { type: String, required: true },
    state: { type: String, required: true },
    columns: { type: [Schema.Types.Mixed], default: [] } as never,
    mapping: { type: Schema.Types.Mixed, default: {} } as never,
    total: { type: Number, required: true },
    processed: { type: Number, default: 0 },
    ok: { type: Number, default: 0 },
    duplicate: { type: Number, default: 0 },
    error: { type: Number, default: 0 },
    by: { type: Schema.Types.Mixed, required: true } as never,
    createdAt: { type: Date, required: true },
    startedAt: Date,
    finishedAt: Date,
    owedAt: Date,
    claimedBy: String,
  },
  { autoIndex: false, minimize: false },
);
importSchema.index({ workspaceId: 1, _id: -1 });
importSchema.index({ owedAt: 1 }, { sparse: true });

export const ImportModel = model("import", importSchema, "imports");

export interface ImportProblem {
  code: ImportProblemCode;
  column?: string;
  value?: string;
}

/** A row of the file, and what became of it. */
export interface ImportRowRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  importId: Types.ObjectId;
  /** From 1, without the line of headings. */
  row: number;
  /** In the order of the columns. */
  values: unknown[];
  /** Absent until it is done. */
  result?: ImportRowResult;
  orderId?: string;
  problems?: ImportProblem[];
  /** When the database forgets it. */
  expiresAt: Date;
}

const rowSchema = new Schema<ImportRowRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    importId: { type: Schema.Types.ObjectId, required: true },
    row: { type: Number, required: true },
    values: { type: [Schema.Types.Mixed], default: [] } as never,
    result: String,
    orderId: String,
    problems: { type: [Schema.Types.Mixed], default: undefined } as never,
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false, minimize: false },
);
rowSchema.index({ importId: 1, row: 1 }, { unique: true });
rowSchema.index({ importId: 1, result: 1, row: 1 });
rowSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const ImportRowModel = model("importRow", rowSchema, "import_rows");
