import type { IncomingMessage } from "node:http";
import { io } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { ErrorBody } from "../../contract/errors.ts";
import { ADMIN, startTestApp, type TestApp } from "../support/app.ts";
import { forwarded, startProxy, xForwarded } from "../support/proxy.ts";

/** Behind a proxy, every client is who it is, and no client is who it says. */
const FEW = { points: 3, seconds: 600 };
let app: TestApp;
beforeAll(async () => {
  const plenty = { points: 1_000, seconds: 60 };
  app = await startTestApp({
    env: { TRUST_PROXY: "loopback" },
    socketLimits: { connect: FEW, message: plenty, read: plenty },
  });
});
afterAll(() => app.dispose());

/** The proxy sees who connects by a header that only this test's clients send. */
const addressOf = ({ headers }: IncomingMessage) => String(headers["x-test-client"]);

async function front(options: Parameters<typeof startProxy>[1] = {}) {
  const proxy = await startProxy(app.url, { addressOf, ...options });
  onTestFinished(() => proxy.close());
  return proxy;
}

type Transports = ("websocket" | "polling")[];

/** The code of what the hub says to a connection: `connected`, or why not. */
function connect(
  url: string,
  namespace: string,
  from: string,
  { transports = ["websocket"] as Transports, headers = {} as Record<string, string> } = {},
): Promise<string> {
  const socket = io(`${url}/${namespace}`, {
    auth: { inboxKey: "chat" },
    transports,
    forceNew: true,
    reconnection: false,
    extraHeaders: { "x-test-client": from, ...headers },
  });
  return new Promise<string>((resolve) => {
    socket.once("connect", () => resolve("connected"));
    socket.once("connect_error", (error) => resolve((error as { data?: ErrorBody }).data?.code ?? error.message));
  }).finally(() => socket.disconnect());
}

async function flood(...args: Parameters<typeof connect>): Promise<string> {
  for (let sent = 0; sent < FEW.points; sent++) await connect(...args);
  return connect(...args);
}

describe.each([
  ["X-Forwarded-For", xForwarded],
  ["Forwarded", forwarded],
] as const)("behind a proxy that sets %s", (name, headers) => {
  const net = name === "Forwarded" ? "198.51.100" : "203.0.113";

  it.each([
    ["widget", "websocket"],
    ["widget", "polling"],
    ["buyer", "websocket"],
  ] as const)("a shopper who floods /%s by %s locks nobody else out", async (namespace, transport) => {
    const { url } = await front({ headers });
    const transports: Transports = [transport];
    const host = `${namespace}${transport}`.length;
    expect(await flood(url, namespace, `${net}.${host}`, { transports })).toBe("rate_limited");
    const other = await connect(url, namespace, `${net}.${host + 100}`, { transports });
    expect(other).toBe(namespace === "widget" ? "connected" : "link_expired");
  });

  it("an address that a client claims in front of its own gives it no fresh limit", async () => {
    const { url } = await front({ headers });
    for (let sent = 0; sent <= FEW.points; sent++) {
      const claim = headers({ headers: {} } as IncomingMessage, `192.0.2.${sent}`);
      const said = await connect(url, "widget", `${net}.77`, { headers: claim });
      expect(said).toBe(sent < FEW.points ? "connected" : "rate_limited");
    }
  });

  it("a buyer who opens a link over https gets a cookie for https alone", async () => {
    const { url } = await front({ headers });
    const link = { email: "ana@example.com" };
    const { body } = await app.call<{ url: string }>("POST", "/buyer-links", link, app.admin);
    const client = { "x-test-client": `${net}.6` };
    const response = await fetch(body.url.replace(app.url, url), { redirect: "manual", headers: client });
    expect(response.headers.get("set-cookie")).toMatch(/^parley_buyer=.*; Secure/);
  });

  it("a login over https gets a cookie for https alone", async () => {
    const { url } = await front({ headers });
    const response = await fetch(`${url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-test-client": `${net}.5` },
      body: JSON.stringify(ADMIN),
    });
    expect(response.headers.get("set-cookie")).toContain("; Secure");
  });
});

describe("the other header, which the proxy passes on as the client sent it,", () => {
  it.each([
    ["Forwarded", xForwarded, (index: number) => ({ forwarded: `for=192.0.2.${index}` }), "203.0.113.201"],
    ["X-Forwarded-For", forwarded, (index: number) => ({ "x-forwarded-for": `192.0.2.${index}` }), "203.0.113.202"],
  ] as const)("is not believed: %s", async (_name, headers, claim, from) => {
    const { url } = await front({ headers });
    const said: string[] = [];
    for (let sent = 0; sent <= FEW.points * 2; sent++)
      said.push(await connect(url, "widget", from, { headers: claim(sent) }));
    expect(said.at(-1)).toBe("rate_limited");
    // Whoever plays with it shares a limit with others who do, not with honest shoppers.
    expect(await connect(url, "widget", "203.0.113.203")).toBe("connected");
  });
});

describe("without a proxy that is trusted", () => {
  beforeAll(async () => {
    await app.dispose();
    app = await startTestApp({ socketLimits: { connect: FEW, message: FEW, read: FEW } });
  });

  it("nothing in a header changes who connects", async () => {
    const said: string[] = [];
    for (let sent = 0; sent <= FEW.points; sent++) {
      const claim = { "x-forwarded-for": `192.0.2.${sent}`, forwarded: `for=192.0.2.${sent}` };
      said.push(await connect(app.url, "widget", "", { headers: claim }));
    }
    expect(said).toEqual(["connected", "connected", "connected", "rate_limited"]);
  });
});
