import { MongoBackend } from "@agendajs/mongo-backend";
import { Agenda } from "agenda";
import { GridFSBucket, Long } from "mongodb";
import mongoose from "mongoose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "./support.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.stop());

test("the driver writes, reads back and changes documents with their types", async () => {
  const orders = database.db.collection<{ _id: number; total: Long; tags?: string[]; paid?: boolean }>("orders");
  await orders.insertMany([
    { _id: 1, total: Long.fromString("9007199254740993"), tags: ["new", "gift"] },
    { _id: 2, total: Long.fromNumber(5) },
  ]);
  await orders.createIndex({ tags: 1 });
  expect(await orders.findOne({ tags: "gift" })).toEqual({
    _id: 1,
    total: Long.fromString("9007199254740993"),
    tags: ["new", "gift"],
  });
  const { modifiedCount } = await orders.updateMany({}, { $set: { paid: true } });
  expect(modifiedCount).toBe(2);
  expect(await orders.countDocuments({ paid: true })).toBe(2);
  expect((await orders.deleteOne({ _id: 1 })).deletedCount).toBe(1);
  expect(await orders.distinct("_id")).toEqual([2]);
});

test("Mongoose builds its indexes and refuses a duplicate", async () => {
  const connection = await mongoose.createConnection(database.uri, { dbName: database.db.databaseName }).asPromise();
  const schema = new mongoose.Schema({ email: { type: String, unique: true }, at: Date }, { timestamps: true });
  const Contact = connection.model("Contact", schema);
  await Contact.init();
  await Contact.create({ email: "a@example.com", at: new Date(0) });
  await expect(Contact.create({ email: "a@example.com" })).rejects.toMatchObject({
    code: 11000,
    keyPattern: { email: 1 },
    keyValue: { email: "a@example.com" },
  });
  const found = await Contact.findOneAndUpdate({ email: /^a@/ }, { $unset: { at: 1 } }, { returnDocument: "after" });
  expect(found?.at).toBeUndefined();
  await connection.close();
});

test("GridFS stores and streams a file", async () => {
  const bucket = new GridFSBucket(database.db);
  const content = Buffer.alloc(700_000, "parley ");
  const upload = bucket.openUploadStream("picture.png", { metadata: { type: "image/png" } });
  upload.end(content);
  await new Promise((resolve) => upload.on("finish", resolve));
  const parts: Buffer[] = [];
  for await (const part of bucket.openDownloadStream(upload.id)) parts.push(part as Buffer);
  expect(Buffer.concat(parts).equals(content)).toBe(true);
  await bucket.delete(upload.id);
  expect(await bucket.find().toArray()).toEqual([]);
});

test("Agenda runs a job that it stored", async () => {
  const agenda = new Agenda({ backend: new MongoBackend({ mongo: database.db }), processEvery: 20 });
  const done = new Promise<unknown>((resolve) => {
    agenda.define("greet", async (job) => resolve(job.attrs.data));
  });
  await agenda.start();
  await agenda.now("greet", { name: "Ada" });
  expect(await done).toEqual({ name: "Ada" });
  await agenda.stop();
});
