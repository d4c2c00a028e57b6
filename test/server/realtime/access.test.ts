import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ApiKey } from "../../../contract/settings.ts";
import { createColleague, login, startTestApp, type TestApp } from "../../support/app.ts";
import { type AgentClient, connectAgent, nextEvent } from "../../support/sockets.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.dispose());

const refusal = { code: "unauthenticated" };

/** The hub still answers on this connection. */
async function expectServed(socket: AgentClient): Promise<void> {
  const answer = await socket.timeout(10_000).emitWithAck("conversation:watch", { id: "0".repeat(24) });
  expect(answer).toMatchObject({ ok: false, error: { code: "not_found" } });
}

describe("a live connection of an agent", () => {
  test("ends at once with the login it belongs to, and is not let in again", async () => {
    const session = await login(app.url, { email: "admin@example.com", password: "correct horse battery" });
    const socket = await connectAgent(app.url, session);
    const gone = nextEvent(socket, "disconnect", (reason) => reason === "transport close");
    await app.call("POST", "/auth/logout", undefined, session);
    await gone;
    await expect(connectAgent(app.url, session)).rejects.toMatchObject(refusal);
  });

  test("ends when the agent is disabled", async () => {
    const { id, credentials } = await createColleague(app, { name: "Mara" });
    const socket = await connectAgent(app.url, credentials);
    const gone = nextEvent(socket, "disconnect");
    await app.call("PATCH", `/users/${id}`, { disabled: true }, app.admin);
    await gone;
    await expect(connectAgent(app.url, credentials)).rejects.toMatchObject(refusal);
  });

  test("starts anew with the new role when the role changes", async () => {
    const { id, credentials } = await createColleague(app, { name: "Noor" });
    const socket = await connectAgent(app.url, credentials);
    const gone = nextEvent(socket, "disconnect", (reason) => reason === "transport close");
    await app.call("PATCH", `/users/${id}`, { role: "supervisor" }, app.admin);
    await gone;
    (await connectAgent(app.url, credentials)).disconnect();
  });

  test("ends with the API key it was opened by, and no other does", async () => {
    const make = async (name: string) =>
      (await app.call<{ key: string; apiKey: ApiKey }>("POST", "/api-keys", { name }, app.admin)).body;
    const [kept, revoked] = [await make("Kept"), await make("Revoked")];
    const other = await connectAgent(app.url, { key: kept.key });
    const socket = await connectAgent(app.url, { key: revoked.key });
    const gone = nextEvent(socket, "disconnect");
    await app.call("DELETE", `/api-keys/${revoked.apiKey.id}`, undefined, app.admin);
    await gone;
    await expectServed(other);
    other.disconnect();
    await expect(connectAgent(app.url, { key: revoked.key })).rejects.toMatchObject(refusal);
  });

  test("stays when its own login changes the password, while the other logins' end", async () => {
    const { credentials } = await createColleague(app, { name: "Olga" });
    const current = "second password of mine";
    const elsewhere = await login(app.url, { email: "olga@example.com", password: current });
    const here = await connectAgent(app.url, credentials);
    const there = await connectAgent(app.url, elsewhere);
    const gone = nextEvent(there, "disconnect");
    await app.call("POST", "/auth/password", { current, next: "third password of mine" }, credentials);
    await gone;
    await expectServed(here);
    here.disconnect();
  });
});
