import { createServer } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { Long, serialize } from "bson";
import { message, PER_CONVERSATION } from "./workload.ts";

/** Answers each command with a reply made beforehand: what the driver alone can do, in a thread of its own. */
const hello = {
  isWritablePrimary: true,
  maxBsonObjectSize: 16777216,
  maxMessageSizeBytes: 48000000,
  maxWriteBatchSize: 100000,
  logicalSessionTimeoutMinutes: 30,
  minWireVersion: 0,
  maxWireVersion: 21,
  ok: 1,
};
const cursor = (firstBatch: object[]) => ({ cursor: { firstBatch, id: Long.ZERO, ns: "bench.messages" }, ok: 1 });
const replies: Record<string, Uint8Array> = {
  hello: serialize(hello),
  findOne: serialize(cursor([message(1)])),
  range: serialize(cursor(Array.from({ length: PER_CONVERSATION }, (_, n) => message(n)))),
  insert: serialize({ n: 1, ok: 1 }),
  update: serialize({ n: 1, nModified: 1, ok: 1 }),
  other: serialize({ n: 0, ok: 1 }),
};

createServer((socket) => {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    while (rest.length >= 16 && rest.length >= rest.readInt32LE(0)) {
      const request = rest.subarray(0, rest.readInt32LE(0));
      rest = rest.subarray(request.length);
      socket.write(answer(request));
    }
  });
  socket.on("error", () => socket.destroy());
}).listen(workerData.socketPath, () => parentPort?.postMessage("ready"));

function answer(request: Buffer): Buffer {
  const legacy = request.readInt32LE(12) === 2004;
  const body = (legacy ? replies.hello : replies[kindOf(request)]) as Uint8Array;
  const lead = Buffer.alloc(16 + (legacy ? 20 : 5));
  lead.writeInt32LE(lead.length + body.length, 0);
  lead.writeInt32LE(request.readInt32LE(4), 8);
  lead.writeInt32LE(legacy ? 1 : 2013, 12);
  if (legacy) lead.writeInt32LE(1, 32);
  return Buffer.concat([lead, body]);
}

/** The command's name stands right behind the body's length and the first type byte. */
function kindOf(request: Buffer): string {
  const end = request.indexOf(0, 26);
  const name = request.toString("latin1", 26, end);
  if (name === "find") return request.includes("seq") ? "range" : "findOne";
  return name in replies ? name : name === "isMaster" ? "hello" : "other";
}
