import ipaddr from "ipaddr.js";
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { rateLimited } from "./errors.ts";
import type { RedisClient } from "./redis.ts";

/** So many points in so many seconds. */
export interface RateLimit {
  points: number;
  seconds: number;
}

/** What is left of a bucket. */
export interface RateLimitState {
  remaining: number;
  /** Whole seconds until it is full again. */
  reset: number;
}

/** Bounded use of anything that can be flooded. Counts are shared between nodes when there is a Redis. */
export interface RateLimits {
  /**
   * Takes points from the bucket `name` of `key`.
   * @throws AppError rate_limited when it is used up, with the seconds to wait.
   */
  consume(name: string, key: string, limit: RateLimit, points?: number): Promise<RateLimitState>;
  /** Throws as `consume` does when the bucket is used up, and takes nothing. */
  check(name: string, key: string, limit: RateLimit): Promise<void>;
  /** Fills the bucket again. */
  reset(name: string, key: string, limit: RateLimit): Promise<void>;
}

/** With a `redis`, nodes count together; while it fails, each counts for itself. */
export function createRateLimits(redis?: RedisClient): RateLimits {
  const limiters = new Map<string, RateLimiterAbstract>();

  function limiterOf(name: string, limit: RateLimit): RateLimiterAbstract {
    const id = `${name}:${limit.points}/${limit.seconds}`;
    let limiter = limiters.get(id);
    if (!limiter) {
      const options = { keyPrefix: `limit:${id}`, points: limit.points, duration: limit.seconds };
      const memory = new RateLimiterMemory(options);
      limiter = redis
        ? new RateLimiterRedis({
            ...options,
            storeClient: redis,
            useRedisPackage: true,
            rejectIfRedisNotReady: true,
            insuranceLimiter: memory,
            // A blocked key is answered from memory: a flood costs Redis nothing.
            inMemoryBlockOnConsumed: limit.points + 1,
          })
        : memory;
      limiters.set(id, limiter);
    }
    return limiter;
  }

  return {
    async consume(name, key, limit, points = 1) {
      try {
        const state = await limiterOf(name, limit).consume(key, points);
        return { remaining: state.remainingPoints, reset: secondsOf(state) };
      } catch (rejection) {
        if (rejection instanceof RateLimiterRes) throw rateLimited(secondsOf(rejection));
        throw rejection;
      }
    },
    async check(name, key, limit) {
      const state = await limiterOf(name, limit).get(key);
      if (state && state.consumedPoints >= limit.points) throw rateLimited(secondsOf(state));
    },
    async reset(name, key, limit) {
      await limiterOf(name, limit).delete(key);
    },
  };
}

function secondsOf(state: RateLimiterRes): number {
  return Math.max(1, Math.ceil(state.msBeforeNext / 1000));
}

/**
 * The key an address is counted under: IPv4 whole, IPv6 by its /64, since one subscriber owns all of that
 * (RFC 6177 section 2).
 */
export function addressKey(address: string | undefined): string {
  if (!address || !ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${(parsed as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":")}::/64`;
}
