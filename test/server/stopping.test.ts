import { request } from "node:http";
import { expect, test } from "vitest";
import { startTestApp } from "../support/app.ts";

test("a hub told to stop does so, though a client never ends its request", async () => {
  const app = await startTestApp();
  const endless = request(`${app.url}/api/v1/auth/login`, { method: "POST", headers: { "content-length": "100" } });
  const cut = new Promise<Error>((resolve) => endless.on("error", resolve));
  await new Promise<void>((resolve) => endless.write("{", () => resolve()));
  // The hub has begun with that request once it has answered another one.
  await fetch(`${app.url}/healthz`);
  await app.dispose();
  expect(await cut).toMatchObject({ code: "ECONNRESET" });
});
