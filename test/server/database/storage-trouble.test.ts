import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DatabaseHealth } from "../../../contract/database.ts";
import { createColleague, startTestApp, type TestApp } from "../../support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.dispose());

/** SQLite's own page limit stands in for the disk: it fails with the same code at the same place. */
async function limitPages(pages: number): Promise<void> {
  const client = await MongoClient.connect(app.databaseUri);
  await client.db("admin").command({ setParameter: 1, maxPageCount: pages });
  await client.close();
}

const health = async () => (await app.call<DatabaseHealth>("GET", "/database/health", undefined, app.admin)).body;

test.skipIf(process.env.TEST_MONGODB_URI)(
  "on a full disk reading goes on, writing is refused with the reason, and goes on by itself when there is room",
  async () => {
    const made = await app.call<{ key: string }>("POST", "/api-keys", { name: "reader", role: "agent" }, app.admin);
    const key = { key: made.body.key };
    await limitPages(1);
    // A new entry in several tables needs pages that are not there; the first use of the key would be noted as well.
    let refused = await app.call<{ error: { code: string; message: string } }>("POST", "/faqs", faq(0), app.admin);
    for (let n = 1; refused.status === 201 && n < 50; n++) refused = await app.call("POST", "/faqs", faq(n), app.admin);
    expect(refused).toMatchObject({ status: 507, body: { error: { code: "storage_full" } } });
    expect(refused.body.error.message).toMatch(/disk is full/);
    expect((await app.call("GET", "/conversations", undefined, key)).status).toBe(200);
    expect((await app.call("GET", "/faqs", undefined, app.admin)).status).toBe(200);
    expect(await health()).toMatchObject({ engine: "embedded", disk: "full", damage: [] });
    const ready = await fetch(`${app.url}/readyz`);
    expect(ready.status).toBe(200);
    expect((await ready.json()).parts.database).toEqual({ state: "failed", detail: "disk full" });
    await limitPages(1_000_000);
    expect((await app.call("POST", "/faqs", faq(99), app.admin)).status).toBe(201);
    expect(await health()).toMatchObject({ disk: "ok" });
  },
);

test.skipIf(process.env.TEST_MONGODB_URI)("only administrators see how the database is", async () => {
  const { credentials } = await createColleague(app, { name: "Ann" });
  expect((await app.call("GET", "/database/health", undefined, credentials)).status).toBe(403);
  expect((await app.call("GET", "/database/health")).status).toBe(401);
});

test.skipIf(process.env.TEST_MONGODB_URI)(
  "damage that a request meets is told as such, there and to the administrators",
  async () => {
    const made = await app.call<{ id: string }>("POST", "/faqs", faq(200), app.admin);
    await app.stop();
    const sql = new DatabaseSync(join(app.dataDir, "database", "parley.db"));
    const { id } = sql.prepare("SELECT id FROM collections WHERE name = 'faqs'").get() as { id: number };
    sql.exec(`UPDATE c${id} SET sum = sum + 1`);
    sql.close();
    const again = await startTestApp({ dataDir: app.dataDir });
    try {
      const answer = await again.call("GET", `/faqs/${made.body.id}`, undefined, again.admin);
      expect(answer).toMatchObject({ status: 500, body: { error: { code: "data_damaged" } } });
      const { body } = await again.call<DatabaseHealth>("GET", "/database/health", undefined, again.admin);
      expect(body.damage.join()).toMatch(/a document of the collection parley\.faqs .* is damaged/);
    } finally {
      await again.stop();
      rmSync(app.dataDir, { recursive: true, force: true });
    }
  },
);

function faq(n: number) {
  const answer = `${"The parcel leaves on the next working day. ".repeat(100)} ${n}`;
  return { questions: { en: [`When does parcel ${n} leave?`] }, answers: { en: answer } };
}
