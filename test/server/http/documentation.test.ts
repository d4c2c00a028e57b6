import { expect, test } from "vitest";
import { routes } from "../../../server/http/routes/index.ts";
import { buildHttpContext, serveHttp } from "../../support/http.ts";

interface Document {
  openapi: string;
  paths: Record<
    string,
    Record<
      string,
      {
        operationId: string;
        summary: string;
        description: string;
        tags: string[];
        security: unknown[];
        parameters?: { name: string; in: string; required?: boolean }[];
        requestBody?: { content: Record<string, { example?: unknown }> };
        responses: Record<string, { description: string }>;
      }
    >
  >;
  tags: { name: string }[];
  components: { schemas: Record<string, unknown> };
}

async function read(): Promise<{ document: Document; text: string; page: Response }> {
  const { fetch } = await serveHttp(buildHttpContext().ctx, { routes });
  const text = await (await fetch("/api/v1/openapi.json")).text();
  return { document: JSON.parse(text) as Document, text, page: await fetch("/api/docs") };
}

test("every route is described, with its errors", async () => {
  const { document } = await read();
  expect(document.openapi).toBe("3.1.0");
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path.replace(/\{(\w+)\}/g, ":$1")}`),
  );
  expect(described.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
  const login = document.paths["/auth/login"]?.post;
  expect(login?.security).toEqual([]);
  expect(login?.responses["401"]?.description).toBe("invalid_credentials");
  expect(document.paths["/api-keys"]?.get?.security).toEqual([{ apiKey: [] }, { session: [] }]);
});

test("objects of the contract are named once and every reference leads somewhere", async () => {
  const { document, text } = await read();
  expect(Object.keys(document.components.schemas)).toEqual(
    expect.arrayContaining(["Conversation", "Message", "Error"]),
  );
  const references = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1] ?? "");
  expect(references.length).toBeGreaterThan(10);
  for (const name of references) expect(document.components.schemas).toHaveProperty(name);
});

test("a generator can work with it: operations have names of their own, and what a path names is always required", async () => {
  const { document } = await read();
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, ...operation })),
  );
  const names = operations.map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
  const tags = document.tags.map(({ name }) => name);
  for (const { path, parameters = [], description, tags: own } of operations) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const described = parameters.filter((one) => one.in === "path" && one.required).map(({ name }) => name);
    expect(described, path).toEqual(named);
    expect(description, path).toMatch(/\w/);
    expect(tags).toContain(own[0]);
  }
});

test("its examples are what the routes take", async () => {
  const { document } = await read();
  const shown = routes.filter(({ example }) => example !== undefined);
  expect(shown.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["/orders/events", "/insite/:inboxKey/messages", "/webhooks", "/api-keys"]),
  );
  for (const { path, method, body, example } of shown) {
    if (typeof body === "symbol" || !body) throw new Error(`${path} has an example of no body`);
    expect(body.safeParse(example), path).toMatchObject({ success: true });
    const operation = document.paths[path.replace(/:(\w+)/g, "{$1}")]?.[method];
    expect(operation?.requestBody?.content["application/json"]?.example).toEqual(example);
  }
});

test("people can read it as a page that loads nothing", async () => {
  const { page } = await read();
  const html = await page.text();
  expect(html).toContain("/api/v1/auth/login");
  expect(html).not.toMatch(/<script|<link|src=|(href|action)="https?:/);
});
