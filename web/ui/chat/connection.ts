import type { Socket } from "socket.io-client";
import type { BuyerServerEvents } from "../../../contract/buyer.ts";
import type { ErrorBody } from "../../../contract/errors.ts";
import type {
  Ack,
  HistoryResult,
  PublicMessage,
  WidgetClientEvents,
  WidgetServerEvents,
  WidgetSession,
} from "../../../contract/sockets.ts";
import type { OutboxItem } from "./outbox.ts";
import { Refused, type Transport } from "./sync.ts";
import { openSocket } from "./transports.ts";

/** An acknowledgement that takes longer is taken for lost; sending again is harmless. */
const ACK_TIMEOUT = 10_000;

/** The hub's greeting; a visitor's token comes to widgets alone. */
export type ChatSession = Omit<WidgetSession, "visitorToken"> & { visitorToken?: string };

/** What the hub tells a widget, or a page of the message centre. */
type ChatEvents = Omit<WidgetServerEvents, "session"> &
  Pick<BuyerServerEvents, "threads:changed"> & { session: (session: ChatSession) => void };

export interface ConnectionOptions {
  base: URL;
  /** The hub's side of it. */
  namespace: "widget" | "buyer";
  /** Asked anew for every attempt. */
  auth: () => Record<string, unknown>;
  on: ChatEvents & {
    /** The connection is gone, or could not be made; another attempt follows by itself. */
    down: () => void;
    /** The hub does not let us in. Returns whether to try again, with what `auth` then says. */
    refused: (error: ErrorBody) => "now" | "later" | "never";
  };
}

/** The buyer's socket: typed, acknowledged, with refusals as errors. Connects when told to. */
export class Connection implements Transport {
  readonly #socket: Socket<ChatEvents, WidgetClientEvents>;
  readonly #on: ConnectionOptions["on"];
  #wanted = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ base, namespace, auth, on }: ConnectionOptions) {
    this.#on = on;
    this.#socket = openSocket(`${base.origin}/${namespace}`, {
      path: `${base.pathname}socket.io/`,
      autoConnect: false,
      auth: (tell) => tell(auth()),
      reconnectionDelayMax: 30_000,
    });
    const socket = this.#socket;
    socket.on("session", (session) => {
      this.#failures = 0;
      on.session(session);
    });
    socket.on("message:new", on["message:new"]);
    socket.on("message:updated", on["message:updated"]);
    socket.on("conversation:updated", on["conversation:updated"]);
    socket.on("threads:changed", on["threads:changed"]);
    socket.on("typing", on.typing);
    socket.on("problem", on.problem);
    const wake = () => {
      if (this.#wanted && !socket.connected && document.visibilityState === "visible") this.renew();
    };
    // Back from a tunnel or from sleep, nobody waits for the next scheduled attempt.
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    socket.on("disconnect", () => this.#lost());
    socket.on("connect_error", (error) => this.#lost((error as Error & { data?: ErrorBody }).data));
  }

  open(): void {
    this.#wanted = true;
    this.#socket.connect();
  }

  close(): void {
    this.#wanted = false;
    clearTimeout(this.#timer);
    this.#socket.disconnect();
  }

  /** Attempts to connect now, instead of after the pause that failures have earned. */
  renew(): void {
    this.close();
    this.open();
  }

  history(query: { afterSeq?: number; beforeSeq?: number; limit?: number }): Promise<HistoryResult> {
    return this.#ask<HistoryResult>((ack) => this.#socket.timeout(ACK_TIMEOUT).emit("history", query, ack));
  }

  async send({ echoId, text, attachments, human }: OutboxItem): Promise<PublicMessage> {
    const payload = {
      echoId,
      text,
      ...(attachments.length > 0 && { attachments: attachments.map(({ id }) => id) }),
      ...(human && { human }),
    };
    const { message } = await this.#ask<{ message: PublicMessage }>((ack) =>
      this.#socket.timeout(ACK_TIMEOUT).emit("message:send", payload, ack),
    );
    return message;
  }

  typing(on: boolean): void {
    // Volatile: an old "is typing" says nothing.
    if (this.#socket.connected) this.#socket.volatile.emit("typing", { on });
  }

  read(seq: number): void {
    if (this.#socket.connected) this.#socket.emit("read", { seq });
  }

  /** Where answers go once the buyer has left; without one, they would rather not say. */
  email(email?: string): void {
    this.#socket.emit("email", { email });
  }

  #ask<T>(emit: (ack: (timeout: Error | null, result: Parameters<Ack<T>>[0]) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.#socket.connected) {
        reject(new Error("not connected"));
        return;
      }
      emit((timeout, result) => {
        if (timeout) reject(timeout);
        else if (result.ok) resolve(result);
        else reject(new Refused(result.error));
      });
    });
  }

  /** Socket.IO comes back by itself after a cut, but neither after a refusal nor when the hub ended the connection. */
  #lost(refusal?: ErrorBody): void {
    if (!this.#wanted) return;
    const verdict = refusal ? this.#on.refused(refusal) : "later";
    this.#on.down();
    if (verdict === "never") this.close();
    if (!this.#wanted || this.#socket.active) return;
    clearTimeout(this.#timer);
    const pause = verdict === "now" ? 0 : Math.min(60_000, 1_000 * 2 ** this.#failures++) * (0.5 + Math.random());
    this.#timer = setTimeout(() => this.#wanted && this.#socket.connect(), pause);
  }
}
