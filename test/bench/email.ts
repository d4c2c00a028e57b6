import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { simpleParser } from "mailparser";
import { rawMail } from "../../channels/email/send.ts";
import { startApp } from "../../server/app.ts";
import { createLog } from "../../server/log.ts";
import { MessageModel } from "../../server/models/message.ts";
import { ADMIN, login, testConfig } from "../support/app.ts";
import { connectAgent } from "../support/sockets.ts";

const MAILS = 8_000;
const WARM = 2_000;
/** Mails on their way at once: as many connections as other servers would have open. */
const CONNECTIONS = 16;

/** Mails per second through SMTP to a stored, threaded message, beside mailparser alone on the same mails. */
export default async function benchEmail(): Promise<Record<string, number>> {
  const raws = await Promise.all(Array.from({ length: MAILS }, (_, at) => sample(at)));

  // The floor: the parser that the hub uses, alone, as fast as it goes.
  for (const raw of raws.slice(0, 50)) await simpleParser(raw);
  let before = performance.now();
  for (const raw of raws) await simpleParser(raw);
  const floor = (MAILS * 1000) / (performance.now() - before);

  const dataDir = await mkdtemp(join(tmpdir(), "parley-bench-email-"));
  const app = await startApp({ config: testConfig(dataDir), log: createLog("silent"), smtpPort: 0 });
  try {
    const session = await login(app.url, ADMIN);
    // The mails' own cost, without the bot's answers.
    const cookie = session.cookie;
    const inboxes = (await (await fetch(`${app.url}/api/v1/inboxes`, { headers: { cookie } })).json()) as {
      id: string;
      channel: string;
    }[];
    const { id } = inboxes.find(({ channel }) => channel === "email")!;
    await fetch(`${app.url}/api/v1/inboxes/${id}`, {
      method: "PATCH",
      headers: { cookie, "content-type": "application/json", origin: app.url },
      body: JSON.stringify({ bot: { mode: "off" } }),
    });
    const sender = new Worker(new URL("./email-sender.ts", import.meta.url), {
      workerData: { port: app.mailroom.smtpPort!, connections: CONNECTIONS },
    });
    const send = async (mails: Buffer[]) => {
      sender.postMessage(mails);
      await once(sender, "message");
    };
    // Connections and code of both sides warm, as the parser's are.
    await send(await Promise.all(Array.from({ length: WARM }, (_, at) => sample(MAILS + at))));
    await app.mailroom.idle();
    before = performance.now();
    await send(raws);
    const acknowledged = (MAILS * 1000) / (performance.now() - before);
    await app.mailroom.idle();
    const hub = (MAILS * 1000) / (performance.now() - before);
    const stored = await MessageModel.countDocuments({ direction: "incoming" });
    if (stored !== MAILS + WARM) throw new Error(`${stored} messages of ${MAILS + WARM} mails`);

    const agent = await connectAgent(app.url, session);
    const latencies: number[] = [];
    for (let at = 0; at < 60; at++) {
      const seen = new Promise<void>((resolve) => agent.once("conversation:new", () => resolve()));
      const started = performance.now();
      await send([await sample(MAILS + WARM + at)]);
      await seen;
      latencies.push(performance.now() - started);
    }
    agent.close();
    sender.postMessage("end");
    latencies.sort((a, b) => a - b);
    const p95 = latencies[Math.floor(latencies.length * 0.95)]!;
    return {
      floorMailsPerSecond: Math.round(floor),
      acknowledgedPerSecond: Math.round(acknowledged),
      mailsPerSecond: Math.round(hub),
      /** Wanted: at least 0.5. */
      ofFloor: Number((hub / floor).toFixed(2)),
      /** From the first byte sent to the agent's socket, in ms. */
      p95ToScreen: Math.round(p95),
    };
  } finally {
    await app.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** A mail of ordinary size with both forms, a quote and a picture. */
function sample(at: number): Promise<Buffer> {
  const history =
    "Dear customer,<br>your parcel left our warehouse yesterday and should arrive within five days.<br>".repeat(8);
  return rawMail({
    from: `Buyer ${at} <buyer${at}@buyer.example>`,
    to: "support@parley.localhost",
    subject: `Re: order ${at}`,
    messageId: `<bench.${at}.${crypto.randomUUID()}@buyer.example>`,
    text: `It has not come yet. Order ${at}.\n\nOn Mon, Aug 5, 2024 at 10:12 AM Shop <support@parley.localhost> wrote:\n> Dear customer,\n> your parcel left.`,
    html: `<div dir="ltr">It has not come yet. Order ${at}.</div><div class="gmail_quote"><div class="gmail_attr">On Mon, Aug 5, 2024 at 10:12 AM Shop wrote:<br></div><blockquote class="gmail_quote">${history}</blockquote></div>`,
  });
}
