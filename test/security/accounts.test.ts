import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Inbox } from "../../contract/settings.ts";
import { removeUnattached, UPLOAD_LIMITS } from "../../server/actions/attachments.ts";
import { LOGIN_LIMITS } from "../../server/actions/sessions.ts";
import { tokenHash } from "../../server/credentials.ts";
import { AttachmentFileModel } from "../../server/models/attachment-file.ts";
import { OrderModel } from "../../server/models/order.ts";
import { ADMIN, createColleague, startTestApp, type TestApp } from "../support/app.ts";
import { connectAgent } from "../support/sockets.ts";

/** What people with an account, a key, or neither, must not be able to do. */
let app: TestApp;
let ahead = 0;
beforeAll(async () => {
  app = await startTestApp({
    clock: { now: () => new Date(Date.now() + ahead) },
    env: { TRUST_PROXY: "loopback" },
  });
});
afterAll(() => app.dispose());

type Refusal = { error: { code: string } };
const code = (answer: { body: unknown }) => (answer.body as Refusal).error?.code;

async function keyWith(options: object): Promise<{ key: string }> {
  const made = await app.call<{ key: string }>(
    "POST",
    "/api-keys",
    { name: "k", role: "admin", ...options },
    app.admin,
  );
  return { key: made.body.key };
}

describe("a new password", () => {
  it.each([
    ["a common one", "password12345"],
    ["a row of keys", "qwertyuiop1234"],
    ["one letter over and over", "aaaaaaaaaaaaaa"],
    ["the address", "mia.wong@example.com"],
    ["the name over and over", "miawongmiawong"],
  ])("is refused when it is %s", async (_what, password) => {
    const user = { name: "Mia Wong", email: "mia.wong@example.com", role: "agent", password };
    const made = await app.call("POST", "/users", user, app.admin);
    expect([made.status, code(made)]).toEqual([422, "weak_password"]);
  });

  it("that one chooses oneself is judged alike", async () => {
    const { credentials } = await createColleague(app, { name: "Mia" });
    const change = { current: "second password of mine", next: "qwertyuiop1234" };
    expect((await app.call("POST", "/auth/password", change, credentials)).status).toBe(422);
  });
});

describe("a key that is limited to users:write", () => {
  it("makes nobody who can do more than itself", async () => {
    const key = await keyWith({ scopes: ["users:read", "users:write"] });
    for (const role of ["admin", "agent"]) {
      const made = await app.call("POST", "/users", { name: "X", email: `${role}@evil.example`, role }, key);
      expect([made.status, code(made)]).toEqual([403, "forbidden"]);
    }
    const { id } = await createColleague(app, { name: "Ivo" });
    expect((await app.call("PATCH", `/users/${id}`, { role: "admin" }, key)).status).toBe(403);
    expect((await app.call("PATCH", `/users/${id}`, { disabled: true }, key)).status).toBe(200);
    expect((await app.call("PATCH", `/users/${id}`, { disabled: false }, key)).status).toBe(403);
    expect((await app.call("PATCH", `/users/${id}`, { name: "Ivo B" }, key)).status).toBe(200);
  });
});

describe("whoever searches for an admin's password from many addresses", () => {
  const attempt = (from: string, password: string, cookie?: string) =>
    fetch(`${app.url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": from, ...(cookie && { cookie }) },
      body: JSON.stringify({ email: ADMIN.email, password }),
    });

  it("does not lock the owner out, neither in a known browser nor in a new one", async () => {
    const first = await attempt("198.51.100.1", ADMIN.password);
    const device = first.headers.getSetCookie().find((one) => one.startsWith("parley_known_browser"));
    expect(device).toMatch(/HttpOnly; SameSite=Lax/);
    const { account } = LOGIN_LIMITS;
    await app.ctx.limits
      .consume("login-account", tokenHash(ADMIN.email), account, account.points)
      .catch(() => undefined);
    expect((await attempt("203.0.113.1", "wrong guess here")).status).toBe(401);
    expect((await attempt("198.51.100.2", ADMIN.password, device?.split(";")[0])).status).toBe(200);
    expect((await attempt("198.51.100.3", ADMIN.password)).status).toBe(200);
  });

  it("cannot make up the cookie of a known browser, nor use another account's", async () => {
    const { credentials: _, ...ivy } = await createColleague(app, { name: "Ivy" });
    expect(ivy.id).toBeTruthy();
    const theirs = await fetch(`${app.url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": "198.51.100.9" },
      body: JSON.stringify({ email: "ivy@example.com", password: "second password of mine" }),
    });
    const cookie = theirs.headers
      .getSetCookie()
      .find((one) => one.startsWith("parley_known_browser"))
      ?.split(";")[0];
    const { accountFromAddress: limit } = LOGIN_LIMITS;
    const key = `${tokenHash(ADMIN.email)}:198.51.100.77`;
    await app.ctx.limits.consume("login-account-address", key, limit, limit.points);
    for (const given of [cookie, "parley_known_browser=made.up.one"]) {
      expect((await attempt("198.51.100.77", "wrong", given)).status).toBe(429);
    }
  });
});

