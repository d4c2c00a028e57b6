import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import mongoose from "mongoose";
import { Server } from "socket.io";
import { startApp } from "../../server/app.ts";
import { connectDatabase } from "../../server/database/connect.ts";
import { createLog } from "../../server/log.ts";
import { testConfig } from "./app.ts";

/**
 * A server of the chat bench in a process of its own: `hub`, or the floor, which is Socket.IO that acknowledges
 * after one Mongoose insert and one update. Sends its address to the parent; answers `memory` with its resident
 * bytes after a collection.
 */
const [kind, dataDir = ""] = process.argv.slice(2);
const many = { points: 1_000_000_000, seconds: 1 };

async function startHub(): Promise<string> {
  const app = await startApp({
    config: testConfig(dataDir),
    socketLimits: { connect: many, message: many, read: many },
    http: { limits: { address: many, viewer: many } },
  });
  // Training takes memory and a core for a moment; it is not what is measured.
  await (await app.ctx.knowledge.botFor(app.firstStart.workspaceId)).trained();
  return app.url;
}

async function startFloor(): Promise<string> {
  await connectDatabase(testConfig(dataDir), createLog("silent"));
  const { Schema } = mongoose;
  const Conversation = mongoose.model("floorConversation", new Schema({ lastSeq: Number, lastMessage: Object }));
  const Message = mongoose.model(
    "floorMessage",
    new Schema({
      conversationId: Schema.Types.ObjectId,
      seq: Number,
      sourceId: String,
      author: Object,
      text: String,
      createdAt: Date,
    })
      .index({ conversationId: 1, seq: 1 }, { unique: true })
      .index({ sourceId: 1 }, { unique: true }),
  );
  await Promise.all([Message.createIndexes(), Conversation.createIndexes()]);
  const http = createServer();
  const io = new Server(http, { serveClient: false, perMessageDeflate: false, httpCompression: false });
  io.of("/widget").on("connection", async (socket) => {
    const conversationId = new mongoose.Types.ObjectId();
    let seq = 0;
    socket.on("message:send", async ({ echoId, text }, ack) => {
      seq += 1;
      if (seq === 1) await Conversation.create({ _id: conversationId, lastSeq: 0 });
      const message = await Message.create({
        conversationId,
        seq,
        sourceId: `${socket.id}:${echoId}`,
        author: { type: "contact" },
        text,
        createdAt: new Date(),
      });
      await Conversation.updateOne({ _id: conversationId }, { $set: { lastSeq: seq, lastMessage: { text } } });
      ack({ ok: true, message: { id: message.id, seq } });
    });
    socket.emit("session", { visitorToken: "", lastSeq: 0 });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

const url = kind === "hub" ? await startHub() : await startFloor();
process.on("message", (request) => {
  if (request !== "memory") return;
  globalThis.gc?.();
  process.send?.({ memory: process.memoryUsage().rss });
});
process.on("disconnect", () => process.exit(0));
process.send?.({ url });
