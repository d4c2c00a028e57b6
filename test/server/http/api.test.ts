import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { messageTextSchema } from "../../../contract/common.ts";
import { defineRoute } from "../../../server/http/route.ts";
import { buildHttpContext, errorOf, serveHttp, type TestHttp } from "../../support/http.ts";

const echo = defineRoute({
  method: "post",
  path: "/echo/:id",
  summary: "Say it again",
  auth: "public",
  params: z.object({ id: z.string().regex(/^\d+$/) }),
  query: z.object({ times: z.coerce.number().int().max(3).default(1) }),
  body: z.object({ text: messageTextSchema, tag: z.string().optional() }).strict(),
  maxBody: 40_000,
  responses: { 201: z.object({ id: z.string(), text: z.string(), times: z.number() }) },
  handler: ({ params, query, body }) => ({ id: params.id, text: body.text, times: query.times }),
});
const list = defineRoute({
  method: "get",
  path: "/echo/:id",
  summary: "List",
  auth: "public",
  cors: true,
  responses: { 200: z.array(z.string()) },
  handler: () => [],
});
const broken = defineRoute({
  method: "get",
  path: "/broken",
  summary: "Fails",
  auth: "public",
  responses: { 204: "empty" },
  handler: () => {
    throw new Error("the database password is hunter2");
  },
});
const lying = defineRoute({
  method: "get",
  path: "/lying",
  summary: "Answers otherwise than it says",
  auth: "public",
  responses: { 200: z.object({ count: z.number().max(1) }) },
  handler: () => ({ count: 2 }),
});

async function start(): Promise<TestHttp & { lines: string[]; counted: (code: string) => Promise<number> }> {
  const { ctx, lines } = buildHttpContext({ LOG_LEVEL: "error" });
  const http = await serveHttp(ctx, { routes: [echo, list, broken, lying] });
  const counted = async (code: string) => {
    const { values } = await ctx.metrics.errors.get();
    return values.find((value) => value.labels.code === code)?.value ?? 0;
  };
  return { ...http, lines, counted };
}

function json(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers } };
}

describe("a good request", () => {
  test("is answered with the declared status, and never cached", async () => {
    const { fetch } = await start();
    const response = await fetch("/api/v1/echo/7?times=2", json({ text: "héllo 👋🏽 <script>" }));
    expect(response.status).toBe(201);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual({ id: "7", text: "héllo 👋🏽 <script>", times: 2 });
  });

  test("may be compressed", async () => {
    const { fetch } = await start();
    const response = await fetch("/api/v1/echo/7", {
      method: "POST",
      body: gzipSync(JSON.stringify({ text: "small" })),
      headers: { "Content-Type": "application/json", "Content-Encoding": "gzip" },
    });
    expect(response.status).toBe(201);
  });
});

describe("a bad request gets a stable code, is counted, and says what to do", () => {
  const cases: [string, number, string, string, RequestInit][] = [
    ["JSON that does not parse", 400, "invalid_json", "/api/v1/echo/7", { ...json({}), body: '{"text": ' }],
    [
      "text that is not UTF-8",
      400,
      "invalid_encoding",
      "/api/v1/echo/7",
      { ...json({}), body: Buffer.from('{"text":"\xff"}', "latin1") },
    ],
    ["a lone surrogate", 400, "invalid_encoding", "/api/v1/echo/7", { ...json({}), body: '{"text":"\\ud800"}' }],
    [
      "another charset",
      400,
      "invalid_encoding",
      "/api/v1/echo/7",
      json({ text: "a" }, { "Content-Type": "application/json; charset=utf-16" }),
    ],
    [
      "a form instead of JSON",
      415,
      "unsupported_media_type",
      "/api/v1/echo/7",
      { method: "POST", body: new URLSearchParams({ text: "a" }) },
    ],
    [
      "an unknown compression",
      415,
      "unsupported_media_type",
      "/api/v1/echo/7",
      json({ text: "a" }, { "Content-Encoding": "zoo" }),
    ],
    ["a body over the limit", 413, "payload_too_large", "/api/v1/echo/7", json({ text: "a".repeat(50_000) })],
    ["a message over the limit", 413, "message_too_long", "/api/v1/echo/7", json({ text: "a".repeat(10_001) })],
    ["a missing field", 400, "invalid_request", "/api/v1/echo/7", json({})],
    ["no body at all", 400, "invalid_request", "/api/v1/echo/7", { method: "POST" }],
    ["a field nobody knows", 400, "invalid_request", "/api/v1/echo/7", json({ text: "a", admin: true })],
    ["a query out of bounds", 400, "invalid_request", "/api/v1/echo/7?times=9", json({ text: "a" })],
    ["an id of the wrong form", 404, "not_found", "/api/v1/echo/seven", json({ text: "a" })],
    ["a path that does not decode", 400, "invalid_request", "/api/v1/echo/%E0%A4%A", json({ text: "a" })],
    ["an unknown route", 404, "unknown_route", "/api/v1/nowhere", {}],
    ["an unknown version", 404, "unknown_route", "/api/v9/echo/7", {}],
    ["a method the route does not have", 405, "method_not_allowed", "/api/v1/echo/7", { method: "DELETE" }],
  ];
  test.each(cases)("%s", async (_name, status, code, path, init) => {
    const { fetch, counted, lines } = await start();
    const response = await fetch(path, init);
    expect(response.status).toBe(status);
    const error = await errorOf(response);
    expect(error.code).toBe(code);
    expect(error.message.length).toBeGreaterThan(20);
    expect(await counted(code)).toBe(1);
    expect(lines).toEqual([]);
  });

  test("a decompression bomb is stopped at the limit", async () => {
    const { fetch } = await start();
    const bomb = gzipSync(JSON.stringify({ text: "a".repeat(30_000_000) }));
    expect(bomb.length).toBeLessThan(40_000);
    const response = await fetch("/api/v1/echo/7", {
      method: "POST",
      body: bomb,
      headers: { "Content-Type": "application/json", "Content-Encoding": "gzip" },
    });
    expect((await errorOf(response)).code).toBe("payload_too_large");
  });

  test("the issues name the field", async () => {
    const { fetch } = await start();
    const error = await errorOf(await fetch("/api/v1/echo/7", json({ text: 7 })));
    expect(error.details).toEqual({ issues: [{ path: "body.text", message: expect.any(String) }] });
  });

  test("a wrong method is told the right ones", async () => {
    const { fetch } = await start();
    const response = await fetch("/api/v1/echo/7", { method: "PUT" });
    expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS, POST");
  });

  test("the message is in the reader's language where there is one", async () => {
    const { ctx } = buildHttpContext();
    ctx.translate = (locale, key) => `${locale}:${key}`;
    const { fetch } = await serveHttp(ctx);
    const response = await fetch("/api/v1/nowhere", { headers: { "Accept-Language": "xx, pt-PT;q=0.9, en;q=0.5" } });
    expect((await errorOf(response)).message).toBe("pt-BR:errors.unknown_route");
  });
});