describe("an agents' connection", () => {
  it("ends in the moment its key expires, and is not let in again", async () => {
    const key = await keyWith({ expiresAt: new Date(Date.now() + ahead + 1_500).toISOString() });
    const socket = await connectAgent(app.url, key);
    await once(socket as never, "disconnect");
    socket.disconnect();
    await expect(connectAgent(app.url, key)).rejects.toMatchObject({ code: "unauthenticated" });
  });
});

describe("a tracking link", () => {
  const event = (url: string) => ({
    eventId: `e-${url.length}`,
    type: "shipped",
    occurredAt: "2026-05-02T09:00:00Z",
    orderId: "link-1",
    buyer: { externalId: "link-buyer" },
    tracking: { number: "JD1", url },
  });

  it.each(["javascript:alert(1)", "JavaScript://x/%0aalert(1)", "data:text/html,<script>", "file:///etc/passwd"])(
    "is refused when it is %s",
    async (url) => {
      expect((await app.call("POST", "/orders/events", event(url), app.admin)).status).toBe(400);
    },
  );

  it("that was stored before this rule is not shown", async () => {
    await app.call("POST", "/orders/events", event("https://carrier.example/JD1"), app.admin);
    await OrderModel.updateOne(
      { workspaceId: app.firstStart.workspaceId, orderId: "link-1" },
      { $set: { "tracking.url": "javascript:alert(1)" } },
    );
    const { body } = await app.call<{ items: { tracking: object }[] }>("GET", "/orders?q=link-1", undefined, app.admin);
    expect(body.items[0]?.tracking).toEqual({ number: "JD1" });
  });
});

describe("trying a mailbox's settings", () => {
  it.each(["127.0.0.1", "localhost", "2130706433", "::ffff:7f00:1", "169.254.169.254", "10.0.0.1"])(
    "reaches no server inside: %s",
    async (host) => {
      let reached = 0;
      const server = createServer((socket) => {
        reached += 1;
        socket.destroy();
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      onTestFinished(() => void server.close());
      const { port } = server.address() as AddressInfo;
      const { body: inboxes } = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin);
      const path = `/inboxes/${inboxes.find(({ channel }) => channel === "email")?.id}/mailbox/test`;
      for (const which of ["imap", "smtp"]) {
        const settings = { [which]: { host, port, security: "none", user: "u", password: "p" } };
        const { body } = await app.call("POST", path, { which, settings }, app.admin);
        expect(body).toMatchObject({ ok: false, problem: "address_not_allowed" });
      }
      expect(reached).toBe(0);
    },
  );
});

describe("files", () => {
  const upload = (from: string) =>
    fetch(`${app.url}/api/v1/attachments?name=a.txt`, {
      method: "POST",
      headers: { ...(app.admin as { cookie: string }), "content-type": "text/plain", "x-forwarded-for": from },
      body: "some text",
    });

  it("of one uploader are bounded by the day", async () => {
    const { body: me } = await app.call<{ user: { id: string } }>("GET", "/auth/session", undefined, app.admin);
    const { owner } = UPLOAD_LIMITS;
    await app.ctx.limits.consume("upload-bytes", `user:${me.user.id}`, owner, owner.points);
    expect((await upload("198.51.100.20")).status).toBe(429);
    await app.ctx.limits.reset("upload-bytes", `user:${me.user.id}`, owner);
    expect((await upload("198.51.100.20")).status).toBe(201);
  });

  it("that are sent with no message are gone after a day; those that were stay", async () => {
    await removeUnattached(app.ctx);
    const left = ((await (await upload("198.51.100.21")).json()) as { id: string }).id;
    const sent = ((await (await upload("198.51.100.21")).json()) as { id: string }).id;
    const posted = await app.call<{ conversationId: string }>(
      "POST",
      "/insite/insite/messages",
      { messageId: "f", threadId: "f", buyer: { externalId: "f" }, text: "Hi", sentAt: "2026-05-02T09:00:00Z" },
      app.admin,
    );
    const reply = { text: "Here", attachments: [sent] };
    await app.call("POST", `/conversations/${posted.body.conversationId}/messages`, reply, app.admin);
    ahead += 25 * 3600 * 1000;
    await removeUnattached(app.ctx);
    expect(await AttachmentFileModel.exists({ _id: left })).toBeNull();
    expect(await AttachmentFileModel.exists({ _id: sent })).not.toBeNull();
  });
});

describe("previews of templates", () => {
  it("are bounded for each user, so that one cannot hold the hub for the others", async () => {
    const template = { texts: { en: { subject: "Hello", text: "Hello" } }, locale: "en" };
    const { credentials: flooder } = await createColleague(app, { name: "Flo", role: "supervisor" });
    const { credentials: other } = await createColleague(app, { name: "Oli", role: "supervisor" });
    const preview = (as: typeof other) => app.call("POST", "/templates/preview", template, as);
    const said = await Promise.all(Array.from({ length: 121 }, () => preview(flooder)));
    expect(said.filter(({ status }) => status === 429)).toHaveLength(1);
    expect((await preview(other)).status).toBe(200);
  });
});
