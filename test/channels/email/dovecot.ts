import { spawn } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where Dovecot is installed; a copy unpacked elsewhere serves too. */
const ROOT = process.env.DOVECOT_ROOT ?? "/";
const DOVECONF = join(ROOT, "usr/bin/doveconf");
const IMAP = join(ROOT, "usr/lib/dovecot/imap");

/** Why tests against a real IMAP server do not run here; undefined when they do. */
export const noDovecot: string | undefined =
  existsSync(DOVECONF) && existsSync(IMAP) ? undefined : "needs Dovecot: apt-get install dovecot-imapd";

/**
 * A real Dovecot for one mailbox, one process for each connection, as inetd would run it. Needs no root and no
 * fixed port; its clients are logged in from the start.
 */
export class Dovecot {
  readonly #folder = mkdtempSync(join(tmpdir(), "dovecot-"));
  readonly #mail = join(this.#folder, "mail");
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#serve(socket));
  #delivered = 0;
  port = 0;
  /** Connections are answered once it resolved. */
  gate: Promise<void> = Promise.resolve();
  /** Told of everything that passes on a connection, before it does. */
  onTraffic: (() => void) | undefined;

  async start(): Promise<void> {
    const [uid, gid] = process.getuid!() === 0 ? [65_534, 65_534] : [process.getuid!(), process.getgid!()];
    for (const name of ["mail", "mail/cur", "mail/new", "mail/tmp", "home"]) mkdirSync(join(this.#folder, name));
    writeFileSync(
      join(this.#folder, "dovecot.conf"),
      [
        `mail_location = maildir:${this.#mail}`,
        `base_dir = ${join(this.#folder, "run")}`,
        `log_path = ${join(this.#folder, "log")}`,
        `libexec_dir = ${join(ROOT, "usr/lib/dovecot")}`,
        "ssl = no",
        "stats_writer_socket_path =",
        "default_login_user = nobody",
        "default_internal_user = nobody",
        "default_internal_group = nogroup",
        `mail_uid = ${uid}`,
        `mail_gid = ${gid}`,
        "first_valid_uid = 0",
        "first_valid_gid = 0",
        "",
      ].join("\n"),
    );
    this.#own(uid, gid, this.#folder);
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.port = (this.#server.address() as AddressInfo).port;
  }

  #own(uid: number, gid: number, path: string): void {
    chownSync(path, uid, gid);
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) this.#own(uid, gid, join(path, entry.name));
    }
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => this.#sockets.delete(socket));
    await this.gate;
    if (socket.destroyed) return;
    // Dovecot refuses to run on a socket as root; a pipe is fine.
    const command = [DOVECONF, "-c", join(this.#folder, "dovecot.conf"), "-p", "-m", "imap", "-e", IMAP];
    const child = spawn("sh", ["-c", '"$0" "$@" | cat', ...command], {
      env: {
        PATH: process.env.PATH,
        USER: "ana",
        HOME: join(this.#folder, "home"),
        LD_LIBRARY_PATH: join(ROOT, "usr/lib/dovecot"),
      },
      stdio: ["pipe", "pipe", "ignore"],
    });
    for (const side of [socket, child.stdout]) side.on("data", () => this.onTraffic?.());
    socket.pipe(child.stdin).on("error", () => undefined);
    child.stdout.pipe(socket);
    socket.on("close", () => child.kill());
  }

  /** A mail arrives, as a delivery agent would put it there. */
  deliver(raw: Buffer): void {
    const name = `${1_700_000_000 + this.#delivered++}.M${this.#delivered}P1.host`;
    const path = join(this.#mail, "new", name);
    writeFileSync(path, raw);
    if (process.getuid!() === 0) chownSync(path, 65_534, 65_534);
  }

  /** What happens when a server's index is lost: the same mails under new numbers. */
  renumber(): void {
    const list = join(this.#mail, "dovecot-uidlist");
    const text = readFileSync(list, "utf8");
    writeFileSync(
      list,
      `${text
        .split("\n")[0]!
        .replace(/V(\d+)/, (_, value) => `V${Number(value) + 1}`)
        .replace(/N\d+/, "N1")}\n`,
    );
    for (const name of readdirSync(this.#mail)) if (name.startsWith("dovecot.index")) rmSync(join(this.#mail, name));
  }

  /** File names in the mailbox: the part after ":2," holds the flags. */
  files(): string[] {
    return ["cur", "new"].flatMap((name) => readdirSync(join(this.#mail, name)));
  }

  /** Every connection breaks. */
  disconnect(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.disconnect();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
