import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openApiDocument } from "../server/http/documentation/openapi.ts";
import { routes } from "../server/http/routes/index.ts";

/**
 * Writes `client/api.ts`: the API's types, from the same OpenAPI document that partners read. Run by `npm run client`; a test
 * says when it is due.
 */

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  format?: string;
  description?: string;
}
interface Operation {
  summary: string;
  parameters?: { name: string; in: "path" | "query" | "header"; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const FILE = join(import.meta.dirname, "..", "client", "api.ts");

/** The text of `client/api.ts` for the routes as they are. */
export function generateClient(): string {
  const document = openApiDocument(routes, "") as unknown as Document;
  const schemas = Object.entries(document.components.schemas)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, schema]) => `export type ${name} = ${typeOf(schema, "")};\n`);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationOf(`${method.toUpperCase()} ${path}`, operation)),
  );
  return `// Generated from the API's own description by \`npm run client\`. Change the routes, not this file.

${schemas.join("\n")}
/** Every route by its method and path, with what it takes and gives. */
export interface Operations {
${operations.join("")}}
`;
}

function operationOf(key: string, operation: Operation): string {
  const inside = (place: "path" | "query") => operation.parameters?.filter((one) => one.in === place) ?? [];
  const body = operation.requestBody?.content;
  const lines = [
    parametersOf("params", inside("path")),
    parametersOf("query", inside("query")),
    body &&
      (body["application/json"] ? `body: ${typeOf(body["application/json"].schema, "    ")};` : "body: BodyInit;"),
    `response: ${responseOf(operation)};`,
  ];
  const fields = lines.filter(Boolean).map((line) => `    ${line}\n`);
  return `  /** ${operation.summary} */\n  "${key}": {\n${fields.join("")}  };\n`;
}

function parametersOf(field: string, parameters: NonNullable<Operation["parameters"]>): string | undefined {
  if (parameters.length === 0) return undefined;
  const needed = parameters.some(({ required }) => required);
  const types = parameters.map(
    ({ name, required, schema }) => `${keyOf(name)}${required ? "" : "?"}: ${typeOf(schema, "")}`,
  );
  return `${field}${needed ? "" : "?"}: { ${types.join("; ")} };`;
}

function responseOf({ responses }: Operation): string {
  const types = Object.entries(responses)
    .filter(([status]) => status.startsWith("2"))
    .map(([, { content }]) => {
      if (!content) return "undefined";
      return content["application/json"] ? typeOf(content["application/json"].schema, "    ") : "Response";
    });
  return [...new Set(types)].join(" | ");
}

/** A schema as a TypeScript type. */
function typeOf(schema: Schema, indent: string): string {
  if (schema.$ref) return schema.$ref.split("/").at(-1) ?? "unknown";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice) return unique(choice.map((one) => typeOf(one, indent))).join(" | ");
  if (schema.allOf) return schema.allOf.map((one) => `(${typeOf(one, indent)})`).join(" & ");
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return "unknown";
  return unique(types.map((type) => plainType(type, schema, indent))).join(" | ");
}

function plainType(type: string, schema: Schema, indent: string): string {
  if (type === "integer" || type === "number") return "number";
  if (type === "string" || type === "boolean" || type === "null") return type;
  if (type === "array") {
    const item = typeOf(schema.items ?? {}, indent);
    return /[ |&]/.test(item) && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
  }
  return objectOf(schema, indent);
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(
    ([name, one]) => `${inner}${keyOf(name)}${required.includes(name) ? "" : "?"}: ${typeOf(one, inner)};\n`,
  );
  const byKey = sameForAll(properties, required, inner);
  if (byKey && !additionalProperties) return byKey;
  const open = typeof additionalProperties === "object" && Object.keys(additionalProperties).length > 0;
  // Beside named fields an index would have to allow all of them.
  if (lines.length > 0 && additionalProperties) lines.push(`${inner}[field: string]: unknown;\n`);
  if (lines.length === 0) return `Record<string, ${open ? typeOf(additionalProperties, indent) : "unknown"}>`;
  return `{\n${lines.join("")}${indent}}`;
}

/** Many optional fields of one type, such as a text for each language. */
function sameForAll(properties: Record<string, Schema>, required: string[], indent: string): string | undefined {
  const names = Object.keys(properties);
  if (names.length < 5 || required.length > 0) return undefined;
  const types = unique(Object.values(properties).map((one) => typeOf(one, indent)));
  return types.length === 1
    ? `Partial<Record<${names.map((name) => JSON.stringify(name)).join(" | ")}, ${types[0]}>>`
    : undefined;
}

function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function unique(types: string[]): string[] {
  return [...new Set(types)];
}

if (import.meta.main) writeFileSync(FILE, generateClient());
