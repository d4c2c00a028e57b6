import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { type Api, type Operation, randomOf, readApi, sample } from "../../support/openapi.ts";

const REQUESTS = process.env.PARLEY_LONG ? 20_000 : Number(process.env.FUZZ_REQUESTS ?? 400);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
/** Would shut the test itself out, or call on mail servers that it makes up. */
const LEFT_OUT = /mailbox|^(POST \/auth\/(logout|login|password)|DELETE \/api-keys|PATCH \/users)/;

let app: TestApp;
let api: Api;
let key = "";
beforeAll(async () => {
  const many = { points: 1_000_000, seconds: 1 };
  app = await startTestApp({ http: { verifyResponses: true, limits: { address: many, viewer: many } } });
  api = await readApi(app.url);
  const made = await app.call<{ key: string }>("POST", "/api-keys", { name: "fuzz", role: "admin" }, app.admin);
  key = made.body.key;
});
afterAll(() => app.dispose());

const random = randomOf(SEED);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
/** Ids that answers named: what exists is asked for again. */
const ids = ["0123456789abcdef01234567"];
function remember(text: string): void {
  for (const [, id] of text.matchAll(/"(?:id|\w+Id)":"([0-9a-f]{24})"/g)) {
    if (id && ids.length < 500) ids.push(id);
    else if (id) ids[Math.floor(random() * ids.length)] = id;
  }
}

async function fire(operation: Operation): Promise<{ status: number; text: string; sent: string }> {
  // Half of the requests are in order, so that the ones after them meet something.
  const options = { schemas: api.schemas, random, wrong: pick([0, 0, 0.05, 0.3]), ids };
  const path = operation.path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    if (random() < options.wrong) return pick(["x", "%00", "0".repeat(24), "..%2f", "null", "%ff"]);
    return name === "inboxKey" ? pick(["insite", "chat"]) : pick(ids);
  });
  const query = new URLSearchParams();
  const headers: Record<string, string> = { authorization: `Bearer ${key}` };
  for (const { name, in: place, required, schema } of operation.parameters) {
    if (place === "path" || (!required && random() < 0.6)) continue;
    // Longer ones never reach a route: the HTTP server refuses the headers.
    const value = String(sample(schema, options)).slice(0, 2_000);
    if (place === "query") query.set(name, value);
    else if (/^[\x20-\x7e]{1,300}$/.test(value)) headers[name] = value;
  }
  let body: string | undefined;
  if (operation.body) {
    body = JSON.stringify(sample(operation.body, options));
    if (random() < options.wrong / 2) body = pick(["", "{", "null", "[]", "\ufeff{}", "NaN", body.slice(0, -1)]);
    headers["content-type"] = random() < options.wrong / 2 ? "text/plain" : "application/json";
  } else if (operation.raw) body = pick(["", "hello", "%PDF-1.4"]);
  const response = await fetch(`${app.url}/api/v1${path}?${query}`, {
    method: operation.method,
    headers,
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return { status: response.status, text, sent: `${operation.method} ${path}?${query} ${body?.slice(0, 500) ?? ""}` };
}

it(`answers ${REQUESTS} requests made from its own description without a failure of its own (FUZZ_SEED=${SEED})`, async () => {
  const operations = api.operations.filter(({ method, path }) => !LEFT_OUT.test(`${method} ${path}`));
  const failures: string[] = [];
  const statuses = new Map<number, number>();
  for (let number = 0; number < REQUESTS; number += 1) {
    const operation = pick(operations);
    const { status, text, sent } = await fire(operation);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const described = operation.statuses.includes(String(status)) || operation.path.startsWith("/demo");
    // A path that does not decode reaches no route.
    const undecoded = (status === 400 || status === 404) && sent.includes("%");
    if (status >= 500 || !(described || undecoded)) failures.push(`${sent} → ${status} ${text.slice(0, 300)}`);
    if (status >= 400 && !/^\{"error":\{"code":"\w+","message":".+/.test(text)) failures.push(`${sent} → ${text}`);
    if (status < 300) remember(text);
    if (failures.length >= 10) break;
  }
  expect(failures).toEqual([]);
  // Both kinds were met: what is in order, and what is refused.
  expect((statuses.get(200) ?? 0) + (statuses.get(201) ?? 0)).toBeGreaterThan(REQUESTS / 20);
  expect(statuses.get(400) ?? 0).toBeGreaterThan(REQUESTS / 50);
}, 1_800_000);
