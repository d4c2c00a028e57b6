import { CsvError, parse } from "csv-parse/sync";
import { type Locale, nearestLocale } from "../../contract/locales.ts";
import { AppError } from "../errors.ts";
import { draftOf, type ImportDraft, type ImportItem, type ImportProblem } from "./draft.ts";

const NAMES = {
  question: [
    "question",
    "questions",
    "title",
    "q",
    "frage",
    "pregunta",
    "domanda",
    "pergunta",
    "вопрос",
    "问题",
    "問題",
    "質問",
    "질문",
  ],
  answer: [
    "answer",
    "answers",
    "reply",
    "a",
    "antwort",
    "respuesta",
    "réponse",
    "risposta",
    "resposta",
    "ответ",
    "答案",
    "回答",
    "回覆",
    "답변",
  ],
  locale: [
    "locale",
    "language",
    "lang",
    "sprache",
    "idioma",
    "langue",
    "lingua",
    "язык",
    "语言",
    "語言",
    "言語",
    "언어",
  ],
  externalId: ["externalid", "external_id", "id", "key"],
} as const;
type Field = keyof typeof NAMES;

/**
 * Reads a table with a heading row: question and answer, and where there are several languages a column `locale` or columns
 * such as `question:es`. Several ways to ask stand in one cell, a line each. Comma, semicolon or tab.
 * @throws AppError import_unreadable
 */
export function readCsv(content: string, fallback: Locale): ImportDraft {
  const rows = rowsOf(content);
  const heading = rows[0]?.record ?? [];
  const columns = heading.map(columnOf);
  const has = (field: Field) => columns.some((column) => column?.field === field);
  if (!has("question") || !has("answer")) throw new AppError("import_unreadable");
  const items: ImportItem[] = [];
  const problems: ImportProblem[] = [];
  for (const { record, line } of rows.slice(1)) {
    if (record.every((cell) => cell.trim() === "")) continue;
    const cell = (field: Field) =>
      record[columns.findIndex((column) => column?.field === field && !column.locale)]?.trim();
    const named = cell("locale");
    const locale = named ? nearestLocale(named) : fallback;
    if (!locale) {
      problems.push({ line, code: "unknown_locale", text: named ?? "" });
      continue;
    }
    const externalId = cell("externalId")?.slice(0, 200) || undefined;
    const locales = new Set(columns.flatMap((column) => column?.locale ?? []));
    const several = locales.size > 0;
    for (const each of several ? [undefined, ...locales] : [undefined]) {
      const texts = (field: Field) =>
        record.filter((_, at) => columns[at]?.field === field && columns[at]?.locale === each).join("\n");
      const questions = texts("question").split(/\r?\n/);
      const answer = texts("answer");
      if (several && questions.every((text) => text.trim() === "") && answer.trim() === "") continue;
      // A row's languages are one entry.
      const id = externalId ?? (several ? rowId(record, columns) : undefined);
      items.push({ questions, answer, locale: each ?? locale, line, ...(id !== undefined && { externalId: id }) });
    }
  }
  return draftOf(items, problems);
}

interface Column {
  field: Field;
  locale?: Locale;
}

function columnOf(heading: string): Column | undefined {
  // A name that long is none.
  const name = heading.slice(0, 100);
  const [, word = "", tag] = /^(.*?)(?:[:_ (]+([a-z]{2}(?:[-_][a-z]{2})?)\)?)?$/i.exec(name.trim().toLowerCase()) ?? [];
  const exact = fieldOf(name.trim().toLowerCase());
  if (exact) return { field: exact };
  const field = fieldOf(word.trim());
  const locale = tag && nearestLocale(tag);
  return field && locale ? { field, locale } : undefined;
}

function fieldOf(name: string): Field | undefined {
  return (Object.keys(NAMES) as Field[]).find((field) => (NAMES[field] as readonly string[]).includes(name));
}

function rowId(record: string[], columns: (Column | undefined)[]): string {
  const first = record.find((cell, at) => columns[at]?.field === "question" && cell.trim() !== "") ?? "";
  return `import:${first.trim().toLowerCase().slice(0, 180)}`;
}

function rowsOf(content: string): { record: string[]; line: number }[] {
  try {
    const parsed: unknown = parse(content, {
      bom: true,
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      delimiter: delimiterOf(content),
    });
    return (parsed as { record: string[]; info: { lines: number } }[]).map(({ record, info }) => ({
      record,
      line: info.lines,
    }));
  } catch (error) {
    if (error instanceof CsvError) throw new AppError("import_unreadable", undefined, { cause: error });
    throw error;
  }
}

/** The one that stands most often in the heading. */
function delimiterOf(content: string): string {
  const heading = content.slice(0, 2_000).split(/\r?\n/, 1)[0] ?? "";
  const count = (sign: string) => heading.split(sign).length;
  return [",", ";", "\t"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
