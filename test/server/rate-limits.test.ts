import { describe, expect, onTestFinished, test } from "vitest";
import { AppError } from "../../server/errors.ts";
import { createLog } from "../../server/log.ts";
import { addressKey, createRateLimits } from "../../server/rate-limits.ts";
import { connectRedis } from "../../server/redis.ts";
import { startRedisPeer } from "../support/redis.ts";

const log = createLog("silent");
const LIMIT = { points: 2, seconds: 60 };

async function refusal(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(() => undefined).catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw new Error("it was let through");
  return error;
}

describe("a bucket", () => {
  test("lets as many through as it has points, then says how long to wait", async () => {
    const limits = createRateLimits();
    await limits.consume("login", "ana", LIMIT);
    await limits.consume("login", "ana", LIMIT);
    const error = await refusal(limits.consume("login", "ana", LIMIT));
    expect(error.code).toBe("rate_limited");
    expect(error.details?.retryAfter).toBe(60);
  });

  test("is one per key and name", async () => {
    const limits = createRateLimits();
    await limits.consume("login", "ana", LIMIT, 2);
    await limits.consume("login", "ben", LIMIT);
    await limits.consume("upload", "ana", LIMIT);
  });

  test("can be looked at without taking, and filled again", async () => {
    const limits = createRateLimits();
    await limits.consume("login", "ana", LIMIT);
    await limits.check("login", "ana", LIMIT);
    await limits.consume("login", "ana", LIMIT);
    await refusal(limits.check("login", "ana", LIMIT));
    await limits.reset("login", "ana", LIMIT);
    await limits.consume("login", "ana", LIMIT);
  });
});

describe("with a Redis", () => {
  async function start() {
    const peer = await startRedisPeer();
    const nodes = await Promise.all([1, 2].map(() => connectRedis(peer.url, log)));
    onTestFinished(async () => {
      await Promise.all(nodes.map(({ close }) => close()));
      await peer.fail();
    });
    const [one, other] = nodes.map(({ client }) => createRateLimits(client));
    return { peer, one: one!, other: other! };
  }

  test("two nodes count together", async () => {
    const { peer, one, other } = await start();
    await one.consume("login", "ana", LIMIT);
    await other.consume("login", "ana", LIMIT);
    expect([...peer.counts.values()]).toEqual([2]);
    expect((await refusal(one.consume("login", "ana", LIMIT))).details?.retryAfter).toBe(60);
    await refusal(other.check("login", "ana", LIMIT));
    await other.check("login", "ben", LIMIT);
  });

  test("that fails, each node counts for itself", async () => {
    const { peer, one } = await start();
    await one.consume("login", "ana", LIMIT);
    await peer.fail();
    await one.consume("login", "ana", LIMIT);
    await one.consume("login", "ana", LIMIT);
    await refusal(one.consume("login", "ana", LIMIT));
    await refusal(one.check("login", "ana", LIMIT));
    await one.reset("login", "ana", LIMIT);
  });

  test("that is not there, the hub says so instead of starting", async () => {
    const { peer } = await start();
    await peer.fail();
    await expect(connectRedis(peer.url, log)).rejects.toThrow(/^the Redis of REDIS_URL is not reached: /);
  });
});

describe("an address", () => {
  test("of version 6 counts by the network one subscriber owns", () => {
    expect(addressKey("2001:db8:1:2:aaaa::1")).toBe(addressKey("2001:db8:1:2:bbbb::9"));
    expect(addressKey("2001:db8:1:2::1")).not.toBe(addressKey("2001:db8:1:3::1"));
  });

  test("of version 4 counts whole, also when written as version 6", () => {
    expect(addressKey("::ffff:192.0.2.7")).toBe("192.0.2.7");
    expect(addressKey("192.0.2.8")).not.toBe(addressKey("192.0.2.7"));
  });

  test("that is none still has a bucket", () => {
    expect(addressKey(undefined)).toBe("unknown");
  });
});
