import { directionOf } from "../../../contract/locales.ts";
import type { Translate } from "../../i18n.ts";
import { escapeHtml } from "../html.ts";
import type { OpenApiDocument } from "./openapi.ts";

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

const STYLE = `
:root{color-scheme:light dark;--line:light-dark(#e2e8f0,#334155);--soft:light-dark(#f8fafc,#1e293b);--dim:light-dark(#475569,#cbd5e1);
--accent:light-dark(#4f46e5,#a5b4fc);--page:light-dark(#fff,#0f172a)}
body{font:15px/1.55 system-ui,"Noto Sans",sans-serif;max-width:76rem;margin:0 auto;padding:1.5rem 1rem 4rem;background:var(--page)}
a{color:var(--accent)}h1{margin:0 0 .5rem;line-height:1.2}h2{margin:2.5rem 0 .5rem;border-bottom:1px solid var(--line);scroll-margin-top:1rem}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;list-style:none}
main>section:first-child h2{margin-top:0}
article{border:1px solid var(--line);border-radius:8px;margin:.75rem 0;padding:.75rem 1rem;overflow-wrap:anywhere}
article:target{outline:2px solid var(--accent)}
h3{display:flex;flex-wrap:wrap;align-items:baseline;gap:.25rem .6rem;font-size:1rem;margin:0}h3 a{color:inherit;text-decoration:none}
code,pre{font:13px/1.5 ui-monospace,monospace}
pre{background:var(--soft);border-radius:8px;padding:.75rem;overflow:auto;max-height:28rem;direction:ltr;text-align:left;overflow-wrap:normal}
.method{font-size:.75rem;font-weight:700;border:1px solid;border-radius:4px;padding:0 .4rem;color:var(--accent)}
.get{color:light-dark(#047857,#6ee7b7)}.patch,.put{color:light-dark(#92400e,#fcd34d)}.delete{color:light-dark(#b91c1c,#fca5a5)}
small{color:var(--dim);font-size:.85rem}table{border-collapse:collapse;width:100%;margin:.35rem 0}
td,th{border-bottom:1px solid var(--line);padding:.25rem .5rem;text-align:start;vertical-align:top;font-weight:400}
summary{cursor:pointer;min-block-size:24px;line-height:24px}summary:hover{color:var(--accent)}p{margin:.35rem 0}
@media(min-width:64rem){.columns{display:grid;grid-template-columns:12rem minmax(0,1fr);gap:2.5rem;margin-top:1.5rem}
nav ul{position:sticky;top:1rem;flex-direction:column;flex-wrap:nowrap;max-height:calc(100vh - 2rem);overflow-y:auto;margin:0}}`;

