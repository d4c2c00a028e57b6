import { type Collection, type Db, Int32, MongoClient } from "mongodb";

/** A document like our messages: about 600 bytes as BSON. */
export interface Message {
  _id: number;
  conversation: number;
  seq: number;
  sourceId: string;
  direction: string;
  author: { type: string; id: string; name: string };
  channel: string;
  text: string;
  status: string;
  createdAt: Date;
}

export const PER_CONVERSATION = 50;
export const CLIENTS = 8;
const TEXT =
  "Hello, I ordered two of these last week and the parcel still shows no movement at all. Could you look? ".repeat(3);

export function message(n: number): Message {
  return {
    _id: n,
    conversation: Math.floor(n / PER_CONVERSATION),
    seq: n % PER_CONVERSATION,
    sourceId: `provider-message-${n.toString().padStart(12, "0")}`,
    direction: n % 3 ? "incoming" : "outgoing",
    author: { type: "contact", id: `buyer-${n % 9973}`, name: "Alexandra Meier" },
    channel: "chat",
    text: TEXT,
    status: "sent",
    createdAt: new Date(1_700_000_000_000 + n * 1000),
  };
}

export async function connect(uri: string): Promise<MongoClient> {
  return MongoClient.connect(uri, { maxPoolSize: CLIENTS, minPoolSize: CLIENTS });
}

export async function fill(db: Db, count: number): Promise<number> {
  const messages = db.collection<Message>("messages");
  await messages.createIndexes([{ key: { conversation: 1, seq: 1 }, unique: true }, { key: { sourceId: 1 } }]);
  const start = performance.now();
  for (let n = await messages.estimatedDocumentCount(); n < count; n += 1000)
    await messages.insertMany(Array.from({ length: Math.min(1000, count - n) }, (_, i) => message(n + i)));
  return (performance.now() - start) / 1000;
}

export interface Rates {
  insert: number;
  findOne: number;
  range: number;
  update: number;
}

/** Runs each kind of call for a while from all clients at once; calls per second. */
export async function measure(db: Db, count: number, milliseconds: number): Promise<Rates> {
  const messages = db.collection<Message>("messages");
  const random = () => Math.floor(Math.random() * count);
  let next = 100_000_000 + Math.floor(Math.random() * 1e9);
  const inserted: [number, number] = [next, next];
  const findOne = await rate(milliseconds, () => messages.findOne({ sourceId: message(random()).sourceId }));
  const range = await rate(milliseconds, () =>
    messages
      .find({ conversation: Math.floor(random() / PER_CONVERSATION) })
      .sort({ seq: 1 })
      .limit(PER_CONVERSATION)
      .toArray(),
  );
  const update = await rate(milliseconds, (n) =>
    messages.updateOne({ _id: random() }, { $set: { status: `read-${n}` }, $inc: { reads: new Int32(1) } }),
  );
  const insert = await rate(milliseconds, () => messages.insertOne(message(next++)));
  inserted[1] = next;
  await removeInserted(messages, inserted);
  return { insert, findOne, range, update };
}

async function removeInserted(messages: Collection<Message>, [from, to]: [number, number]): Promise<void> {
  await messages.deleteMany({ _id: { $gte: from, $lt: to } });
}

async function rate(milliseconds: number, call: (n: number) => Promise<unknown>): Promise<number> {
  let calls = 0;
  const run = async (until: number) => {
    while (performance.now() < until) await call(calls++);
  };
  const both = (until: number) => Promise.all(Array.from({ length: CLIENTS }, () => run(until)));
  await both(performance.now() + milliseconds / 5);
  calls = 0;
  const start = performance.now();
  await both(start + milliseconds);
  return Math.round((calls / (performance.now() - start)) * 1000);
}

/** Latency in milliseconds of one call after the other from each client: median and 95th percentile. */
export async function latency(
  db: Db,
  count: number,
  running: () => boolean,
): Promise<{ p50: number; p95: number; max: number }> {
  const messages = db.collection<Message>("messages");
  const times: number[] = [];
  const client = async () => {
    while (running()) {
      const start = performance.now();
      await messages.findOne({ sourceId: message(Math.floor(Math.random() * count)).sourceId });
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  times.sort((a, b) => a - b);
  const at = (share: number) => Number((times[Math.floor(times.length * share)] ?? 0).toFixed(2));
  return { p50: at(0.5), p95: at(0.95), max: at(0.9999) };
}
