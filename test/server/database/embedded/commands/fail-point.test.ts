import { type CommandStartedEvent, type Document, MongoClient, MongoNetworkError } from "mongodb";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openTestDatabase, realMongo, type TestDatabase } from "../support.ts";

// A real server knows fail points only when it was started with enableTestCommands.
const onlyHere = test.skipIf(realMongo !== undefined);

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ client: { retryReads: false, monitorCommands: true } });
});
afterEach(() => fail("off"));
afterAll(() => database.stop());

function fail(mode: Document | string, data?: Document): Promise<Document> {
  const command = { configureFailPoint: "failCommand", mode, ...(data && { data }) };
  return realMongo ? Promise.resolve({}) : database.client.db("admin").command(command);
}

onlyHere("a command fails as often as it was told to, with the code and labels it was told", async () => {
  const docs = database.db.collection("failing");
  await fail({ times: 2 }, { failCommands: ["find"], errorCode: 8, errorLabels: ["Strange"] });
  for (let n = 0; n < 2; n++)
    await expect(docs.findOne()).rejects.toMatchObject({ code: 8, codeName: "UnknownError", errorLabels: ["Strange"] });
  expect(await docs.findOne()).toBeNull();
});

onlyHere("commands that are skipped pass first", async () => {
  const docs = database.db.collection("skipping");
  await fail({ skip: 1 }, { failCommands: ["find"], errorCode: 91 });
  expect(await docs.findOne()).toBeNull();
  await expect(docs.findOne()).rejects.toMatchObject({ code: 91 });
});

onlyHere("a connection is closed instead of answered, and a driver that retries reads gets its answer", async () => {
  await fail({ times: 1 }, { failCommands: ["find"], closeConnection: true });
  await expect(database.db.collection("closing").findOne()).rejects.toThrow(MongoNetworkError);
  const patient = await openTestDatabase();
  await patient.client.db("admin").command({
    configureFailPoint: "failCommand",
    mode: { times: 1 },
    data: { failCommands: ["find"], closeConnection: true },
  });
  expect(await patient.db.collection("closing").findOne()).toBeNull();
  await patient.stop();
});

onlyHere("a write concern error comes with a write that was made", async () => {
  const docs = database.db.collection<{ _id: number }>("written");
  const writeConcernError = { code: 100, errmsg: "not enough nodes" };
  await fail({ times: 1 }, { failCommands: ["insert"], writeConcernError });
  await expect(docs.insertOne({ _id: 1 })).rejects.toMatchObject({ code: 100 });
  expect(await docs.countDocuments()).toBe(1);
});

onlyHere("only the application that is named meets the errors", async () => {
  const shop = await MongoClient.connect(database.uri, { appName: "shop" });
  await fail("alwaysOn", { failCommands: ["find"], appName: "shop", errorCode: 8 });
  const read = (client: MongoClient) => client.db(database.db.databaseName).collection("named").findOne();
  await expect(read(shop)).rejects.toMatchObject({ code: 8 });
  expect(await read(database.client)).toBeNull();
  await shop.close();
});

onlyHere("another fail point, or an option that is not known, is refused by name", async () => {
  const admin = database.client.db("admin");
  await expect(admin.command({ configureFailPoint: "hangEverything", mode: "alwaysOn" })).rejects.toThrow(
    /only 'failCommand'/,
  );
  await expect(fail("alwaysOn", { failCommands: ["find"], failLocalClients: 1 })).rejects.toThrow(
    /data\.failLocalClients/,
  );
});

test("a cursor ends with the batch that holds its last document", async () => {
  const docs = database.db.collection<{ _id: number }>("batches");
  await docs.insertMany(Array.from({ length: 7 }, (_, _id) => ({ _id })));
  const started: CommandStartedEvent[] = [];
  const note = (event: CommandStartedEvent) => started.push(event);
  for (const read of [
    () => docs.find({ _id: { $gte: 0 } }, { batchSize: 2 }).toArray(),
    () => docs.aggregate([{ $match: { _id: { $gte: 0 } } }], { batchSize: 2 }).toArray(),
    () => database.db.runCursorCommand({ find: "batches", batchSize: 2 }).setBatchSize(2).toArray(),
  ]) {
    started.length = 0;
    database.client.on("commandStarted", note);
    expect(await read()).toHaveLength(7);
    database.client.off("commandStarted", note);
    expect(started.map(({ commandName }) => commandName).slice(1)).toEqual(["getMore", "getMore", "getMore"]);
  }
});
