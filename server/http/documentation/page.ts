import { directionOf } from "../../../contract/locales.ts";
import type { Translate } from "../../i18n.ts";
import { escapeHtml } from "../html.ts";
import type { OpenApiDocument } from "./openapi.ts";

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

const STYLE = `
:root{color-scheme:light dark;--line:light-dark(#e2e8f0,#334155);--soft:light-dark(#f8fafc,#1e293b);--accent:light-dark(#4f46e5,#a5b4fc)}
body{font:15px/1.55 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}
a{color:var(--accent)}h2{margin:2.5rem 0 .5rem;border-bottom:1px solid var(--line)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;list-style:none}
article{border:1px solid var(--line);border-radius:8px;margin:.75rem 0;padding:.75rem 1rem}
h3{font-size:1rem;margin:0}code,pre{font:13px/1.5 ui-monospace,monospace}
pre{background:var(--soft);border-radius:8px;padding:.75rem;overflow:auto;max-height:28rem;direction:ltr;text-align:left}
.method{color:var(--accent);font-weight:700}table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid var(--line);padding:.25rem .5rem;text-align:start;vertical-align:top}
summary{cursor:pointer}p{margin:.35rem 0}`;

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
<nav aria-label="${text("contents")}"><ul>${menu.join("")}<li><a href="#schemas">${text("schemas")}</a></li></ul></nav>
<main>${sections.join("")}<section><h2 id="schemas">${text("schemas")}</h2>${schemas.join("")}</section></main></body></html>`;
}

interface Operation {
  tag: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  open: boolean;
  parameters: { name: string; place: string; required: boolean; schema: unknown }[];
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
                  schema: parameter.schema,
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
  const access = operation.open ? text("open") : text("authenticated");
  const parameters = operation.parameters.map(
    ({ name, place, required, schema }) =>
      `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td>${escapeHtml(place)}${required ? ` · ${text("required")}` : ""}</td><td><code>${escapeHtml(JSON.stringify(schema))}</code></td></tr>`,
  );
  const responses = operation.responses.map(
    ({ status, description, schema }) =>
      `<tr><th scope="row">${escapeHtml(status)}</th><td>${escapeHtml(description)}${schema ? json(schema) : ""}</td></tr>`,
  );
  return `<article><h3><span class="method">${operation.method}</span> <code dir="ltr">${escapeHtml(operation.path)}</code></h3>
<p>${escapeHtml(operation.summary)}</p><p><small>${access} ${escapeHtml(operation.description)}</small></p>
${parameters.length > 0 ? `<table>${parameters.join("")}</table>` : ""}
${operation.example ? `<details><summary>${text("example")}</summary>${json(operation.example)}</details>` : ""}
${operation.body ? `<details><summary>${text("body")}</summary>${json(operation.body)}</details>` : ""}
<details><summary>${text("responses")}</summary><table>${responses.join("")}</table></details></article>`;
}

function json(schema: unknown): string {
  const escaped = escapeHtml(JSON.stringify(schema, null, 2));
  return `<pre>${escaped.replace(/#\/components\/schemas\/(\w+)/g, '<a href="#schema-$1">#/components/schemas/$1</a>')}</pre>`;
}
