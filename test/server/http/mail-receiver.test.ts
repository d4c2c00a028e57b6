import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Inbox } from "../../../contract/settings.ts";
import { startTestApp } from "../../support/app.ts";

test("an admin sees that another program has the mail server's port, and that it is free again", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const app = await startTestApp({ env: { SMTP_LISTEN_PORT: String(port) } });
  onTestFinished(() => app.dispose());
  const { body: inboxes } = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin);
  const path = `/inboxes/${inboxes.find(({ channel }) => channel === "email")?.id}/mailbox`;
  const receiver = async () =>
    (await app.call<{ receiver: { port: number; taken: boolean } }>("GET", path, undefined, app.admin)).body.receiver;
  await expect.poll(receiver).toEqual({ port, taken: true });
  await new Promise((resolve) => other.close(resolve));
  await expect.poll(receiver).toEqual({ port, taken: false });
});
