import type { AddressInfo } from "node:net";
import express from "express";
import mongoose from "mongoose";
import { insiteMessageSchema } from "../../contract/insite.ts";
import { seedConversations } from "../../scripts/seed/conversations.ts";
import { startApp } from "../../server/app.ts";
import { connectDatabase } from "../../server/database/connect.ts";
import { createLog } from "../../server/log.ts";
import { listInboxes } from "../../server/queries/inboxes.ts";
import { testConfig } from "./app.ts";

/**
 * A server of the API bench in a process of its own: `hub` with so many conversations in it, or the floor, which is Express
 * that validates with the same schema and makes one Mongoose insert. Sends its address to the parent.
 */
const [kind, dataDir = "", conversations = "0"] = process.argv.slice(2);
const many = { points: 1_000_000_000, seconds: 1 };

async function startHub(): Promise<string> {
  const app = await startApp({ config: testConfig(dataDir), http: { limits: { address: many, viewer: many } } });
  const inboxes = await listInboxes(app.firstStart.workspaceId);
  await seedConversations({ inboxes, count: Number(conversations), now: new Date() });
  // Training takes memory and a core for a moment; it is not what is measured.
  await (await app.ctx.knowledge.botFor(app.firstStart.workspaceId)).trained();
  return app.url;
}

async function startFloor(): Promise<string> {
  await connectDatabase(testConfig(dataDir), createLog("silent"));
  const Message = mongoose.model(
    "floorInsiteMessage",
    new mongoose.Schema({
      messageId: String,
      threadId: String,
      buyer: Object,
      orderId: String,
      text: String,
      sentAt: Date,
    }).index({ messageId: 1 }, { unique: true }),
  );
  await Message.createIndexes();
  const app = express().use(express.json({ limit: "1mb" }));
  app.post("/api/v1/insite/insite/messages", async (req, res) => {
    const message = await Message.create(insiteMessageSchema.parse(req.body));
    res.status(202).json({ messageId: message.id });
  });
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const url = kind === "hub" ? await startHub() : await startFloor();
process.on("disconnect", () => process.exit(0));
process.send?.({ url });
