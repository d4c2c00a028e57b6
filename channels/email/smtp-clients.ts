import type { Server, Socket } from "node:net";

/** What one client may take of the receiver. */
export interface ClientLimits {
  /** Connections of one address. */
  clientsOfOne: number;
  /** Bytes of unfinished mails in memory, of everybody and of one address. */
  bytes: number;
  bytesOfOne: number;
  /** Without a mail for so long, a client has to go. */
  idleMs: number;
  /** A mail that arrives more slowly than this, once it took `slowMs`, makes its client go. */
  bytesPerSecond: number;
  slowMs: number;
}

export const CLIENT_LIMITS: ClientLimits = {
  clientsOfOne: 10,
  bytes: 192 * 1024 * 1024,
  bytesOfOne: 96 * 1024 * 1024,
  idleMs: 120_000,
  bytesPerSecond: 1_024,
  slowMs: 60_000,
};

/** A mail that arrives. */
export interface Arrival {
  /** Whether there is room for these bytes too. Without it, or where the mail is refused anyway, nothing of it is kept. */
  take(bytes: number, refused: boolean): boolean;
  /** The mail is stored, or refused. */
  end(): void;
}

interface Client {
  socket: Socket;
  address: string;
  /** When it connected or last delivered a mail. */
  since: number;
  mail?: { since: number; read: number; kept: number; gone: () => void };
}

interface Session {
  remoteAddress: string;
  remotePort: number;
}

/** Who is connected to the SMTP receiver: each address has its share, and who holds a place without using it loses it. */
export class SmtpClients {
  readonly #limits: ClientLimits;
  /** Relays and the machine itself bring everybody's mail: they share with nobody. */
  readonly #trusted: (address: string) => boolean;
  readonly #clients = new Map<string, Client>();
  readonly #counts = new Map<string, { clients: number; bytes: number }>();
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: Partial<ClientLimits> = {}, trusted: (address: string) => boolean = () => false) {
    this.#limits = { ...CLIENT_LIMITS, ...limits };
    this.#trusted = trusted;
  }

  watch(server: Server): void {
    server.on("connection", (socket) => this.#add(socket));
    const { idleMs, slowMs } = this.#limits;
    this.#timer = setInterval(() => this.#sweep(), Math.max(10, Math.min(idleMs, slowMs) / 8));
    this.#timer.unref();
    server.once("close", () => clearInterval(this.#timer));
  }

  /** Whether this address has more connections than its share, this one among them. */
  isOverShare({ remoteAddress }: Session): boolean {
    const address = plain(remoteAddress);
    return !this.#trusted(address) && (this.#counts.get(address)?.clients ?? 0) > this.#limits.clientsOfOne;
  }

  /** @param gone is called when the client leaves, or has to, before the mail has ended */
  arrival({ remoteAddress, remotePort }: Session, gone: () => void): Arrival {
    const client = this.#clients.get(keyOf(remoteAddress, remotePort));
    if (!client) return { take: () => true, end: () => undefined };
    const now = performance.now();
    const mail = { since: now, read: 0, kept: 0, gone };
    client.mail = mail;
    return {
      take: (bytes, refused) => {
        mail.read += bytes;
        if (refused || !this.#hasRoom(client.address, bytes)) {
          this.#keep(client, mail, -mail.kept);
          return false;
        }
        this.#keep(client, mail, bytes);
        return true;
      },
      end: () => {
        this.#keep(client, mail, -mail.kept);
        client.since = performance.now();
        if (client.mail === mail) delete client.mail;
      },
    };
  }

  #hasRoom(address: string, bytes: number): boolean {
    if (this.#bytes + bytes > this.#limits.bytes) return false;
    return this.#trusted(address) || (this.#counts.get(address)?.bytes ?? 0) + bytes <= this.#limits.bytesOfOne;
  }

  #keep({ address }: Client, mail: { kept: number }, bytes: number): void {
    mail.kept += bytes;
    this.#bytes += bytes;
    this.#count(address, { bytes });
  }

  #count(address: string, { clients = 0, bytes = 0 }: { clients?: number; bytes?: number }): void {
    const { clients: others, bytes: before } = this.#counts.get(address) ?? { clients: 0, bytes: 0 };
    const counted = { clients: others + clients, bytes: before + bytes };
    if (counted.clients > 0 || counted.bytes > 0) this.#counts.set(address, counted);
    else this.#counts.delete(address);
  }

  #add(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined) return;
    const key = keyOf(remoteAddress, remotePort);
    const client: Client = { socket, address: plain(remoteAddress), since: performance.now() };
    this.#clients.set(key, client);
    this.#count(client.address, { clients: 1 });
    socket.once("close", () => {
      if (this.#clients.get(key) === client) this.#clients.delete(key);
      this.#count(client.address, { clients: -1 });
      const { mail } = client;
      if (!mail) return;
      delete client.mail;
      this.#keep(client, mail, -mail.kept);
      mail.gone();
    });
  }

  #sweep(): void {
    const now = performance.now();
    for (const { socket, since, mail } of this.#clients.values()) {
      const took = now - (mail?.since ?? since);
      const slow = mail && took > this.#limits.slowMs && mail.read < (took / 1_000) * this.#limits.bytesPerSecond;
      if (slow || (!mail && took > this.#limits.idleMs)) socket.destroy();
    }
  }
}

/** `::ffff:192.0.2.1` is 192.0.2.1. */
const plain = (address: string) => address.replace(/^::ffff:/i, "");
const keyOf = (address: string, port: number) => `${plain(address)}|${port}`;
