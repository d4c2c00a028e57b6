import { Liquid, type Template } from "liquidjs";
import { LRUCache } from "lru-cache";
import { VARIABLES } from "../../contract/automation-tables.ts";
import type { Locale } from "../../contract/locales.ts";
import type { TemplateProblem } from "../../contract/template.ts";

/** In whose language and at whose clock values are written. */
export interface Reader {
  locale: Locale;
  timeZone: string;
}

/** A value that writes itself in the reader's language; comparisons see the number behind it. */
export class Written {
  readonly #value: number;
  readonly #write: (reader: Reader) => string;
  constructor(value: number, write: (reader: Reader) => string) {
    this.#value = value;
    this.#write = write;
  }
  in(reader: Reader): string {
    return this.#write(reader);
  }
  valueOf(): number {
    return this.#value;
  }
}

const DATE_STYLES = {
  long: { dateStyle: "long" },
  full: { dateStyle: "full" },
  short: { dateStyle: "short" },
  time: { timeStyle: "short" },
  weekday: { weekday: "long" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const formatters = new LRUCache<string, Intl.DateTimeFormat>({ max: 500 });

/** A day, or a time, as people of a language write it. */
export function writeDate(date: Date, { locale, timeZone }: Reader, style: keyof typeof DATE_STYLES = "long"): string {
  const key = `${locale} ${timeZone} ${style}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(calendarOf(locale), { ...DATE_STYLES[style], timeZone });
    formatters.set(key, formatter);
  }
  return formatter.format(date);
}

/** Orders and parcels are dated by the Gregorian calendar and Western digits everywhere, as carriers' pages are. */
function calendarOf(locale: string): string {
  return `${locale}-u-ca-gregory-nu-latn`;
}

/** An amount in the currency's main unit. */
export function writeMoney(amount: number, currency: string, { locale }: Pick<Reader, "locale">): string {
  return new Intl.NumberFormat(calendarOf(locale), { style: "currency", currency }).format(amount);
}

export function moment(date: Date): Written {
  return new Written(date.getTime(), (reader) => writeDate(date, reader));
}
export function money(amount: number, currency: string | undefined): Written {
  return new Written(amount, (reader) =>
    currency ? writeMoney(amount, currency, reader) : new Intl.NumberFormat(calendarOf(reader.locale)).format(amount),
  );
}

/** What a template knows: `{order: {number: "10482"}}`. What is not known is not there. */
export type Scope = Readonly<Record<string, unknown>>;

export const FILTERS: Record<string, string> = {
  date: '{{ order.promised_at | date: "full" }}',
  money: "{{ 12.5 | money: order.currency }}",
  plural: '{{ order.item_count | plural: one: "# item", other: "# items" }}',
  number: "{{ order.item_count | number }}",
};

const MOST_CHARACTERS = 60_000;
const MOST_MILLISECONDS = 1_000;
const MOST_MEMORY = 1_000_000;

/** An engine that reaches no file and no network: partials are looked up in an empty table. */
function createEngine(asHtml: boolean): Liquid {
  const engine = new Liquid({
    templates: {},
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    parseLimit: MOST_CHARACTERS,
    renderLimit: MOST_MILLISECONDS,
    memoryLimit: MOST_MEMORY,
    ...(asHtml && { outputEscape: "escape" as const }),
  });
  const readerOf = (context: { globals: unknown }) => context.globals as unknown as Reader;
  engine.registerFilter("date", function (value: unknown, style: unknown) {
    const date = value instanceof Written ? new Date(value.valueOf()) : new Date(String(value));
    if (Number.isNaN(date.getTime())) return value;
    const known = typeof style === "string" && style in DATE_STYLES ? (style as keyof typeof DATE_STYLES) : "long";
    return writeDate(date, readerOf(this.context), known);
  });
  engine.registerFilter("money", function (value: unknown, currency: unknown) {
    const amount = Number(value);
    if (!Number.isFinite(amount)) return value;
    return money(amount, /^[A-Z]{3}$/.test(String(currency)) ? String(currency) : undefined).in(readerOf(this.context));
  });
  engine.registerFilter("number", function (value: unknown) {
    return new Intl.NumberFormat(calendarOf(readerOf(this.context).locale)).format(Number(value));
  });
  engine.registerFilter("plural", function (value: unknown, ...forms: unknown[]) {
    const { locale } = readerOf(this.context);
    const words = new Map(forms.filter(Array.isArray) as [string, unknown][]);
    const category = new Intl.PluralRules(locale).select(Number(value));
    const text = String(words.get(category) ?? words.get("other") ?? "#");
    return text.replaceAll("#", new Intl.NumberFormat(calendarOf(locale)).format(Number(value)));
  });
  return engine;
}

const plain = createEngine(false);
const escaping = createEngine(true);
const parsed = new LRUCache<string, Template[]>({ max: 2_000 });

function parse(text: string, asHtml: boolean): Template[] {
  const key = `${asHtml}${text}`;
  let template = parsed.get(key);
  if (!template) {
    template = (asHtml ? escaping : plain).parse(text);
    parsed.set(key, template);
  }
  return template;
}

export type Problem = Pick<TemplateProblem, "kind" | "detail" | "line" | "column">;
export type Rendered = { ok: true; text: string } | { ok: false; problem: Problem };

/** Fills a text in. A variable that is not there is a problem, never a gap. `asHtml`: the text is HTML, values are escaped. */
export function render(text: string, scope: Scope, reader: Reader, { asHtml = false } = {}): Rendered {
  try {
    const engine = asHtml ? escaping : plain;
    const values = written(scope, reader) as object;
    return { ok: true, text: engine.renderSync(parse(text, asHtml), values, { globals: reader }) as string };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

/** What is wrong with a text whatever it is filled with: its syntax, and variables that there are not. */
export function check(text: string, { asHtml = false } = {}): Problem[] {
  try {
    const template = parse(text, asHtml);
    const { globals } = plain.analyzeSync(template);
    return Object.values(globals)
      .flat()
      .filter(({ segments }) => !isKnown(segments as unknown[]))
      .map(({ segments, location }) => ({
        kind: "unknown_variable",
        detail: (segments as unknown[]).filter((segment) => typeof segment === "string").join("."),
        line: location.row,
        column: location.col,
      }));
  } catch (error) {
    return [problemOf(error)];
  }
}

function isKnown([group, name]: unknown[]): boolean {
  const names: readonly string[] | undefined =
    typeof group === "string" ? (VARIABLES as Record<string, readonly string[]>)[group] : undefined;
  return names !== undefined && (name === undefined || (typeof name === "string" && names.includes(name)));
}

/** Values that write themselves become what Liquid prints: an object whose text is in the reader's language. */
function written(value: unknown, reader: Reader): unknown {
  if (value instanceof Written) return new Printable(value, reader);
  if (Array.isArray(value)) return value.map((item) => written(item, reader));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined && inner !== null && inner !== "")
      .map(([name, inner]) => [name, written(inner, reader)]),
  );
}

class Printable extends Written {
  readonly #text: string;
  constructor(value: Written, reader: Reader) {
    super(value.valueOf(), () => this.#text);
    this.#text = value.in(reader);
  }
  override toString(): string {
    return this.#text;
  }
}

function problemOf(error: unknown): Problem {
  const { name, message, token, originalError } = error as {
    name?: string;
    message?: string;
    token?: { getPosition?(): [number, number] };
    originalError?: { variableName?: string };
  };
  const [line, column] = token?.getPosition?.() ?? [];
  const place = { ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
  const detail = (message ?? "").replace(/, line:\d+, col:\d+$/, "");
  if (name === "UndefinedVariableError") {
    const variable = originalError?.variableName ?? detail.replace(/^undefined variable: /, "");
    return { kind: "missing_variable", detail: variable, ...place };
  }
  const filter = /undefined filter: (\S+)/.exec(detail)?.[1];
  if (filter) return { kind: "unknown_filter", detail: filter, ...place };
  if (/limit exceeded/.test(detail)) return { kind: "too_slow", detail, ...place };
  return { kind: "syntax", detail, ...place };
}
