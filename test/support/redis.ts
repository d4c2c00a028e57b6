import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";

export interface RedisPeer {
  url: string;
  /** What every key counts to. */
  counts: Map<string, number>;
  /** Cuts all connections and refuses new ones. */
  fail(): Promise<void>;
}

type Reply = string | number | null | Reply[];

/**
 * A scripted Redis for as much as the rate limits ask of it: the handshake, the one script that counts (EVAL), and GET
 * with PTTL in a transaction. It answers in RESP2, as Redis does to a client that does not say HELLO 3.
 */
export async function startRedisPeer(): Promise<RedisPeer> {
  const counts = new Map<string, number>();
  const sockets = new Set<Socket>();

  function answer([name = "", ...words]: string[]): Reply {
    switch (name.toUpperCase()) {
      case "EVAL": {
        const [, keys, key = "", points] = words;
        if (keys !== "1") throw new Error("one key expected");
        const count = (counts.get(key) ?? 0) + Number(points);
        counts.set(key, count);
        return [count, 60_000];
      }
      case "GET":
        return counts.get(words[0] ?? "")?.toString() ?? null;
      case "PTTL":
        return counts.has(words[0] ?? "") ? 60_000 : -2;
      case "DEL":
        return Number(counts.delete(words[0] ?? ""));
      default:
        return "OK";
    }
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    let input = "";
    let transaction: string[][] | undefined;
    socket.on("data", (chunk) => {
      input += chunk.toString("latin1");
      for (let read = readCommand(input); read; read = readCommand(input)) {
        input = input.slice(read.length);
        const command = read.words;
        const name = command[0]?.toUpperCase();
        if (name === "MULTI") {
          transaction = [];
          socket.write("+OK\r\n");
        } else if (name === "EXEC") {
          socket.write(encode((transaction ?? []).map(answer)));
          transaction = undefined;
        } else if (transaction) {
          transaction.push(command);
          socket.write("+QUEUED\r\n");
        } else socket.write(encode(answer(command)));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    fail() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The first whole command of the input: `*2\r\n$3\r\nGET\r\n$1\r\na\r\n`. */
function readCommand(input: string): { words: string[]; length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(input);
  if (!head) return undefined;
  let at = head[0].length;
  const words: string[] = [];
  for (let count = Number(head[1]); count > 0; count -= 1) {
    const size = /^\$(\d+)\r\n/.exec(input.slice(at));
    if (!size) return undefined;
    const from = at + size[0].length;
    const to = from + Number(size[1]);
    if (input.length < to + 2) return undefined;
    words.push(input.slice(from, to));
    at = to + 2;
  }
  return { words, length: at };
}

function encode(reply: Reply): string {
  if (reply === null) return "$-1\r\n";
  if (typeof reply === "number") return `:${reply}\r\n`;
  if (typeof reply === "string") return `$${reply.length}\r\n${reply}\r\n`;
  return `*${reply.length}\r\n${reply.map(encode).join("")}`;
}
