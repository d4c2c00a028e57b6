import { connect, type Socket } from "node:net";
import { rootCertificates } from "node:tls";
import { createTransport } from "nodemailer";
import type Mail from "nodemailer/lib/mailer/index.js";
import type SMTPPool from "nodemailer/lib/smtp-pool/index.js";
import type { Attempt } from "../channel.ts";
import type { BounceReason } from "./automatic-phrases.ts";
import { reasonOf, statusIn } from "./bounce.ts";
import type { SmtpConfig } from "./config.ts";
import { Handover } from "./handover.ts";

/** `reason` is a key of `failures` in the email locale files. */
export type SendOutcome =
  /** `refused`: for a recipient of a copy. */
  | { status: "sent"; refused?: SendFailure }
  | SendFailure
  /** It was not to be sent any more when its turn came. */
  | { status: "withdrawn" };
export interface SendFailure {
  status: "failed";
  retry: boolean;
  /** The address does not work. */
  hard: boolean;
  reason: FailureReason;
  /** The server's words, one line. */
  detail: string;
  /** RFC 3463, where the server said one. */
  code?: string;
  /** Which of several recipients it is about. */
  address?: string;
}
export type FailureReason = BounceReason | ConnectionProblem | "no_recipient" | "bad_message" | "unconfirmed";

/** What is wrong with a server's settings; a key of `connection` in the email locale files. */
export type ConnectionProblem =
  | "host_not_found"
  | "address_not_allowed"
  | "refused"
  | "timeout"
  | "tls"
  | "certificate"
  | "login"
  | "login_required"
  | "not_the_protocol"
  | "folder"
  | "closed";

/** A server may look at a mail for minutes before it says that it has it, and cutting it off leaves open whether it does. */
const TIMEOUTS = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 180_000, dnsTimeout: 10_000 };
const CONNECTIONS = 4;

export interface Sender {
  /** `attempt`: asked when the server waits for the mail, before a byte of it is sent. */
  send(mail: Mail.Options, attempt?: Attempt): Promise<SendOutcome>;
  /** Undefined when all is well. */
  test(): Promise<{ problem: ConnectionProblem; detail: string } | undefined>;
  /** Mails under way go out first; those that wait for their turn fail, to be tried again. `force`: those under way too. */
  close(options?: { force?: boolean }): void;
}

/** What goes into the transport, with what its plugin needs. */
interface HandedOver extends Mail.Options {
  handover?: Handover;
}

/** Settings of an SMTP address such as `smtps://user:password@mail.example:465`. */
export function smtpOfUrl(url: string): SmtpConfig {
  const parsed = new URL(url);
  const tls = parsed.protocol === "smtps:";
  const port = Number(parsed.port || (tls ? 465 : 587));
  return {
    host: parsed.hostname,
    port,
    security: tls ? "tls" : port === 587 ? "starttls" : "auto",
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
  };
}

