import type { Socket } from "node:net";
import type { CommandContext, Database } from "../commands/context.ts";
import { ConnectionFault } from "../commands/fail-point.ts";
import { Operation } from "../commands/operation.ts";
import { runCommand } from "../commands/table.ts";
import { MongoError } from "../errors.ts";
import { explain, isSqliteError } from "../storage/problems.ts";
import type { BsonDocument } from "../types.ts";
import { HEADER_BYTES, MAX_MESSAGE_BYTES, ProtocolError, parseMessage, type Request, replyTo } from "./message.ts";
import { encodeReply, type Reply } from "./reply.ts";

export type Log = (level: "info" | "warn" | "error", message: string) => void;

/** Errors that are the operator's business, not only the client's. */
const LOGGED = new Set(["OutOfDiskSpace", "InternalError", "DataCorruptionDetected"]);

/** One client: cuts its bytes into messages and answers them one after the other. */
export class Connection {
  readonly id: number;
  private readonly socket: Socket;
  private readonly database: Database;
  private readonly log: Log;
  private chunks: Buffer[] = [];
  private buffered = 0;
  private busy = false;
  private operation: Operation | undefined;

  constructor(id: number, socket: Socket, database: Database, log: Log) {
    this.id = id;
    this.socket = socket;
    this.database = database;
    this.log = log;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.receive(chunk));
    socket.on("drain", () => this.work());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.operation?.kill("the client disconnected"));
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    if (!this.busy) this.work();
    // A client that sends on while its request runs waits in the kernel's buffers, not in ours.
    else if (this.buffered > HEADER_BYTES) this.socket.pause();
  }

  private work(): void {
    if (this.busy || this.socket.destroyed || this.socket.writableNeedDrain) return;
    try {
      const message = this.nextMessage();
      if (!message) return void this.socket.resume();
      const request = parseMessage(message);
      this.busy = true;
      this.answer(request)
        // Whatever goes wrong outside a command ends this connection, never the thread.
        .catch((error: unknown) => this.fail(error))
        .finally(() => {
          this.busy = false;
          this.work();
        });
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    if (error instanceof ProtocolError) this.log("warn", `connection ${this.id} closed: ${error.message}`);
    else this.log("error", `connection ${this.id}: ${error instanceof Error ? error.stack : "an error of no kind"}`);
    this.socket.destroy();
  }

  /** The next whole message, if it has arrived. */
  private nextMessage(): Buffer | undefined {
    if (this.buffered < HEADER_BYTES) return undefined;
    const first = this.join(HEADER_BYTES);
    const length = first.readInt32LE(0);
    if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES)
      throw new ProtocolError(`a message has the impossible length ${length}`);
    if (this.buffered < length) return undefined;
    const joined = this.join(length);
    this.buffered -= length;
    if (joined.length === length) this.chunks.shift();
    else this.chunks[0] = joined.subarray(length);
    return joined.subarray(0, length);
  }

  /** Makes the first chunk at least this long. */
  private join(length: number): Buffer {
    const first = this.chunks[0] as Buffer;
    if (first.length >= length) return first;
    const joined = Buffer.concat(this.chunks, this.buffered);
    this.chunks = [joined];
    return joined;
  }

  private async answer(request: Request): Promise<void> {
    const body = await this.run(request);
    if (!body) return void this.socket.destroy();
    if (request.silent || this.socket.destroyed) return;
    this.socket.write(replyTo(request, body));
  }

  /** The answer's bytes; none where the connection is to end instead. */
  private async run({ command, sequences }: Request): Promise<Uint8Array | undefined> {
    const name = Object.keys(command)[0] ?? "";
    const db = typeof command.$db === "string" ? command.$db : "";
    // A client's value may be anything, even what has no text.
    const subject = command[name];
    const operation = new Operation(name, `${db}.${typeof subject === "string" ? subject : "$cmd"}`, this.id);
    this.operation = operation;
    this.database.operations.add(operation);
    try {
      if (db === "") throw new MongoError(40571, "OP_MSG requests require a $db argument");
      const { database, id: connectionId } = this;
      const context: CommandContext = { database, operation, connectionId, name, db, command, sequences };
      const reply: Reply = await runCommand(context);
      return encodeReply(reply);
    } catch (error) {
      if (error instanceof ConnectionFault) return undefined;
      return encodeReply(this.failure(error, name));
    } finally {
      this.database.operations.delete(operation);
      this.operation = undefined;
    }
  }

  private failure(cause: unknown, name: string): BsonDocument {
    const { path, health } = this.database.store;
    const error = isSqliteError(cause) ? explain(cause, path) : cause;
    health.note(error);
    if (!(error instanceof MongoError)) {
      this.log("error", `${name}: ${error instanceof Error ? error.stack : String(error)}`);
      return { ok: 0, errmsg: String(error), code: 1, codeName: "InternalError" };
    }
    const { message, code, codeName, labels, fields } = error;
    if (LOGGED.has(codeName)) this.log("error", `${name}: ${message}`);
    return {
      ok: 0,
      errmsg: message,
      code,
      codeName,
      ...fields,
      ...(labels.length > 0 && { errorLabels: [...labels] }),
    };
  }
}
