import mongoose, { Types } from "mongoose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newApiKey } from "../../../server/credentials.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { type Api, type Operation, randomOf, readApi, sample } from "../../support/openapi.ts";

/** Every route of the API, as its own document lists them: none lets in whom it should not. */
let app: TestApp;
let api: Api;
let guarded: Operation[] = [];
/** An id of each resource in the first workspace, by the first part of the path. */
const ids: Record<string, string> = {};
const keys = { agent: "", scoped: "", stranger: "" };

beforeAll(async () => {
  app = await startTestApp({ env: { ALLOW_NETWORKS: "127.0.0.1/32" } });
  api = await readApi(app.url);
  guarded = api.operations.filter(({ security }) => security.length > 0);
  const make = async (path: string, body: unknown) =>
    (await app.call<Record<string, never>>("POST", path, body, app.admin)).body as Record<string, string>;
  const key = async (body: object) =>
    (await make("/api-keys", { name: "k", ...body })) as unknown as {
      key: string;
      apiKey: { id: string };
    };
  const agent = await key({ role: "agent" });
  keys.agent = agent.key;
  keys.scoped = (await key({ role: "admin", scopes: ["nothing:read"] })).key;
  const { conversationId } = await make("/insite/insite/messages", {
    messageId: "m",
    threadId: "t",
    buyer: { externalId: "b" },
    text: "Hello",
    sentAt: "2026-05-02T09:00:00Z",
  });
  await make("/orders/events", {
    eventId: "e",
    type: "paid",
    occurredAt: "2026-05-02T09:00:00Z",
    orderId: "1",
    buyer: { externalId: "b" },
  });
  const list = async (path: string) => {
    const { body } = await app.call<{ items?: { id: string }[] }>("GET", path, undefined, app.admin);
    return (body.items ?? (body as unknown as { id: string }[]))[0]?.id ?? "";
  };
  const conversation = await app.call<{ contact: { id: string } }>(
    "GET",
    `/conversations/${conversationId}`,
    undefined,
    app.admin,
  );
  Object.assign(ids, {
    conversations: conversationId,
    contacts: conversation.body.contact.id,
    "api-keys": agent.apiKey.id,
    webhooks: (await make("/webhooks", { url: "https://shop.invalid/" })).id,
    integrations: (await make("/integrations", { platform: "shopify" })).id,
    imports: (await make("/imports", { format: "csv", content: "id,status\n1,paid\n" })).id,
    orders: await list("/orders"),
    faqs: await list("/faqs"),
    inboxes: await list("/inboxes"),
    users: await list("/users"),
  });

  // Another seller on the same hub, with an admin's key of their own.
  const workspaceId = new Types.ObjectId();
  const now = new Date();
  const { key: stranger, prefix, keyHash } = newApiKey();
  const db = mongoose.connection.db!;
  await db.collection("workspaces").insertOne({ _id: workspaceId, name: "Other", locale: "en", createdAt: now });
  await db.collection("apiKeys").insertOne({
    _id: new Types.ObjectId(),
    workspaceId,
    name: "stranger",
    prefix,
    keyHash,
    role: "admin",
    createdBy: new Types.ObjectId(),
    suspended: false,
    createdAt: now,
    expiresAt: null,
    lastUsedAt: null,
  });
  keys.stranger = stranger;
});
afterAll(() => app.dispose());

/** A request that is in order but for who sends it. */
async function request(operation: Operation, key?: string): Promise<{ status: number; code: string }> {
  const random = randomOf(1);
  const resource = operation.path.split("/")[1] ?? "";
  const id = ids[resource] ?? ids.conversations ?? "";
  const options = { schemas: api.schemas, random, wrong: 0, ids: Object.values(ids) };
  const path = operation.path.replace(/\{(\w+)\}/g, (_all, name: string) => (name === "inboxKey" ? "insite" : id));
  const query = new URLSearchParams();
  for (const { name, in: place, required, schema } of operation.parameters) {
    if (place === "query" && required) query.set(name, String(sample(schema, options)));
  }
  // A change of nothing is in order everywhere; a made-up one may break a rule that the schema does not tell.
  const body = operation.method === "PATCH" ? {} : operation.body && sample(operation.body, options);
  const type = operation.raw ? "text/plain" : "application/json";
  const response = await fetch(`${app.url}/api/v1${path}?${query}`, {
    method: operation.method,
    headers: {
      ...(key && { authorization: `Bearer ${key}` }),
      ...((operation.body || operation.raw) && { "content-type": type }),
    },
    ...(operation.body && { body: JSON.stringify(body) }),
    ...(operation.raw && { body: "hello" }),
  });
  const text = await response.text();
  const answer = text.startsWith("{") ? (JSON.parse(text) as { error?: { code: string } }) : {};
  return { status: response.status, code: answer.error?.code ?? "" };
}

async function failing(
  operations: Operation[],
  key: string | undefined,
  right: (one: { status: number; code: string }) => boolean,
) {
  const wrong: string[] = [];
  for (const operation of operations) {
    const answer = await request(operation, key);
    if (!right(answer)) wrong.push(`${operation.method} ${operation.path}: ${answer.status} ${answer.code}`);
  }
  return wrong;
}

describe("every guarded route", () => {
  it("refuses a request without a key, and one with a wrong key", async () => {
    expect(guarded.length).toBeGreaterThan(40);
    expect(await failing(guarded, undefined, ({ status }) => status === 401)).toEqual([]);
    expect(await failing(guarded, "pk_no-such-key", ({ status }) => status === 401)).toEqual([]);
  });

  it("refuses a role that is too small", async () => {
    const closed = guarded.filter(
      ({ description }) => /Roles: /.test(description ?? "") && !/Roles: [^.]*agent/.test(description ?? ""),
    );
    expect(closed.length).toBeGreaterThan(10);
    expect(await failing(closed, keys.agent, ({ status, code }) => status === 403 && code === "forbidden")).toEqual([]);
  });

  it("refuses a key whose scopes do not name it", async () => {
    expect(await failing(guarded, keys.scoped, ({ status, code }) => status === 403 && code === "forbidden")).toEqual(
      [],
    );
  });

  it("knows nothing of another workspace's things", async () => {
    const named = guarded.filter(({ path }) => path.includes("{"));
    expect(named.length).toBeGreaterThan(20);
    const allowed = new Set(["not_found", "unknown_inbox"]);
    expect(await failing(named, keys.stranger, ({ status, code }) => status === 404 && allowed.has(code))).toEqual([]);
  });
});

describe("a key with scopes", () => {
  it("may what they say, and makes no key that may more", async () => {
    const scopes = ["orders:read", "api-keys:write"];
    const made = await app.call<{ key: string; apiKey: object }>(
      "POST",
      "/api-keys",
      { name: "s", role: "admin", scopes },
      app.admin,
    );
    expect(made.body.apiKey).toMatchObject({ scopes });
    const key = { key: made.body.key };
    expect((await app.call("GET", "/orders", undefined, key)).status).toBe(200);
    expect(await app.call("GET", "/faqs", undefined, key)).toMatchObject({
      status: 403,
      body: { error: { details: { scope: "faqs:read" } } },
    });
    expect((await app.call("POST", "/api-keys", { name: "more", scopes: ["faqs:write"] }, key)).status).toBe(403);
    expect((await app.call("POST", "/api-keys", { name: "all" }, key)).status).toBe(403);
    expect((await app.call("POST", "/api-keys", { name: "less", scopes: ["orders:read"] }, key)).status).toBe(201);
  });
});
