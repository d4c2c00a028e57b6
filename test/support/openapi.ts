/** The parts of a JSON schema (2020-12) that the API's document uses. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  minItems?: number;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  default?: unknown;
}

export interface Operation {
  method: string;
  path: string;
  description?: string;
  security: unknown[];
  parameters: { name: string; in: "path" | "query" | "header"; required?: boolean; schema: JsonSchema }[];
  body?: JsonSchema;
  raw: boolean;
  statuses: string[];
}

interface Document {
  paths: Record<
    string,
    Record<
      string,
      {
        description?: string;
        security: unknown[];
        parameters?: Operation["parameters"];
        requestBody?: { content: Record<string, { schema: JsonSchema }> };
        responses: Record<string, unknown>;
      }
    >
  >;
  components: { schemas: Record<string, JsonSchema> };
}

export interface Api {
  operations: Operation[];
  schemas: Record<string, JsonSchema>;
}

/** The API as its own document describes it. */
export async function readApi(url: string): Promise<Api> {
  const document = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as Document;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]): Operation => {
      const body = one.requestBody?.content["application/json"]?.schema;
      return {
        method: method.toUpperCase(),
        path,
        security: one.security,
        parameters: one.parameters ?? [],
        raw: one.requestBody !== undefined && body === undefined,
        statuses: Object.keys(one.responses),
        ...(one.description !== undefined && { description: one.description }),
        ...(body && { body }),
      };
    }),
  );
  return { operations, schemas: document.components.schemas };
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface SampleOptions {
  schemas: Api["schemas"];
  random: () => number;
  /** How often something else than the schema asks for is put in, 0 to 1. */
  wrong: number;
  /** Ids of things that exist. */
  ids: readonly string[];
}

const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  "",
  "\u0000",
  "\ud800",
  "x".repeat(20_000),
  "مرحبا 👩‍👩‍👧",
  "{{constructor}}",
  "$where",
  [],
  [[]],
  {},
  { $gt: "" },
  { $ne: null },
  { length: 3 },
  "2026-13-45T99:99:99Z",
  "../../etc/passwd",
];

/** A value that a schema allows, but for the share that is to be wrong. */
export function sample(schema: JsonSchema, options: SampleOptions, depth = 0): unknown {
  const { random, schemas, ids } = options;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const text = () => pick(["Ana", "Hello there", "¿Dónde está?", "在哪里", "a", "10482"]);
  if (random() < options.wrong) return pick(ODD);
  if (schema.$ref) {
    const named = schemas[schema.$ref.split("/").at(-1) ?? ""];
    return named ? sample(named, options, depth) : null;
  }
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return pick(schema.enum);
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice) return sample(pick(choice), options, depth);
  if (schema.allOf) {
    return Object.assign({}, ...schema.allOf.map((one) => sample(one, { ...options, wrong: 0 }, depth)));
  }
  switch (Array.isArray(schema.type) ? pick(schema.type) : schema.type) {
    case "object": {
      const value: Record<string, unknown> = {};
      for (const [name, property] of Object.entries(schema.properties ?? {})) {
        const needed = schema.required?.includes(name) ?? false;
        if (needed ? random() >= options.wrong : random() < 0.5) value[name] = sample(property, options, depth + 1);
      }
      if (random() < options.wrong) value[pick(["__proto__", "constructor", "extra", "$set", "a.b"])] = pick(ODD);
      return value;
    }
    case "array": {
      const count = Math.max(schema.minItems ?? 0, depth > 4 ? 0 : Math.floor(random() * 3));
      return Array.from({ length: count }, () => sample(schema.items ?? {}, options, depth + 1));
    }
    case "integer":
    case "number": {
      const least = schema.minimum ?? (schema.exclusiveMinimum ?? 0) + 1;
      const most = schema.maximum ?? schema.exclusiveMaximum ?? least + 100;
      const number = least + random() * Math.min(most - least, 1_000);
      return schema.type === "integer" ? Math.floor(number) : number;
    }
    case "boolean":
      return random() < 0.5;
    case "null":
      return null;
    case "string":
      break;
    default:
      return text();
  }
  if (schema.format === "date-time") return new Date(Date.now() + random() * 27 * 86_400_000).toISOString();
  if (schema.format === "email") return `someone${Math.floor(random() * 50)}@example.com`;
  if (schema.format === "uri") return "https://shop.invalid/hook";
  if (schema.format === "base64") return "aGVsbG8=";
  if (schema.pattern?.includes("[0-9a-f]{24}")) return pick(ids);
  if (schema.pattern?.includes("[A-Z]{3}")) return "EUR";
  if (schema.pattern?.includes("{2}")) return "MX";
  if (schema.pattern?.includes("{6}")) return "#4F46E5";
  if (schema.pattern?.includes("read|write")) return "orders:write";
  return (text() + "-".repeat(schema.minLength ?? 0)).slice(0, schema.maxLength ?? 100);
}