describe("a failure of ours", () => {
  test("is logged in full and shown not at all", async () => {
    const { fetch, lines, counted } = await start();
    const response = await fetch("/api/v1/broken");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("hunter2");
    expect(lines.join()).toContain("the database password is hunter2");
    expect(await counted("internal")).toBe(1);
  });

  test("an answer that breaks its declared schema is caught in tests", async () => {
    const { fetch } = await start();
    expect((await fetch("/api/v1/lying")).status).toBe(500);
  });
});

describe("a flood", () => {
  test("from one address is refused with the time to wait, before anything is read", async () => {
    const { ctx } = buildHttpContext();
    const limits = { address: { points: 2, seconds: 60 }, viewer: { points: 10, seconds: 60 } };
    const { fetch } = await serveHttp(ctx, { routes: [echo], limits });
    await fetch("/api/v1/echo/7", json({ text: "1" }));
    await fetch("/api/v1/echo/7", json({ text: "2" }));
    const response = await fetch("/api/v1/echo/7", { ...json({}), body: "not even JSON" });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await errorOf(response)).code).toBe("rate_limited");
  });

  test("behind an unknown proxy can not hide under forged addresses", async () => {
    const limits = { address: { points: 1, seconds: 60 }, viewer: { points: 10, seconds: 60 } };
    const forged = (address: string) => json({ text: "1" }, { "X-Forwarded-For": address });
    const direct = await serveHttp(buildHttpContext().ctx, { routes: [echo], limits });
    await direct.fetch("/api/v1/echo/7", forged("192.0.2.1"));
    expect((await direct.fetch("/api/v1/echo/7", forged("192.0.2.2"))).status).toBe(429);

    const proxied = await serveHttp(buildHttpContext({ TRUST_PROXY: "loopback" }).ctx, { routes: [echo], limits });
    await proxied.fetch("/api/v1/echo/7", forged("192.0.2.1"));
    expect((await proxied.fetch("/api/v1/echo/7", forged("192.0.2.2"))).status).toBe(201);
  });
});

describe("other websites", () => {
  test("may use a route that is open to them, after a preflight too", async () => {
    const { fetch } = await start();
    expect((await fetch("/api/v1/echo/7")).headers.get("access-control-allow-origin")).toBe("*");
    const preflight = await fetch("/api/v1/echo/7", { method: "OPTIONS" });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("Authorization");
    expect(preflight.headers.get("access-control-allow-credentials")).toBeNull();
  });

  test("may not read any other route", async () => {
    const { fetch } = await start();
    expect((await fetch("/api/v1/lying")).headers.get("access-control-allow-origin")).toBeNull();
    expect(
      (await fetch("/api/v1/broken", { method: "OPTIONS" })).headers.get("access-control-allow-origin"),
    ).toBeNull();
  });
});

test("a client that leaves in the middle of its body is no failure of ours", async () => {
  const { url, fetch, lines, counted } = await start();
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(
    "POST /api/v1/echo/7 HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    () => socket.destroy(),
  );
  await new Promise((resolve) => socket.once("close", resolve));
  await fetch("/api/v1/echo/7");
  expect(lines).toEqual([]);
  expect(await counted("internal")).toBe(0);
});
