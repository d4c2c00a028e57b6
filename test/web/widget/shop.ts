import { createServer } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import type { Page } from "playwright-core";

const HOSTILE_CSS = `
  * { font-family: fantasy !important; letter-spacing: 9px; box-sizing: content-box; }
  div { display: none; } button { background: red; width: 3px; } p, ol { margin: 99px; } body { direction: rtl; }
`;

/**
 * A shop on another origin, with a policy that allows nothing inline and styles that would break any markup of its page.
 * `tag` are attributes of the script tag. Answers one page on every path.
 */
export async function startShop(hub: string, tag = 'data-inbox="chat"') {
  const wsHub = hub.replace("http", "ws");
  const server = createServer((req, res) => {
    if (req.url === "/shop.css") {
      res.setHeader("content-type", "text/css").end(HOSTILE_CSS);
      return;
    }
    res
      .setHeader("content-type", "text/html; charset=utf-8")
      .setHeader(
        "content-security-policy",
        `default-src 'none'; script-src ${hub}; style-src 'self'; img-src 'self' ${hub}; connect-src ${hub} ${wsHub}`,
      )
      .end(
        `<!doctype html><html lang="en"><head><title>Shop</title>` +
          `<link rel="stylesheet" href="/shop.css"><script src="${hub}/widget.js" ${tag} async></script></head>` +
          `<body><h1>Shop</h1><button id="buy">Buy</button></body></html>`,
      );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
}

/** A way to the hub that can be cut: then every connection breaks and no new one comes through. */
export async function startWire(hub: string) {
  const { hostname, port } = new URL(hub);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createTcpServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      isCut = false;
    },
    close() {
      this.cut();
      return new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

/** What went wrong in a page: exceptions, and whatever its console calls an error or a warning. */
export function collectProblems(page: Page): string[] {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      problems.push(`${message.type()}: ${message.text()}`);
  });
  return problems;
}
