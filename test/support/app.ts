import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noAnswer } from "../../channels/email/proof/dns.ts";
import type { Session } from "../../contract/settings.ts";
import { type App, type AppOptions, startApp } from "../../server/app.ts";
import { type Config, loadConfig } from "../../server/config.ts";

export const ADMIN = { email: "admin@example.com", password: "correct horse battery" };

export interface TestApp extends App {
  /** Calls the API with JSON; `as` is a session cookie or API key. */
  call<T = unknown>(method: string, path: string, body?: unknown, as?: Credentials): Promise<Answer<T>>;
  /** The admin's session. */
  admin: Credentials;
  dataDir: string;
  /** Stops it and removes its data. */
  dispose(): Promise<void>;
}
export type Credentials = { cookie: string } | { key: string };
export interface Answer<T> {
  status: number;
  body: T;
  headers: Headers;
}

type Overrides = Partial<Omit<AppOptions, "config">> & {
  env?: Record<string, string>;
  dataDir?: string;
  /** Who logs in, where the data has an admin of its own. */
  owner?: typeof ADMIN;
};

/** A hub on a port of its own with a database of its own, every query refused that no index serves. */
export async function startTestApp(overrides: Overrides = {}): Promise<TestApp> {
  const { env, owner = ADMIN, dataDir = await mkdtemp(join(tmpdir(), "parley-test-")), ...options } = overrides;
  const app = await startApp({
    refuseScans: true,
    mailResolver: emptyDns,
    http: { verifyResponses: true },
    ...options,
    config: testConfig(dataDir, env),
  });
  const call: TestApp["call"] = async (method, path, body, as) => {
    const response = await fetch(`${app.url}/api/v1${path}`, {
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...credentialHeaders(as),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : undefined, headers: response.headers };
  };
  const admin = await login(app.url, owner);
  return {
    ...app,
    call,
    admin,
    dataDir,
    async dispose() {
      await app.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A DNS in which nobody publishes anything. */
const emptyDns = () => Promise.reject(noAnswer("ENOTFOUND"));

export function testConfig(dataDir: string, env: Record<string, string> = {}): Config {
  const external = process.env.TEST_MONGODB_URI;
  return loadConfig({
    PORT: "0",
    DATA_DIR: dataDir,
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? "silent",
    SMTP_LISTEN_PORT: "0",
    // Tests' mails come from this machine. Those about senders say otherwise.
    MAIL_TRUSTED_RELAYS: "127.0.0.1,::1",
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    ...(external && { MONGODB_URI: external }),
    ...env,
  });
}

/** Logs in and returns the session cookie. */
export async function login(url: string, { email, password }: typeof ADMIN): Promise<{ cookie: string }> {
  const response = await fetch(`${url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  if (!response.ok) throw new Error(`login failed: ${response.status} ${await response.text()}`);
  return { cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
}

/** A colleague with a session of their own. */
export async function createColleague(
  app: TestApp,
  { name, role = "agent" }: { name: string; role?: Session["user"]["role"] },
): Promise<{ id: string; credentials: { cookie: string } }> {
  const email = `${name.toLowerCase().replaceAll(" ", ".")}@example.com`;
  const first = "first password of mine";
  const created = await app.call<{ id: string }>("POST", "/users", { name, email, role, password: first }, app.admin);
  if (created.status !== 201) throw new Error(`user not created: ${JSON.stringify(created.body)}`);
  const temporary = await login(app.url, { email, password: first });
  const next = "second password of mine";
  await app.call("POST", "/auth/password", { current: first, next }, temporary);
  return { id: created.body.id, credentials: await login(app.url, { email, password: next }) };
}

function credentialHeaders(as: Credentials | undefined): Record<string, string> {
  if (!as) return {};
  return "cookie" in as ? { cookie: as.cookie } : { authorization: `Bearer ${as.key}` };
}
