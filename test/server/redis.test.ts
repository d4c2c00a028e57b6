import { expect, onTestFinished, test } from "vitest";
import { startTestApp } from "../support/app.ts";
import { startRedisPeer } from "../support/redis.ts";

test("a hub with REDIS_URL counts its limits where the other nodes do, and stops cleanly", async () => {
  const peer = await startRedisPeer();
  onTestFinished(() => peer.fail());
  const app = await startTestApp({ env: { REDIS_URL: peer.url, SECRET_KEY: "k".repeat(32) } });
  expect((await app.call("GET", "/auth/session", undefined, app.admin)).status).toBe(200);
  await app.dispose();
  const names = [...peer.counts.keys()].map((key) => key.split(":")[1]);
  expect(names).toEqual(expect.arrayContaining(["login-address", "viewer"]));
});
