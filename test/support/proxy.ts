import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

export interface TestProxy {
  url: string;
  close(): Promise<void>;
}

/**
 * A reverse proxy in front of a hub, as nginx is set up: it adds its own entry to what the client sent. `addressOf` says
 * which client a request comes from, since all tests come from one. `upgrades: "hang"` leaves WebSockets without an answer.
 */
export async function startProxy(
  hub: string,
  options: {
    addressOf?: (req: IncomingMessage) => string;
    headers?: (req: IncomingMessage, address: string) => Record<string, string>;
    upgrades?: "pass" | "hang";
  } = {},
): Promise<TestProxy> {
  const { hostname, port } = new URL(hub);
  const { addressOf = () => "203.0.113.1", headers = xForwarded, upgrades = "pass" } = options;
  const held = new Set<Duplex>();
  const sent = (req: IncomingMessage) => ({ ...req.headers, ...headers(req, addressOf(req)) });
  const server = createServer((req, res) => {
    const onward = request({ hostname, port, path: req.url, method: req.method, headers: sent(req) }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    onward.on("error", () => res.destroy());
    res.on("close", () => onward.destroy());
    req.pipe(onward);
  });
  server.on("upgrade", (req, near: Duplex, head) => {
    held.add(near);
    near.on("close", () => held.delete(near));
    near.on("error", () => near.destroy());
    if (upgrades === "hang") return;
    const far = connect(Number(port), hostname);
    const lines = Object.entries(sent(req)).map(([name, value]) => `${name}: ${value}`);
    far.write(`${req.method} ${req.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    far.write(head);
    near.pipe(far).pipe(near);
    far.on("error", () => near.destroy());
    near.on("close", () => far.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of held) socket.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** `proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for`, in nginx's words. */
export function xForwarded({ headers }: IncomingMessage, address: string): Record<string, string> {
  const before = headers["x-forwarded-for"];
  return { "x-forwarded-for": before ? `${before}, ${address}` : address, "x-forwarded-proto": "https" };
}

/** The same by RFC 7239. */
export function forwarded({ headers }: IncomingMessage, address: string): Record<string, string> {
  const mine = `for="${address.includes(":") ? `[${address}]` : address}:4711";proto=https`;
  return { forwarded: headers.forwarded ? `${headers.forwarded}, ${mine}` : mine };
}