/** The API for people, as one page without scripts or anything from elsewhere. */
export function renderDocumentation(
  document: OpenApiDocument,
  translate: Translate,
  locale: string,
  nonce: string,
): string {
  const text = (key: string) => escapeHtml(translate(locale, `docs.${key}`));
  const groups = Map.groupBy(operationsOf(document), (operation) => operation.tag);
  const menu = [...groups.keys()].map((tag) => `<li><a href="#${escapeHtml(tag)}">${escapeHtml(tag)}</a></li>`);
  const sections = [...groups].map(
    ([tag, operations]) =>
      `<section><h2 id="${escapeHtml(tag)}">${escapeHtml(tag)}</h2>${operations.map((each) => renderOperation(each, text)).join("")}</section>`,
  );
  const schemas = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<details id="schema-${escapeHtml(name)}"><summary><code>${escapeHtml(name)}</code></summary>${json(schema)}</details>`,
  );
  return `<!doctype html>
<html lang="${locale}" dir="${directionOf(locale)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text("title")}</title>
<style nonce="${nonce}">${STYLE}</style></head>
<body><header><h1>${text("title")}</h1><p>${text("intro")}</p><p>${text("errors")}</p>
<p><a href="/api/v1/openapi.json">openapi.json</a></p></header>
<div class="columns"><nav aria-label="${text("contents")}"><ul>${menu.join("")}<li><a href="#schemas">${text("schemas")}</a></li></ul></nav>
<main>${sections.join("")}<section><h2 id="schemas">${text("schemas")}</h2>${schemas.join("")}</section></main></div></body></html>`;
}

interface Operation {
  id: string;
  tag: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  open: boolean;
  parameters: { name: string; place: string; required: boolean; description: string; schema: SchemaLike }[];
  body: unknown;
  example: unknown;
  responses: { status: string; description: string; schema: unknown }[];
}

function operationsOf(document: OpenApiDocument): Operation[] {
  const base = document.servers?.[0]?.url ?? "";
  const operations: Operation[] = [];
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      const body = operation.requestBody && "content" in operation.requestBody ? operation.requestBody.content : {};
      operations.push({
        id: operation.operationId ?? "",
        tag: operation.tags?.[0] ?? "",
        method: method.toUpperCase(),
        path: base + path,
        summary: operation.summary ?? "",
        description: operation.description ?? "",
        open: (operation.security ?? []).length === 0,
        parameters: (operation.parameters ?? []).flatMap((parameter) =>
          "name" in parameter
            ? [
                {
                  name: parameter.name,
                  place: parameter.in,
                  required: parameter.required ?? false,
                  description: parameter.description ?? "",
                  schema: (parameter.schema ?? {}) as SchemaLike,
                },
              ]
            : [],
        ),
        body: firstSchema(body),
        example: Object.values(body)[0]?.example,
        responses: Object.entries(operation.responses ?? {}).map(([status, response]) => ({
          status,
          description: String(response.description ?? ""),
          schema: Number(status) < 400 ? firstSchema(response.content ?? {}) : undefined,
        })),
      });
    }
  }
  return operations;
}

function firstSchema(content: Record<string, { schema?: unknown }>): unknown {
  return Object.values(content)[0]?.schema;
}

function renderOperation(operation: Operation, text: (key: string) => string): string {
  const access = operation.open
    ? text("open")
    : `${text("authenticated")} <bdi lang="en">${escapeHtml(operation.description)}</bdi>`;
  const parameters = operation.parameters.map(
    ({ name, place, required, description, schema }) =>
      `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td>${escapeHtml(place)}${required ? ` · ${text("required")}` : ""}</td><td><code dir="ltr">${escapeHtml(typeText(schema))}</code>${description ? ` <bdi lang="en">${escapeHtml(description)}</bdi>` : ""}</td></tr>`,
  );
  const responses = operation.responses.map(
    ({ status, description, schema }) =>
      `<tr><th scope="row">${escapeHtml(status)}</th><td>${escapeHtml(description)}${schema ? json(schema) : ""}</td></tr>`,
  );
  const id = escapeHtml(operation.id);
  return `<article id="${id}"><h3><span class="method ${operation.method.toLowerCase()}">${operation.method}</span> <a href="#${id}"><code dir="ltr">${escapeHtml(operation.path)}</code></a></h3>
<p lang="en" dir="auto">${escapeHtml(operation.summary)}</p><p><small>${access}</small></p>
${parameters.length > 0 ? `<table>${parameters.join("")}</table>` : ""}
${operation.example ? `<details><summary>${text("example")}</summary>${json(operation.example)}</details>` : ""}
${operation.body ? `<details><summary>${text("body")}</summary>${json(operation.body)}</details>` : ""}
<details><summary>${text("responses")}</summary><table>${responses.join("")}</table></details></article>`;
}

interface SchemaLike {
  type?: string | string[];
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
}

/** A parameter's type in a few signs: `integer 1…100 = 50`, `open | resolved`. */
function typeText({ type, enum: choices, default: preset, minimum, maximum }: SchemaLike): string {
  const kind = choices ? choices.join(" | ") : [type ?? "any"].flat().join(" | ");
  const range = minimum !== undefined || maximum !== undefined ? ` ${minimum ?? ""}…${maximum ?? ""}` : "";
  return `${kind}${range}${preset === undefined ? "" : ` = ${String(preset)}`}`;
}

function json(schema: unknown): string {
  const escaped = escapeHtml(JSON.stringify(schema, null, 2));
  return `<pre>${escaped.replace(/#\/components\/schemas\/(\w+)/g, '<a href="#schema-$1">#/components/schemas/$1</a>')}</pre>`;
}
