import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { WebhookBody } from "../../contract/webhook.ts";

export interface Hook {
  delivery: string;
  headers: IncomingHttpHeaders;
  raw: string;
  body: WebhookBody;
}

export interface Receiver {
  url: string;
  /** What came in, whatever was answered. */
  hooks: Hook[];
  /** Resolves when a hook came that passes. */
  until(passes: (hooks: Hook[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** How a receiver answers: a status, or a promise of one for a slow receiver. */
export type Answer = (hook: Hook) => number | Promise<number>;

/** A webhook receiver on a port of its own, or on a given one. */
export async function startReceiver(answer: Answer = () => 200, port = 0): Promise<Receiver> {
  const hooks: Hook[] = [];
  const waiting = new Set<() => void>();
  const server: Server = createServer(async (req, res) => {
    let raw = "";
    for await (const chunk of req) raw += chunk;
    const hook = {
      delivery: String(req.headers["x-parley-delivery"]),
      headers: req.headers,
      raw,
      body: JSON.parse(raw),
    };
    hooks.push(hook);
    for (const check of waiting) check();
    res.writeHead(await answer(hook)).end("noted");
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    hooks,
    until: (passes) =>
      new Promise((resolve) => {
        const check = () => {
          if (!passes(hooks)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
