import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { SecureContextOptions } from "node:tls";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import { type Arrival, type ClientLimits, SmtpClients } from "./smtp-clients.ts";

/** What a mail came with on the line. */
export interface SmtpEnvelope {
  /** Empty for `<>`. */
  mailFrom: string;
  recipients: string[];
  remoteAddress: string;
  /** What the client called itself. */
  helo: string;
  /** It came encrypted. */
  secure: boolean;
}

export interface SmtpReceiverOptions {
  /** Bytes of one mail. */
  maxBytes: number;
  maxClients?: number;
  /** What one address may take, instead of the usual. */
  clients?: Partial<ClientLimits>;
  /** Relays, and the machine itself, through which everybody's mail comes. */
  isTrusted?(address: string): boolean;
  maxRecipients?: number;
  /** Name in the greeting. */
  name: string;
  /** With it, STARTTLS is offered. */
  tls?: Pick<SecureContextOptions, "key" | "cert">;
  /** Whether one of our mailboxes has this address. Others are refused: the receiver is no relay. */
  accepts(address: string): Promise<boolean>;
  /** Stores the raw mail durably. The sender hears 250 only after it resolved; when it rejects, the sender keeps the mail. */
  store(raw: Buffer, envelope: SmtpEnvelope): Promise<void>;
  /** A mail could not be stored, or the server itself failed. */
  onError(error: Error): void;
}

export interface SmtpReceiver {
  /** Resolves to the port it listens on. */
  listen(port: number, host: string): Promise<number>;
  /** Lets the mails that are arriving end, then closes. */
  close(): Promise<void>;
}

const LONGEST_CLOSE_MS = 10_000;

class SmtpRefusal extends Error {
  readonly responseCode: number;
  constructor(responseCode: number, message: string) {
    super(message);
    this.responseCode = responseCode;
  }
}

/**
 * An SMTP server for incoming mail. Every address has a share of the connections and of the memory that unfinished mails
 * take (`smtp-clients.ts`). What is over a limit is read away and refused: for good where the mail is too large, else for now.
 */
export function createSmtpReceiver(options: SmtpReceiverOptions): SmtpReceiver {
  const maxRecipients = options.maxRecipients ?? 100;
  const inHand = new Set<Promise<void>>();
  let closing = false;
  const clients = new SmtpClients(options.clients, options.isTrusted);
  const server = new SMTPServer({
    name: options.name,
    banner: "Parley",
    size: options.maxBytes,
    maxClients: options.maxClients ?? 100,
    disabledCommands: options.tls ? ["AUTH"] : ["AUTH", "STARTTLS"],
    ...(options.tls ?? {}),
    disableReverseLookup: true,
    authOptional: true,
    socketTimeout: 60_000,
    // When it closes, nothing is in hand any more: idle connections need no grace.
    closeTimeout: 1,
    onConnect(session, callback) {
      if (!clients.isOverShare(session)) return callback();
      callback(new SmtpRefusal(421, "4.7.0 Too many connections from your address, try again later"));
    },
    onMailFrom(_address, _session, callback) {
      callback(closing ? new SmtpRefusal(421, "4.3.2 Closing, try again in a moment") : null);
    },
    onRcptTo(address, session, callback) {
      if (session.envelope.rcptTo.length >= maxRecipients)
        return callback(new SmtpRefusal(452, "4.5.3 Too many recipients"));
      options.accepts(address.address).then(
        (known) => callback(known ? null : new SmtpRefusal(550, "5.1.1 No such mailbox here")),
        (error: unknown) => {
          options.onError(asError(error));
          callback(new SmtpRefusal(451, "4.3.0 Try again later"));
        },
      );
    },
    onData(stream, session, callback) {
      const receiving = receive(stream, session, options, clients);
      const noted = receiving.catch(() => undefined).finally(() => inHand.delete(noted));
      inHand.add(noted);
      receiving.then(
        () => callback(null, "2.0.0 Stored"),
        (error: unknown) => {
          if (error instanceof SmtpRefusal) return callback(error);
          options.onError(asError(error));
          callback(new SmtpRefusal(451, "4.3.0 Could not be stored, try again later"));
        },
      );
    },
  });
  // Sockets that break off are everyday; the sender keeps its mail and comes back. `listen` itself tells that a port is taken.
  server.on("error", (error: Error) => {
    if (
      !/ECONNRESET|EPIPE|EADDRINUSE|EACCES|ETIMEDOUT|Socket closed/i.test(
        `${error.message} ${Reflect.get(error, "code")}`,
      )
    )
      options.onError(error);
  });
  clients.watch(server.server);
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.server.once("error", reject);
        const listening = server.listen(port, host, () => {
          server.server.off("error", reject);
          resolve((listening.address() as AddressInfo).port);
        });
      }),
    async close() {
      closing = true;
      await Promise.race([Promise.all(inHand), setTimeout(LONGEST_CLOSE_MS, undefined, { ref: false })]);
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function receive(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  options: SmtpReceiverOptions,
  clients: SmtpClients,
): Promise<void> {
  let gone = () => {};
  const left = new Promise<never>((_resolve, reject) => {
    gone = () => reject(new SmtpRefusal(421, "4.4.2 The connection broke off"));
  });
  const arrival = clients.arrival(session, () => gone());
  try {
    const raw = await Promise.race([read(stream, options.maxBytes, arrival), left]);
    if (raw === "too_large" || stream.sizeExceeded) throw new SmtpRefusal(552, "5.3.4 The mail is too large");
    if (raw === "no_room") throw new SmtpRefusal(452, "4.3.1 Too much mail is arriving, try again later");
    await storeReceived(raw, session, options);
  } finally {
    arrival.end();
  }
}

async function storeReceived(raw: Buffer, session: SMTPServerSession, options: SmtpReceiverOptions): Promise<void> {
  const { mailFrom, rcptTo } = session.envelope;
  await options.store(raw, {
    mailFrom: mailFrom === false ? "" : mailFrom.address,
    recipients: rcptTo.map(({ address }) => address),
    remoteAddress: session.remoteAddress,
    helo: String(session.hostNameAppearsAs || ""),
    secure: session.secure,
  });
}

/** A mail that is not kept is read to its end all the same: the sender hears the answer only then. */
function read(
  stream: SMTPServerDataStream,
  limit: number,
  arrival: Arrival,
): Promise<Buffer | "too_large" | "no_room"> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let refused: "too_large" | "no_room" | undefined;
    stream.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) refused = "too_large";
      // Counted all the same: a client that sends is not idle.
      const room = arrival.take(chunk.length, refused !== undefined);
      if (!refused && !room) refused = "no_room";
      if (refused) chunks.length = 0;
      else chunks.push(chunk);
    });
    stream.once("end", () => resolve(refused ?? Buffer.concat(chunks)));
    stream.once("error", reject);
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
