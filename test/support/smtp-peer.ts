import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** Where a mail server may misbehave: before its greeting, in answer to a command, or to the whole text of a mail. */
export type Stage = "greeting" | "EHLO" | "MAIL" | "RCPT" | "DATA" | "text";
/** `cut`: the connection ends without an answer. `swallow`: the mail is taken first, then cut. `hang`: nothing more is said. */
export type Conduct = "answer" | "cut" | "swallow" | "hang";

export interface SmtpPeer {
  port: number;
  url: string;
  /** Mails it took, with or without saying so. */
  mails: { messageId: string; to: string[]; subject: string; raw: string }[];
  /** How often a client came to this stage. */
  reached(stage: Stage): number;
  /** Connections on which nothing more was said, and which the client gave up. */
  givenUp: number;
  /** Ends all connections. */
  drop(): void;
  close(): Promise<void>;
}

/** A mail server that does what a test says, at every stage. `conduct` may take its time. */
export async function startSmtpPeer(
  conduct: (stage: Stage, mail: { to: string[]; messageId: string }) => Conduct | Promise<Conduct> = () => "answer",
  port = 0,
): Promise<SmtpPeer> {
  const counts = new Map<Stage, number>();
  const sockets = new Set<Socket>();
  const peer: SmtpPeer = {
    port: 0,
    url: "",
    mails: [],
    givenUp: 0,
    reached: (stage) => counts.get(stage) ?? 0,
    drop() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      peer.drop();
      server.close();
      await once(server, "close");
    },
  };

  const serve = async (socket: Socket) => {
    let to: string[] = [];
    const reach = async (stage: Stage, answer: string, messageId = ""): Promise<Conduct> => {
      counts.set(stage, (counts.get(stage) ?? 0) + 1);
      const how = await conduct(stage, { to, messageId });
      if (how === "answer") socket.write(`${answer}\r\n`);
      if (how === "hang") socket.once("close", () => (peer.givenUp += 1));
      if (how === "cut" || how === "swallow") socket.destroy();
      return how;
    };
    if ((await reach("greeting", "220 peer.example ESMTP")) !== "answer") return;
    let text: string[] | undefined;
    for await (const line of createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (text) {
        if (line !== ".") {
          text.push(line);
          continue;
        }
        const raw = text.join("\r\n");
        const header = (name: string) => new RegExp(`^${name}: (.*)$`, "im").exec(raw)?.[1]?.trim() ?? "";
        text = undefined;
        const mail = { messageId: header("message-id"), subject: header("subject"), to, raw };
        const how = await reach("text", "250 2.0.0 taken", mail.messageId);
        if (how === "answer" || how === "swallow") peer.mails.push(mail);
        if (how !== "answer") return;
        to = [];
        continue;
      }
      const [command = ""] = line.toUpperCase().split(/[ :]/, 1);
      if (command === "QUIT") return void socket.end("221 bye\r\n");
      if (command === "RSET") {
        to = [];
        socket.write("250 ok\r\n");
        continue;
      }
      if (command === "RCPT") to.push(/<([^>]*)>/.exec(line)?.[1] ?? "");
      const stage =
        command === "EHLO" || command === "MAIL" || command === "RCPT" || command === "DATA" ? command : "EHLO";
      if ((await reach(stage, command === "DATA" ? "354 go ahead" : "250 ok")) !== "answer") return;
      if (command === "DATA") text = [];
    }
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    serve(socket).catch(() => socket.destroy());
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  peer.port = typeof address === "object" && address ? address.port : 0;
  peer.url = `smtp://127.0.0.1:${peer.port}`;
  return peer;
}
