import { parentPort, workerData } from "node:worker_threads";
import { createTransport } from "nodemailer";

/** Sends mails over a few connections, as other people's servers would: outside of the hub's thread. */
const { port, connections } = workerData as { port: number; connections: number };
const transport = createTransport({
  host: "127.0.0.1",
  port,
  ignoreTLS: true,
  pool: true,
  maxConnections: connections,
  maxMessages: Number.POSITIVE_INFINITY,
});
const envelope = { from: "ana@buyer.example", to: ["support@parley.localhost"] };

parentPort!.on("message", async (raws: Uint8Array[] | "end") => {
  if (raws === "end") {
    transport.close();
    parentPort!.close();
    return;
  }
  await Promise.all(raws.map((raw) => transport.sendMail({ envelope, raw: Buffer.from(raw) })));
  parentPort!.postMessage("sent");
});
