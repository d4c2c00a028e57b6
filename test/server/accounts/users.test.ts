import { Types } from "mongoose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { User } from "../../../contract/settings.ts";
import { updateUser } from "../../../server/actions/users.ts";
import { UserModel } from "../../../server/models/user.ts";
import { createColleague, startTestApp, type TestApp } from "../../support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.dispose());

interface Refusal {
  error: { code: string; details?: Record<string, unknown> };
}

describe("colleagues", () => {
  test("are added by an admin and listed by name for all, without secrets", async () => {
    const { credentials } = await createColleague(app, { name: "Zoe" });
    await createColleague(app, { name: "Bela" });
    const { status, body } = await app.call<User[]>("GET", "/users", undefined, credentials);
    expect(status).toBe(200);
    expect(body.map(({ name }) => name)).toEqual(["Admin", "Bela", "Zoe"]);
    expect(JSON.stringify(body)).not.toMatch(/argon2|password/i);
  });

  test("have an email of their own, whatever its case", async () => {
    const user = { name: "Cleo", email: "cleo@example.com", role: "agent" };
    const created = await app.call<{ password: string }>("POST", "/users", user, app.admin);
    expect(created.status).toBe(201);
    expect(created.body.password).toMatch(/^([a-z2-9]{6}-){3}[a-z2-9]{6}$/);
    const again = await app.call<Refusal>("POST", "/users", { ...user, email: "CLEO@example.com" }, app.admin);
    expect([again.status, again.body.error.code]).toEqual([409, "conflict"]);
  });

  test("are managed by admins alone; each may change their own name and language", async () => {
    const agent = await createColleague(app, { name: "Eli" });
    const other = await createColleague(app, { name: "Finn", role: "supervisor" });
    const change = (id: string, body: object, as = agent.credentials) => app.call("PATCH", `/users/${id}`, body, as);
    expect((await change(agent.id, { name: "Elias", locale: "de" })).status).toBe(200);
    expect((await change(agent.id, { role: "admin" })).status).toBe(403);
    expect((await change(agent.id, { disabled: false })).status).toBe(403);
    expect((await change(other.id, { name: "Mine" })).status).toBe(403);
    expect((await change(agent.id, { name: "Mine" }, other.credentials)).status).toBe(403);
    const fresh = { name: "Gil", email: "gil@example.com", role: "admin" };
    expect((await app.call("POST", "/users", fresh, other.credentials)).status).toBe(403);
  });

  test("read errors in the language they chose", async () => {
    const { id, credentials } = await createColleague(app, { name: "Hana" });
    await app.call("PATCH", `/users/${id}`, { locale: "de" }, credentials);
    const { body } = await app.call<Refusal & { error: { message: string } }>(
      "GET",
      "/api-keys",
      undefined,
      credentials,
    );
    expect(body.error.message).toBe(app.ctx.translate("de", "errors.forbidden"));
  });

  test("who are disabled are out at once, and may come back", async () => {
    const { id, credentials } = await createColleague(app, { name: "Ivo" });
    await app.call("PATCH", `/users/${id}`, { disabled: true }, app.admin);
    expect((await app.call("GET", "/auth/session", undefined, credentials)).status).toBe(401);
    await app.call("PATCH", `/users/${id}`, { disabled: false }, app.admin);
    // The old login stays ended.
    expect((await app.call("GET", "/auth/session", undefined, credentials)).status).toBe(401);
  });

  test("of another workspace can not be reached", async () => {
    const stranger = new Types.ObjectId();
    await UserModel.create({
      _id: stranger,
      workspaceId: new Types.ObjectId(),
      name: "Stranger",
      email: "stranger@example.com",
      role: "agent",
      passwordHash: "none",
      createdAt: new Date(),
    });
    const { body } = await app.call<User[]>("GET", "/users", undefined, app.admin);
    expect(body.map(({ name }) => name)).not.toContain("Stranger");
    const changed = await app.call("PATCH", `/users/${stranger.toHexString()}`, { name: "Mine" }, app.admin);
    expect(changed.status).toBe(404);
    expect((await UserModel.findById(stranger).lean())?.name).toBe("Stranger");
  });
});

describe("the last admin", () => {
  test("can neither be disabled nor lose the role", async () => {
    const admins = await app.call<User[]>("GET", "/users", undefined, app.admin);
    const id = admins.body.find(({ role }) => role === "admin")?.id;
    for (const change of [{ disabled: true }, { role: "agent" }]) {
      const refused = await app.call<Refusal>("PATCH", `/users/${id}`, change, app.admin);
      expect([refused.status, refused.body.error.details]).toEqual([409, { reason: "last_admin" }]);
    }
    expect((await app.call("GET", "/api-keys", undefined, app.admin)).status).toBe(200);
  });

  test("remains when two admins remove each other at once", async () => {
    const second = await createColleague(app, { name: "Jana", role: "admin" });
    const users = await app.call<User[]>("GET", "/users", undefined, app.admin);
    const first = users.body.find(({ name }) => name === "Admin")?.id ?? "";
    // Both were let in as admins before either change was written.
    const remove = (by: string, id: string) => {
      const { workspaceId } = app.firstStart;
      const viewer = { kind: "user", workspaceId, userId: by, name: "", role: "admin" } as const;
      return updateUser(app.ctx, viewer, { id, change: { role: "agent" } });
    };
    await Promise.allSettled([remove(first, second.id), remove(second.id, first)]);
    expect(await UserModel.countDocuments({ workspaceId: app.firstStart.workspaceId, role: "admin" })).toBeGreaterThan(
      0,
    );
    await UserModel.updateOne({ _id: first }, { $set: { role: "admin" } });
  });
});

describe("the shop", () => {
  test("is renamed by an admin and by nobody else", async () => {
    const { credentials } = await createColleague(app, { name: "Kim", role: "supervisor" });
    expect((await app.call("PATCH", "/workspace", { name: "Mine" }, credentials)).status).toBe(403);
    const renamed = await app.call<{ name: string; locale: string }>(
      "PATCH",
      "/workspace",
      { name: "Tea & Clay", locale: "es" },
      app.admin,
    );
    expect(renamed.body).toMatchObject({ name: "Tea & Clay", locale: "es" });
    expect((await app.call("GET", "/workspace", undefined, credentials)).body).toEqual(renamed.body);
    expect((await app.call("PATCH", "/workspace", { locale: "tlh" }, app.admin)).status).toBe(400);
  });
});
