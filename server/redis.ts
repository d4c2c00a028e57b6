import { createClient } from "redis";
import type { Log } from "./log.ts";

export type RedisClient = ReturnType<typeof newClient>;

const CONNECT_TIMEOUT_MS = 5_000;
const LONGEST_WAIT_MS = 3_000;

/**
 * A connection to the Redis that joins several nodes. It must be there when the hub starts; a connection lost later is taken
 * up again, and what needs it meanwhile fails at once instead of piling up.
 * @throws with a line for the operator when it can not be reached
 */
export async function connectRedis(
  url: string,
  log: Log,
): Promise<{ client: RedisClient; close: () => Promise<void> }> {
  let connected = false;
  const client = newClient(url, () => connected);
  client.on("error", (error: Error) => {
    if (connected) log.warn({ err: error }, "Redis is not reached");
  });
  try {
    await client.connect();
  } catch (error) {
    throw new Error(`the Redis of REDIS_URL is not reached: ${(error as Error).message}`, { cause: error });
  }
  connected = true;
  log.info("Redis connected");
  return {
    client,
    async close() {
      if (client.isReady) await client.close();
      else client.destroy();
    },
  };
}

function newClient(url: string, wasConnected: () => boolean) {
  return createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (retries, cause) => (wasConnected() ? Math.min(50 * 2 ** retries, LONGEST_WAIT_MS) : cause),
    },
  });
}
