import { io, type Socket } from "socket.io-client";
import type { BuyerAuth, BuyerClientEvents, BuyerServerEvents } from "../../../contract/buyer.ts";
import type { ErrorBody } from "../../../contract/errors.ts";
import type { TestApp } from "../../support/app.ts";

export type BuyerClient = Socket<BuyerServerEvents, BuyerClientEvents>;

/** Opens a link as a browser does; the cookie it sets, and where it leads. */
export async function openLink(app: TestApp, link: string): Promise<{ cookie: string; location: string }> {
  const url = new URL(link);
  const response = await fetch(`${app.url}${url.pathname}${url.search}`, { redirect: "manual" });
  return {
    cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "",
    location: response.headers.get("location") ?? "",
  };
}

/** The cookie of a buyer whom the shop vouches for by API. */
export async function buyerCookie(app: TestApp, who: Record<string, unknown>): Promise<{ cookie: string }> {
  const { status, body } = await app.call<{ url: string }>("POST", "/buyer-links", who, app.admin);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return { cookie: (await openLink(app, body.url)).cookie };
}

/** A page of the message centre with a thread open; rejects with the refusal's body. */
export async function connectBuyer(
  app: Pick<TestApp, "url">,
  { cookie }: { cookie: string },
  auth: BuyerAuth = {},
  headers: Record<string, string> = {},
): Promise<BuyerClient> {
  const socket: BuyerClient = io(`${app.url}/buyer`, {
    auth,
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    extraHeaders: { cookie, ...headers },
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("session", () => resolve());
    socket.once("connect_error", (error) => {
      socket.disconnect();
      reject((error as Error & { data?: ErrorBody }).data ?? error);
    });
  });
  return socket;
}
