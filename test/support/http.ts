import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { onTestFinished } from "vitest";
import { type Config, loadConfig } from "../../server/config.ts";
import { type Context, systemClock } from "../../server/context.ts";
import { Bus } from "../../server/events/bus.ts";
import { Health } from "../../server/health.ts";
import { createHttpApp, type HttpOptions } from "../../server/http/http-app.ts";
import { createTranslate } from "../../server/i18n.ts";
import { createLog } from "../../server/log.ts";
import { createMetrics } from "../../server/metrics.ts";
import { createRateLimits } from "../../server/rate-limits.ts";

const translate = createTranslate();

/** Settings for a test, in a data folder of its own. */
export function buildConfig(environment: Record<string, string> = {}): Config {
  const DATA_DIR = mkdtempSync(join(tmpdir(), "parley-test-"));
  return loadConfig({ DATA_DIR, PORT: "0", LOG_LEVEL: "silent", ...environment });
}

/** The part of the context that HTTP itself needs: no database, no channels, no bot. `lines` is what was logged. */
export function buildHttpContext(environment: Record<string, string> = {}): { ctx: Context; lines: string[] } {
  const config = buildConfig(environment);
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const log = createLog(config.logLevel, sink);
  const ctx = {
    config,
    log,
    translate,
    clock: systemClock,
    bus: new Bus((error) => log.error({ err: error }, "subscriber failed")),
    limits: createRateLimits(),
    metrics: createMetrics(),
    databaseHealth: () => ({ engine: "embedded", disk: "ok", damage: [], checkedAt: null }),
    health: new Health(),
  } as unknown as Context;
  return { ctx, lines };
}

export interface TestHttp {
  url: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** Serves a context on a free port until the test ends. */
export async function serveHttp(ctx: Context, options: Partial<HttpOptions> = {}): Promise<TestHttp> {
  const app = createHttpApp(ctx, { routes: [], ready: async () => {}, verifyResponses: true, ...options });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, fetch: (path, init) => fetch(url + path, init) };
}

/** The error in a response: `{code, message, details?}`. */
export async function errorOf(response: Response): Promise<{ code: string; message: string; details?: unknown }> {
  const body = (await response.json()) as { error: { code: string; message: string; details?: unknown } };
  return body.error;
}
