import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { deserialize, serialize } from "bson";
import { CLIENTS, message, PER_CONVERSATION, type Rates } from "./workload.ts";

/** The same work straight on SQLite with the same durability: documents as BSON, two indexes, one commit for all clients. */
export function measureFloor(directory: string, count: number, milliseconds: number): Rates {
  const sql = new DatabaseSync(join(directory, "floor.db"));
  sql.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -49152;
    CREATE TABLE messages (id INTEGER PRIMARY KEY, conversation INTEGER, seq INTEGER, source TEXT, doc BLOB);
    CREATE UNIQUE INDEX by_conversation ON messages (conversation, seq);
    CREATE INDEX by_source ON messages (source);
  `);
  const insert = sql.prepare("INSERT INTO messages VALUES (?, ?, ?, ?, ?)");
  const add = (n: number) => {
    const doc = message(n);
    insert.run(n, doc.conversation, doc.seq, doc.sourceId, serialize(doc));
  };
  sql.exec("BEGIN");
  for (let n = 0; n < count; n++) add(n);
  sql.exec("COMMIT");
  const bySource = sql.prepare("SELECT doc FROM messages WHERE source = ?");
  const byConversation = sql.prepare("SELECT doc FROM messages WHERE conversation = ? ORDER BY seq LIMIT 50");
  const byId = sql.prepare("SELECT doc FROM messages WHERE id = ?");
  const set = sql.prepare("UPDATE messages SET doc = ? WHERE id = ?");
  const random = () => Math.floor(Math.random() * count);
  const read = (row: unknown) => deserialize((row as { doc: Uint8Array }).doc);
  const committed = (work: (n: number) => void) => (n: number) => {
    if (n % CLIENTS === 0) sql.exec("BEGIN");
    work(n);
    if (n % CLIENTS === CLIENTS - 1) sql.exec("COMMIT");
  };
  const rates = {
    findOne: rate(milliseconds, () => read(bySource.get(message(random()).sourceId))),
    range: rate(milliseconds, () => byConversation.all(Math.floor(random() / PER_CONVERSATION)).map(read)),
    update: rate(
      milliseconds,
      committed((n) => {
        const id = random();
        const doc = read(byId.get(id));
        set.run(serialize({ ...doc, status: `read-${n}`, reads: ((doc.reads as number) ?? 0) + 1 }), id);
      }),
    ),
    insert: rate(
      milliseconds,
      committed((n) => add(100_000_000 + n)),
    ),
  };
  sql.close();
  return rates;
}

function rate(milliseconds: number, call: (n: number) => unknown): number {
  const start = performance.now();
  let calls = 0;
  // Whole groups of clients, so that every transaction is committed.
  while (performance.now() - start < milliseconds) for (let i = 0; i < CLIENTS; i++) call(calls++);
  return Math.round((calls / (performance.now() - start)) * 1000);
}
