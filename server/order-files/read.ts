import { Readable } from "node:stream";
import { parse } from "csv-parse";
import { IMPORT_MAX_ROWS, type ImportFormat } from "../../contract/import.ts";

/** A file as a table. Values are strings, and of JSON also numbers, booleans and lists. */
export interface Table {
  columns: string[];
  /** Each in the order of the columns. A row of another length is one that the file's writer got wrong. */
  rows: unknown[][];
}

/** Why a file can not be read as a table. */
export class UnreadableFile extends Error {}

const CHUNK = 64 * 1024;
const MOST_COLUMNS = 300;

/** @throws UnreadableFile with what is wrong */
export async function readTable(content: string, format: ImportFormat): Promise<Table> {
  const table = format === "csv" ? await readCsv(content) : readJson(content);
  if (table.columns.length > MOST_COLUMNS) throw new UnreadableFile(`must have at most ${MOST_COLUMNS} columns`);
  if (table.rows.length === 0) throw new UnreadableFile("must have at least one row below its headings");
  return table;
}

async function readCsv(content: string): Promise<Table> {
  const parser = Readable.from(pieces(content)).pipe(
    parse({
      bom: true,
      delimiter: delimiterOf(content),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 1024 * 1024,
    }),
  );
  let columns: string[] | undefined;
  const rows: string[][] = [];
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (!columns) columns = named(record);
      else if (record.some((value) => value !== "")) rows.push(record);
      if (rows.length > IMPORT_MAX_ROWS) throw tooMany();
    }
  } catch (error) {
    throw error instanceof UnreadableFile ? error : new UnreadableFile((error as Error).message);
  }
  return { columns: columns ?? [], rows };
}

/** In pieces, so that a large file does not hold up everything else. */
function* pieces(content: string): Generator<string> {
  for (let at = 0; at < content.length; at += CHUNK) yield content.slice(at, at + CHUNK);
}

/** The sign that the line of headings uses most: spreadsheets write semicolons where the comma is the decimal sign. */
function delimiterOf(content: string): string {
  const heading = /^[^\r\n]*/.exec(content.replace(/^\ufeff/, ""))?.[0].replace(/"[^"]*"/g, "") ?? "";
  const counted = [",", ";", "\t", "|"].map((sign) => ({ sign, count: heading.split(sign).length - 1 }));
  return counted.sort((one, other) => other.count - one.count)[0]?.sign ?? ",";
}

/** Names without repeats or gaps. */
function named(headings: string[]): string[] {
  const seen = new Map<string, number>();
  return headings.map((heading, at) => {
    const name = heading.slice(0, 150) || `#${at + 1}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

function readJson(content: string): Table {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new UnreadableFile(`is not valid JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  const list = listIn(parsed);
  if (!list) throw new UnreadableFile("must be a list of objects");
  if (list.length > IMPORT_MAX_ROWS) throw tooMany();
  const flat = list.map((one) => flatten(one));
  const columns = [...new Set(flat.flatMap((row) => [...row.keys()]))];
  return { columns, rows: flat.map((row) => columns.map((name) => row.get(name) ?? "")) };
}

/** The list itself, or the one list in an object such as `{"orders": […]}`. */
function listIn(parsed: unknown): object[] | undefined {
  const candidates = Array.isArray(parsed) ? [parsed] : isObject(parsed) ? Object.values(parsed) : [];
  return candidates.find((one): one is object[] => Array.isArray(one) && one.every(isObject));
}

/** `{buyer: {name}}` → `buyer.name`. Lists stay what they are. */
function flatten(value: object, prefix = "", depth = 0): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const [name, one] of Object.entries(value)) {
    const path = `${prefix}${name}`.slice(0, 150);
    if (one === null || one === undefined) continue;
    if (isObject(one) && depth < 4)
      for (const [key, inner] of flatten(one, `${path}.`, depth + 1)) flat.set(key, inner);
    else flat.set(path, one);
  }
  return flat;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function tooMany(): UnreadableFile {
  return new UnreadableFile(`must have at most ${IMPORT_MAX_ROWS} rows`);
}

/** What a spreadsheet program of that language writes where it does not write UTF-8 (WHATWG Encoding labels). */
const LEGACY: Record<string, string> = {
  "zh-CN": "gb18030",
  "zh-TW": "big5",
  ja: "shift_jis",
  ko: "euc-kr",
  ru: "windows-1251",
  pl: "windows-1250",
  tr: "windows-1254",
  th: "windows-874",
  vi: "windows-1258",
  ar: "windows-1256",
};

/** A file's text: UTF-8, UTF-16 with its mark, else the old encoding of the reader's language. */
export function decodeText(bytes: Buffer, locale: string): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(LEGACY[locale] ?? "windows-1252").decode(bytes);
  }
}
