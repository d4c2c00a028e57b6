import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ApiKey } from "../../../contract/settings.ts";
import { ApiKeyModel } from "../../../server/models/api-key.ts";
import { createColleague, startTestApp, type TestApp } from "../../support/app.ts";

let app: TestApp;
let now = Date.now();
beforeAll(async () => {
  app = await startTestApp({ clock: { now: () => new Date(now) } });
});
afterAll(() => app.dispose());

async function create(options: object, as = app.admin): Promise<{ key: string; apiKey: ApiKey }> {
  const { status, body } = await app.call<{ key: string; apiKey: ApiKey }>("POST", "/api-keys", options, as);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body;
}
const users = (key: string) => app.call("GET", "/users", undefined, { key });
const lastUsed = async (id: string) =>
  (await app.call<ApiKey[]>("GET", "/api-keys", undefined, app.admin)).body.find((key) => key.id === id)?.lastUsedAt;

describe("an API key", () => {
  test("is shown once, kept as a hash, and told apart by its first characters", async () => {
    const { key, apiKey } = await create({ name: "Shop server" });
    expect(key).toMatch(/^pk_[\w-]{43}$/);
    expect(key.startsWith(apiKey.prefix)).toBe(true);
    expect(apiKey).toMatchObject({ name: "Shop server", role: "agent", expiresAt: null, lastUsedAt: null });
    const listed = await app.call<ApiKey[]>("GET", "/api-keys", undefined, app.admin);
    expect(listed.body).toContainEqual(apiKey);
    const stored = JSON.stringify([listed.body, await ApiKeyModel.findById(apiKey.id).lean()]);
    expect(stored).not.toContain(key);
  });

  test("acts with its own role", async () => {
    const agent = await create({ name: "Reader", role: "agent" });
    const admin = await create({ name: "Keeper", role: "admin" });
    expect((await users(agent.key)).status).toBe(200);
    expect((await app.call("GET", "/api-keys", undefined, { key: agent.key })).status).toBe(403);
    expect((await app.call("GET", "/api-keys", undefined, { key: admin.key })).status).toBe(200);
    expect(
      (await app.call("POST", "/auth/password", { current: "a", next: "0123456789" }, { key: admin.key })).status,
    ).toBe(403);
  });

  test("works from any origin, since no browser sends it by itself", async () => {
    const { key } = await create({ name: "Keeper", role: "admin" });
    const response = await fetch(`${app.url}/api/v1/workspace`, {
      method: "PATCH",
      headers: {
        authorization: `bearer ${key}`,
        "Content-Type": "application/json",
        Origin: "https://erp.example.com",
      },
      body: "{}",
    });
    expect(response.status).toBe(200);
  });

  test("notes its last use, to the minute", async () => {
    const { key, apiKey } = await create({ name: "Used" });
    await users(key);
    const first = await lastUsed(apiKey.id);
    expect(first).toBe(new Date(now).toISOString());
    now += 59_000;
    await users(key);
    expect(await lastUsed(apiKey.id)).toBe(first);
    now += 1_000;
    await users(key);
    expect(await lastUsed(apiKey.id)).toBe(new Date(now).toISOString());
  });

  test("ends when it expires, and when it is revoked", async () => {
    const expiresAt = new Date(now + 60_000).toISOString();
    const expiring = await create({ name: "Short", expiresAt });
    const revoked = await create({ name: "Lost" });
    expect((await users(expiring.key)).status).toBe(200);
    now += 60_000;
    expect((await users(expiring.key)).status).toBe(401);
    expect((await app.call("DELETE", `/api-keys/${revoked.apiKey.id}`, undefined, app.admin)).status).toBe(204);
    expect((await users(revoked.key)).status).toBe(401);
    expect((await app.call("DELETE", `/api-keys/${revoked.apiKey.id}`, undefined, app.admin)).status).toBe(404);
    const past = await app.call("POST", "/api-keys", { name: "Old", expiresAt: "2020-01-01T00:00:00Z" }, app.admin);
    expect(past.status).toBe(400);
  });

  test("rests while the admin who made it may not make keys", async () => {
    const maker = await createColleague(app, { name: "Lena", role: "admin" });
    const { key } = await create({ name: "Hers", role: "admin" }, maker.credentials);
    const change = (body: object) => app.call("PATCH", `/users/${maker.id}`, body, app.admin);
    expect((await users(key)).status).toBe(200);
    await change({ role: "agent" });
    expect((await users(key)).status).toBe(401);
    await change({ role: "admin" });
    expect((await users(key)).status).toBe(200);
    await change({ disabled: true });
    expect((await users(key)).status).toBe(401);
  });

  test.each(["pk_", "pk_0000000000000000000000000000000000000000000", "Basic", "", "🔑"])("%j is none", async (key) => {
    const response = await fetch(`${app.url}/api/v1/users`, { headers: { authorization: `Bearer ${encodeURI(key)}` } });
    expect(response.status).toBe(401);
  });

  test("that is wrong is not made up for by a cookie", async () => {
    const { cookie } = app.admin as { cookie: string };
    const response = await fetch(`${app.url}/api/v1/users`, { headers: { cookie, authorization: "Bearer pk_wrong" } });
    expect(response.status).toBe(401);
  });
});

describe("the metrics", () => {
  test("are for keys with the admin role, and count refusals by code", async () => {
    const admin = await create({ name: "Prometheus", role: "admin" });
    const agent = await create({ name: "Reader" });
    const read = (key: string) => fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
    expect((await read(agent.key)).status).toBe(403);
    const text = await (await read(admin.key)).text();
    expect(text).toMatch(/parley_errors_total\{code="forbidden",via="http"\} [1-9]/);
    expect(text).toMatch(
      /parley_http_request_duration_seconds_count\{method="GET",route="\/users",status="200"\} [1-9]/,
    );
    expect(text).not.toContain(agent.apiKey.id);
  });
});

test("the hub is ready when its database answers", async () => {
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
});
