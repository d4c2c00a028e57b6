import { describe, expect, test } from "vitest";
import { buildHttpContext, errorOf, serveHttp } from "../../support/http.ts";

describe("whoever runs the hub", () => {
  test("sees that the process is up even when the database is not", async () => {
    const ready = () => Promise.reject(new Error("no database"));
    const { fetch } = await serveHttp(buildHttpContext().ctx, { ready });
    expect((await fetch("/healthz")).status).toBe(200);
  });

  test("sees when the database is reached, and when it is not", async () => {
    let reachable = true;
    const ready = () => (reachable ? Promise.resolve() : Promise.reject(new Error("connection refused")));
    const { ctx, lines } = buildHttpContext({ LOG_LEVEL: "error" });
    const { fetch } = await serveHttp(ctx, { ready });
    expect((await fetch("/readyz")).status).toBe(200);
    reachable = false;
    const response = await fetch("/readyz");
    expect(response.status).toBe(503);
    expect((await errorOf(response)).code).toBe("unavailable");
    expect(lines.join()).toContain("connection refused");
  });

  test("must show a key to read the metrics", async () => {
    const { fetch } = await serveHttp(buildHttpContext().ctx);
    const response = await fetch("/metrics");
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
  });
});
