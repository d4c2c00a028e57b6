import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page } from "../../../contract/common.ts";
import { restore } from "../../../server/database/embedded/storage/backup.ts";
import { MIGRATIONS } from "../../../server/migrations/index.ts";
import { ContactModel } from "../../../server/models/contact.ts";
import { ConversationModel } from "../../../server/models/conversation.ts";
import { MessageModel } from "../../../server/models/message.ts";
import { MigrationModel } from "../../../server/models/migration.ts";
import { OrderModel } from "../../../server/models/order.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

/** A backup of a hub of version 0.1.0 with its key, where the project's kept data is at hand. */
const KEPT = join(import.meta.dirname, "..", "..", "..", "..", "shared", "data");
const OWNER = { email: "owner@example.com", password: "Correct-horse-9-battery" };
const MODELS = { conversations: ConversationModel, messages: MessageModel, contacts: ContactModel, orders: OrderModel };

describe.skipIf(!existsSync(join(KEPT, "hub-0.1.0.db.gz")))("a hub with the data of version 0.1.0", () => {
  let dataDir: string;
  let app: TestApp;
  const start = async () => {
    app = await startTestApp({ dataDir, owner: OWNER });
  };
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "parley-kept-"));
    await writeFile(join(dataDir, "kept.db"), gunzipSync(await readFile(join(KEPT, "hub-0.1.0.db.gz"))));
    await copyFile(join(KEPT, "hub-0.1.0.secret.key"), join(dataDir, "secret.key"));
    restore(join(dataDir, "database"), join(dataDir, "kept.db"));
  });
  afterAll(async () => {
    await app?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  const counts = async () =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(MODELS).map(async ([name, model]) => [name, await model.estimatedDocumentCount()] as const),
      ),
    );

  it("opens with everything that it held, lists it all, and lets its owner in", async () => {
    // What the migrations find is told by the start itself; they add people, and lose nobody.
    await start();
    const after = await counts();
    expect(after.conversations).toBe(300);
    expect(after.messages).toBeGreaterThan(300);
    expect(after.orders).toBeGreaterThan(0);
    const listed = new Set<string>();
    const page = async (cursor: string | null) => {
      const query = new URLSearchParams({
        status: "pending,open,snoozed,resolved",
        kind: "person,automatic,spam",
        limit: "100",
        ...(cursor !== null && { cursor }),
      });
      return (await app.call<Page<{ id: string }>>("GET", `/conversations?${query}`, undefined, app.admin)).body;
    };
    let next: string | null = null;
    do {
      const { items, nextCursor } = await page(next);
      for (const { id } of items) listed.add(id);
      next = nextCursor;
    } while (next !== null);
    expect(listed.size).toBe(300);
  });

  it("opens again as it was left, without migrating twice", async () => {
    const before = await counts();
    const done = await MigrationModel.find({ _id: { $in: MIGRATIONS.map(({ id }) => id) } }).lean();
    expect(done.every(({ doneAt }) => doneAt)).toBe(true);
    await app.stop();
    await start();
    expect(await counts()).toEqual(before);
    expect(await MigrationModel.find({ _id: { $in: MIGRATIONS.map(({ id }) => id) } }).lean()).toEqual(done);
  });
});
