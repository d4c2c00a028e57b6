import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { routes } from "../../server/http/routes/index.ts";
import { IdempotencyModel } from "../../server/models/idempotency.ts";
import { decrypt } from "../../server/signing.ts";
import { createColleague, startTestApp, type TestApp } from "../support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.dispose());

async function post(path: string, body: unknown, key: string) {
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key, ...(app.admin as { cookie: string }) },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe("what is shown once", () => {
  const cases: [path: string, body: object, field: string][] = [
    ["/api-keys", { name: "Replayed" }, "key"],
    ["/users", { name: "Rita", email: "rita@example.com", role: "agent" }, "password"],
    ["/webhooks", { url: "https://shop.invalid/" }, "secret"],
    ["/integrations", { platform: "woocommerce", settings: { shop: "https://shop.example.com" } }, "secret"],
    ["/buyer-links", { externalId: "b-1" }, "url"],
  ];
  it.each(cases)(
    "%s does not show it to a repeat under the same Idempotency-Key, nor keep it",
    async (path, body, field) => {
      const key = `once ${path}`;
      const first = await post(path, body, key);
      const shown = first.body[field];
      expect([path, typeof shown]).toEqual([path, "string"]);
      const again = await post(path, body, key);
      const { [field]: _shown, ...rest } = first.body;
      expect(again).toEqual({ status: first.status, body: { ...rest, withheld: [field] } });
      const kept = await IdempotencyModel.find({ expiresAt: { $gt: new Date() } }).lean();
      expect(kept.length).toBeGreaterThan(0);
      for (const each of kept) {
        expect(each.body && decrypt(app.ctx.config.secretKey, each.body)).not.toContain(shown);
      }
    },
  );

  it("is declared by every route whose answer has such a field", () => {
    const secretive = /^(secret|password|token|key)$/;
    const forgotten = routes
      .filter(({ method, auth }) => method === "post" && auth === "user")
      .flatMap(({ path, responses, shownOnce }) =>
        Object.values(responses).flatMap((schema) =>
          schema instanceof z.ZodObject
            ? Object.keys(schema.shape)
                .filter((name) => secretive.test(name) && !shownOnce.includes(name))
                .map((name) => `${path} ${name}`)
            : [],
        ),
      );
    // Their keys are names, no secrets.
    const names = /^\/(inboxes|automations|templates)\S* key$/;
    expect(forgotten.filter((each) => !names.test(each))).toEqual([]);
  });
});

describe("a link that opens a buyer's messages", () => {
  const mint = (as: Parameters<TestApp["call"]>[3]) => app.call("POST", "/buyer-links", { externalId: "b-1" }, as);
  const keyOf = async (body: object) =>
    (await app.call<{ key: string }>("POST", "/api-keys", { name: "K", ...body }, app.admin)).body.key;

  it("is made by supervisors and admins, not by agents", async () => {
    const agent = await createColleague(app, { name: "Amy Agent" });
    const supervisor = await createColleague(app, { name: "Sue Supervisor", role: "supervisor" });
    expect((await mint(agent.credentials)).status).toBe(403);
    expect((await mint(supervisor.credentials)).status).toBe(201);
  });

  it("is made by keys of such a role that have the scope, or no scopes at all", async () => {
    const status = async (body: object) => (await mint({ key: await keyOf(body) })).status;
    expect(await status({ role: "agent" })).toBe(403);
    expect(await status({ role: "agent", scopes: ["buyer-links:write"] })).toBe(403);
    expect(await status({ role: "supervisor", scopes: ["insite:write"] })).toBe(403);
    expect(await status({ role: "supervisor", scopes: ["buyer-links:write"] })).toBe(201);
    expect(await status({ role: "admin" })).toBe(201);
  });
});
