import { setTimeout } from "node:timers/promises";
import { MongoError } from "../errors.ts";
import type { BsonDocument } from "../types.ts";
import { type BsonNumber, toDouble } from "../values/numbers.ts";
import { isDocument, isNumber } from "../values/types.ts";
import type { Reply } from "../wire/reply.ts";
import { countArgument, documentArgument, flagArgument } from "./arguments.ts";
import type { Command, CommandContext } from "./context.ts";

/** Ends the connection without an answer. */
export class ConnectionFault extends Error {}

/** MongoDB's fail point `failCommand`: makes chosen commands fail, so that clients can try out what they do then. */
export interface FailPoint {
  mode: "on" | "off";
  /** Matching commands that still pass, and those that still fail after them. */
  skip: number;
  times: number;
  entered: number;
  readonly commands: ReadonlySet<string>;
  readonly data: BsonDocument;
}

const KNOWN_DATA = [
  "appName",
  "failCommands",
  "errorCode",
  "errorLabels",
  "closeConnection",
  "blockConnection",
  "blockTimeMS",
  "writeConcernError",
];

export const configureFailPoint: Command = {
  admin: true,
  fields: ["mode", "data"],
  run(context) {
    const { command, database } = context;
    if (command.configureFailPoint !== "failCommand")
      throw new MongoError("CommandNotSupported", "configureFailPoint: only 'failCommand' is supported");
    const before = database.failPoint;
    const data = documentArgument(context, "data") ?? {};
    for (const field of Object.keys(data))
      if (!KNOWN_DATA.includes(field))
        throw new MongoError("CommandNotSupported", `configureFailPoint: the option 'data.${field}' is not supported`);
    const commands = new Set((Array.isArray(data.failCommands) ? data.failCommands : []).map(String));
    database.failPoint = { ...readMode(command.mode), entered: before?.entered ?? 0, commands, data };
    return { count: before?.entered ?? 0, ok: 1 };
  },
};

function readMode(mode: BsonDocument[string]): Pick<FailPoint, "mode" | "skip" | "times"> {
  const always = { mode: "on", skip: 0, times: Number.POSITIVE_INFINITY } as const;
  if (mode === "off") return { ...always, mode: "off" };
  if (mode === "alwaysOn") return always;
  if (isDocument(mode)) {
    const { times, skip } = mode;
    if (isNumber(times)) return { ...always, times: toDouble(times as BsonNumber) };
    if (isNumber(skip)) return { ...always, skip: toDouble(skip as BsonNumber) };
  }
  throw new MongoError("BadValue", "'mode' must be 'off', 'alwaysOn', {times: n} or {skip: n}");
}

/** What the fail point does to this command, if anything: it throws, waits, or gives what to add to the reply. */
export async function strike(context: CommandContext): Promise<BsonDocument | undefined> {
  const { database, name } = context;
  const point = database.failPoint;
  if (!point || point.mode === "off" || !point.commands.has(name) || name === "configureFailPoint") return undefined;
  if (point.data.appName !== undefined && point.data.appName !== applicationOf(context)) return undefined;
  if (point.skip > 0) {
    point.skip--;
    return undefined;
  }
  if (--point.times <= 0) point.mode = "off";
  point.entered++;
  const source = { name: "configureFailPoint.data", command: point.data };
  if (flagArgument(source, "blockConnection")) await setTimeout(countArgument(source, "blockTimeMS") ?? 0);
  if (flagArgument(source, "closeConnection")) throw new ConnectionFault("failCommand closes the connection");
  const labels = Array.isArray(point.data.errorLabels) ? point.data.errorLabels.map(String) : [];
  const code = countArgument(source, "errorCode");
  if (code !== undefined) throw new MongoError(code, "Failing command via 'failCommand' failpoint", { labels });
  const { writeConcernError } = point.data;
  return isDocument(writeConcernError)
    ? { writeConcernError, ...(labels.length > 0 && { errorLabels: labels }) }
    : undefined;
}

/** The name by which the client introduced itself, in this very command or in the one that opened its connection. */
function applicationOf({ database, connectionId, command }: CommandContext): string | undefined {
  return applicationName(command) ?? database.applications.get(connectionId);
}

/** `appName` of a hello. */
export function applicationName({ client }: BsonDocument): string | undefined {
  const application = isDocument(client) ? client.application : undefined;
  return isDocument(application) && typeof application.name === "string" ? application.name : undefined;
}

/** A reply with what the fail point adds. */
export function withAddition(reply: Reply, addition: BsonDocument | undefined): Reply {
  return addition && !("batch" in reply) ? { ...(reply as BsonDocument), ...addition } : reply;
}