/** A sender over SMTP with a few kept connections. `ca`: certificates to trust beside the system's. */
export function createSender(
  config: SmtpConfig,
  options: { maxConnections?: number; ca?: string; resolve?: (host: string) => Promise<string> } = {},
): Sender {
  const settings: SMTPPool.Options = {
    pool: true,
    maxConnections: options.maxConnections ?? CONNECTIONS,
    maxMessages: 200,
    host: config.host,
    port: config.port,
    secure: config.security === "tls",
    requireTLS: config.security === "starttls",
    ...(options.ca && { tls: { ca: [...rootCertificates, options.ca] } }),
    // Whoever would also take no encryption gains nothing by refusing one that nobody vouches for (RFC 7435).
    ...(config.security === "auto" && { tls: { rejectUnauthorized: false } }),
    // The seller chose no encryption, for a server on the same machine: a certificate made for nobody must not stop mail.
    ...(config.security === "none" && { ignoreTLS: true }),
    ...(config.user !== "" && { auth: { user: config.user, pass: config.password } }),
    ...TIMEOUTS,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  const { resolve } = options;
  const transport = createTransport({ ...settings, ...(resolve && { proxy: "checked:" }) });
  // Nodemailer's way to hand it a connection: made to the address that was checked.
  if (resolve) {
    transport.set("proxy_handler_checked", (_proxy, _options, done) => {
      resolve(config.host).then(
        (address) => connectTo(address, config.port, done),
        (error: Error) => done(error),
      );
    });
  }
  transport.use("stream", (mail, done) => {
    const { handover } = mail.data as HandedOver;
    if (handover) handover.hold(mail.message);
    done();
  });
  return {
    async send(mail, attempt) {
      const handover = attempt && new Handover(attempt);
      try {
        const options: HandedOver = { ...mail, ...(handover && { handover }) };
        const { rejectedErrors = [] } = await transport.sendMail(options);
        const [refused] = rejectedErrors.map(failureOf);
        if (!refused) return { status: "sent" };
        // Out to some, refused for others: tried again by itself, those would have it twice. A person decides.
        const [reader] = [mail.envelope?.to ?? []].flat();
        return reader === refused.address ? { ...refused, retry: false } : { status: "sent", refused };
      } catch (error) {
        if (handover?.withdrawn) return { status: "withdrawn" };
        const failure = failureOf(error);
        const answered = mailError(error).responseCode !== undefined;
        return handover?.begun && !answered ? { ...failure, retry: true, reason: "unconfirmed" } : failure;
      }
    },
    async test() {
      try {
        await transport.verify();
        return undefined;
      } catch (error) {
        return connectionProblem(error);
      }
    },
    close: (how) => transport.close(how),
  };
}

type ProxyDone = (error: Error | null, socket?: { connection: Socket }) => void;

function connectTo(address: string, port: number, done: ProxyDone): void {
  const socket = connect({ host: address, port, timeout: TIMEOUTS.connectionTimeout });
  const failed = (error: Error) => {
    socket.destroy();
    done(error);
  };
  const late = () => failed(Object.assign(new Error("Connection timeout"), { code: "ETIMEDOUT" }));
  socket.once("error", failed);
  socket.once("timeout", late);
  socket.once("connect", () => {
    socket.off("error", failed);
    socket.off("timeout", late);
    socket.setTimeout(0);
    done(null, { connection: socket });
  });
}

interface MailError {
  code: string;
  recipient: string;
  message: string;
  response: string;
  responseCode?: number;
}

function mailError(error: unknown): MailError {
  const source: object = typeof error === "object" && error !== null ? error : {};
  const text = (name: string) => {
    const value: unknown = Reflect.get(source, name);
    return typeof value === "string" ? value : "";
  };
  const responseCode: unknown = Reflect.get(source, "responseCode");
  return {
    code: text("code"),
    recipient: text("recipient"),
    message: text("message"),
    response: text("response") || text("responseText"),
    ...(typeof responseCode === "number" && { responseCode }),
  };
}

/** What to do about a mail that did not go out, and what to tell. */
export function failureOf(error: unknown): SendFailure {
  const { code, message, recipient, response, responseCode } = mailError(error);
  const detail = (response || message).replace(/\s+/g, " ").slice(0, 500);
  if (code === "EENVELOPE" && responseCode === undefined) {
    return { status: "failed", retry: false, hard: false, reason: "no_recipient", detail };
  }
  if (responseCode !== undefined && code !== "EAUTH") {
    const permanent = responseCode >= 500;
    const reason = reasonOf({ said: response || message, notice: "", status: statusIn(response || message) });
    const address = reason === "mailbox_unknown" || reason === "domain_unknown" || reason === "mailbox_disabled";
    const hard =
      permanent &&
      (address || (reason === "unknown" && code === "EENVELOPE" && /^5\.1\./.test(statusIn(response) ?? "")));
    const status = statusIn(response);
    return {
      status: "failed",
      retry: !permanent,
      hard,
      reason,
      detail,
      ...(status && { code: status }),
      ...(recipient !== "" && { address: recipient }),
    };
  }
  if (code === "EMESSAGE" || code === "ESTREAM" || code === "EFILEACCESS" || code === "EURLACCESS") {
    return { status: "failed", retry: false, hard: false, reason: "bad_message", detail };
  }
  // The server could not be reached or refused the login: the mail is fine and goes out once that is mended.
  return { status: "failed", retry: true, hard: false, reason: connectionProblem(error).problem, detail };
}

/** What is wrong with a connection, in a word that every language puts into a sentence with what to do. */
export function connectionProblem(error: unknown): { problem: ConnectionProblem; detail: string } {
  const { code, message, response, responseCode } = mailError(error);
  const all = `${code} ${message} ${response}`;
  const detail = (response || message).replace(/\s+/g, " ").slice(0, 500);
  const problem = ((): ConnectionProblem => {
    if (/refused_address/.test(all)) return "address_not_allowed";
    if (/unknown_host|ENOTFOUND|EAI_AGAIN|EDNS|getaddrinfo|querya? /i.test(all)) return "host_not_found";
    if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/i.test(all)) return "refused";
    if (/wrong version number|packet length too long|unexpected message|ssl3_get_record|http request/i.test(all))
      return "tls";
    if (/certificate|self[- ]signed|CERT_|UNABLE_TO_VERIFY|ERR_TLS_CERT_ALTNAME/i.test(all)) return "certificate";
    if (/STARTTLS|ETLS|EPROTO|TLS/i.test(all) && code !== "EAUTH") return "tls";
    if (
      responseCode === 530 ||
      /authentication (?:is )?required|must issue a starttls|EAUTH.*missing credentials/i.test(all)
    )
      return "login_required";
    if (
      code === "EAUTH" ||
      /authentication ?failed|AUTHENTICATIONFAILED|invalid credentials|login failed|\b535\b/i.test(all)
    )
      return "login";
    if (/NONEXISTENT|mailbox (?:doesn't|does not) exist|unknown mailbox|TRYCREATE/i.test(all)) return "folder";
    if (/ETIMEDOUT|timed? ?out|greeting never received|ETIMEOUT/i.test(all)) return "timeout";
    if (/invalid greeting|EPROTOCOL|unexpected greeting|ParserError/i.test(all)) return "not_the_protocol";
    return "closed";
  })();
  return { problem, detail };
}

/** The raw form of a mail, without sending it. */
export async function rawMail(mail: Mail.Options): Promise<Buffer> {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  const info = await transport.sendMail({ ...mail, disableFileAccess: true, disableUrlAccess: true });
  return info.message as Buffer;
}

/** A sender without a server: mails are made as for one and handed over, for people to look at. */
export function createLocalSender(
  keep: (mail: { from: string; to: string[]; subject: string; messageId: string; raw: Buffer }) => Promise<void>,
): Sender {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  return {
    async send(mail) {
      try {
        const info = await transport.sendMail(mail);
        const { from, to } = info.envelope;
        await keep({
          from: from || "",
          to,
          subject: mail.subject ?? "",
          messageId: info.messageId,
          raw: info.message as Buffer,
        });
        return { status: "sent" };
      } catch (error) {
        return { status: "failed", retry: true, hard: false, reason: "bad_message", detail: String(error) };
      }
    },
    test: async () => undefined,
    close: () => transport.close(),
  };
}
