import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "../../../contract/settings.ts";
import { routes } from "../../../server/http/routes/index.ts";
import { SessionModel } from "../../../server/models/session.ts";
import { UserModel } from "../../../server/models/user.ts";
import { ADMIN, createColleague, login, startTestApp, type TestApp } from "../../support/app.ts";
import { errorOf, serveHttp } from "../../support/http.ts";

const DAY = 24 * 3600 * 1000;

let app: TestApp;
let now = Date.now();

beforeAll(async () => {
  app = await startTestApp({ clock: { now: () => new Date(now) }, env: { TRUST_PROXY: "loopback" } });
});
afterAll(() => app.dispose());

/** A login attempt from an address, so that tests do not use up each other's attempts. */
function attempt(email: string, password: string, address: string, headers: Record<string, string> = {}) {
  return fetch(`${app.url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Forwarded-For": address, ...headers },
    body: JSON.stringify({ email, password }),
  });
}

describe("logging in", () => {
  test("gives a cookie that scripts can not read, and says who one is", async () => {
    const response = await attempt(ADMIN.email.toUpperCase(), ADMIN.password, "192.0.2.1");
    expect(response.status).toBe(200);
    const cookie = response.headers.getSetCookie()[0] ?? "";
    expect(cookie).toMatch(/^parley_session=[\w-]{43}; Path=\/; Expires=.*; HttpOnly; SameSite=Lax$/);
    const session = (await response.json()) as Session;
    expect(session).toMatchObject({
      user: { email: ADMIN.email, role: "admin" },
      mustChangePassword: false,
      demo: true,
    });
    expect(JSON.stringify(session)).not.toMatch(/argon2|hash/i);
    const again = await app.call<Session>("GET", "/auth/session", undefined, { cookie: cookie.split(";")[0] ?? "" });
    expect(again.body).toEqual(session);
  });

  test("keeps only a hash of the token", async () => {
    const token = (await login(app.url, ADMIN)).cookie.split("=")[1] ?? "none";
    expect(
      JSON.stringify(
        await SessionModel.find({ expiresAt: { $exists: true } })
          .hint({ expiresAt: 1 })
          .lean(),
      ),
    ).not.toContain(token);
  });

  test("does not tell a wrong password, an unknown account and a disabled one apart", async () => {
    const colleague = await createColleague(app, { name: "Dora" });
    await app.call("PATCH", `/users/${colleague.id}`, { disabled: true }, app.admin);
    const answers = await Promise.all([
      attempt(ADMIN.email, "not the password", "192.0.2.2"),
      attempt("nobody@example.com", "not the password", "192.0.2.2"),
      attempt("dora@example.com", "second password of mine", "192.0.2.2"),
    ]);
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(new Set(bodies).size).toBe(1);
    expect(answers.every((answer) => answer.headers.getSetCookie().length === 0)).toBe(true);
  });

  test("is bounded per account and address, without locking the owner out elsewhere", async () => {
    const { email, password } = ADMIN;
    for (let count = 0; count < 10; count += 1) await attempt(email, "guess number one", "192.0.2.3");
    const refused = await attempt(email, password, "192.0.2.3");
    expect(refused.status).toBe(429);
    expect((await errorOf(refused)).code).toBe("rate_limited");
    expect((await attempt(email, password, "192.0.2.4")).status).toBe(200);
  });

  test("from another website's page is refused", async () => {
    const response = await attempt(ADMIN.email, ADMIN.password, "192.0.2.5", { "Sec-Fetch-Site": "cross-site" });
    expect(response.status).toBe(403);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  test("can not be tricked into a query by something that is not a text", async () => {
    const response = await app.call("POST", "/auth/login", { email: { $gt: "" }, password: { $gt: "" } });
    expect(response.status).toBe(400);
  });
});

describe("a login", () => {
  test("ends when one logs out, and its cookie goes", async () => {
    const session = await login(app.url, ADMIN);
    const out = await app.call("POST", "/auth/logout", undefined, session);
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie()[0]).toMatch(/^parley_session=; Path=\/; Expires=Thu, 01 Jan 1970/);
    expect((await app.call("GET", "/auth/session", undefined, session)).status).toBe(401);
    expect((await app.call("POST", "/auth/logout")).status).toBe(204);
  });

  test("ends after two weeks", async () => {
    const session = await login(app.url, ADMIN);
    now += 14 * DAY - 1000;
    expect((await app.call("GET", "/auth/session", undefined, session)).status).toBe(200);
    now += 2000;
    expect((await app.call("GET", "/auth/session", undefined, session)).status).toBe(401);
    app.admin = await login(app.url, ADMIN);
  });

  test("does not act for another website's page", async () => {
    const { cookie } = app.admin as { cookie: string };
    const response = await fetch(`${app.url}/api/v1/workspace`, {
      method: "PATCH",
      headers: {
        cookie,
        "Content-Type": "application/json",
        "Sec-Fetch-Site": "same-site",
        Origin: "https://shop.example.com",
      },
      body: '{"name": "Taken over"}',
    });
    expect(response.status).toBe(403);
    expect((await app.call<{ name: string }>("GET", "/workspace", undefined, app.admin)).body.name).not.toBe(
      "Taken over",
    );
  });

  test.each(["", "parley_session=", "parley_session=%E0%A4%A", "parley_session=guess", "other=1; parley_session"])(
    "is not guessed from the cookie %j",
    async (cookie) => {
      expect((await app.call("GET", "/auth/session", undefined, { cookie })).status).toBe(401);
    },
  );
});

describe("a password", () => {
  test("given by someone else lets one do nothing but choose one's own", async () => {
    const created = await app.call<{ password: string }>(
      "POST",
      "/users",
      { name: "Nia", email: "Nia@Example.com", role: "agent" },
      app.admin,
    );
    const { password } = created.body;
    const session = await login(app.url, { email: "nia@example.com", password });
    const refused = await app.call<{ error: { code: string } }>("GET", "/conversations", undefined, session);
    expect([refused.status, refused.body.error.code]).toEqual([403, "password_change_required"]);
    expect((await app.call<Session>("GET", "/auth/session", undefined, session)).body.mustChangePassword).toBe(true);

    const next = "a password of my own";
    const changed = await app.call<Session>("POST", "/auth/password", { current: password, next }, session);
    expect(changed.body.mustChangePassword).toBe(false);
    expect((await app.call("GET", "/conversations", undefined, session)).status).toBe(200);
    expect((await attempt("nia@example.com", password, "192.0.2.6")).status).toBe(401);
    expect((await attempt("nia@example.com", next, "192.0.2.6")).status).toBe(200);
  });

  test("that changes ends one's other logins, not this one", async () => {
    const { credentials } = await createColleague(app, { name: "Omar" });
    const other = await login(app.url, { email: "omar@example.com", password: "second password of mine" });
    const change = { current: "second password of mine", next: "third password of mine" };
    expect((await app.call("POST", "/auth/password", change, credentials)).status).toBe(200);
    expect((await app.call("GET", "/auth/session", undefined, credentials)).status).toBe(200);
    expect((await app.call("GET", "/auth/session", undefined, other)).status).toBe(401);
  });

  test("is not changed without the current one, nor to the same, nor to a short one", async () => {
    const { credentials } = await createColleague(app, { name: "Pia" });
    const current = "second password of mine";
    const code = async (change: object) =>
      (await app.call<{ error: { code: string } }>("POST", "/auth/password", change, credentials)).body.error.code;
    expect(await code({ current: "not the password", next: "third password of mine" })).toBe("invalid_credentials");
    expect(await code({ current, next: current })).toBe("invalid_request");
    expect(await code({ current, next: "short" })).toBe("invalid_request");
    const user = await UserModel.findOne({ email: "pia@example.com" }).lean();
    expect(user?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});

test("cookies travel only by https where the hub has it", async () => {
  const config = { ...app.ctx.config, publicUrl: "https://help.example.com", secureCookies: true };
  const secure = await serveHttp({ ...app.ctx, config }, { routes });
  const response = await secure.fetch("/api/v1/auth/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(ADMIN),
  });
  expect(response.headers.getSetCookie()[0]).toContain("; Secure");
});
