import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { connectDatabase } from "../../../server/database/connect.ts";
import { createLog } from "../../../server/log.ts";
import { testConfig } from "../../support/app.ts";

const dataDir = mkdtempSync(join(tmpdir(), "parley-start-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const start = (more: { beginAnew?: boolean } = {}) =>
  connectDatabase({ ...testConfig(dataDir), ...more }, createLog("silent"));

test.skipIf(process.env.TEST_MONGODB_URI)(
  "a hub whose database is gone says so and what to do, instead of starting as a new one",
  async () => {
    await (await start()).close();
    const directory = join(dataDir, "database");
    renameSync(directory, `${directory}.moved`);
    const refusal =
      /parley\.db is missing, although there was a database here before.*npm run restore -- FILE.*npm start -- --new/;
    await expect(start()).rejects.toThrow(refusal);
    await (await start({ beginAnew: true })).close();
    await (await start()).close();
    writeFileSync(join(directory, "parley.db"), "");
    await expect(start()).rejects.toThrow(/is empty \(0 bytes\), although/);
    writeFileSync(join(directory, "parley.db"), Buffer.alloc(9000, 5));
    await expect(start()).rejects.toThrow(/is damaged or is not a database; restore a backup.*npm run restore/);
  },
);
