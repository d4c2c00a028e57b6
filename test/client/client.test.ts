import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError, type Client, createClient } from "../../client/index.ts";
import { generateClient } from "../../scripts/generate-client.ts";
import { startTestApp, type TestApp } from "../support/app.ts";

it("the client is as the API is: run `npm run client` when this fails", async () => {
  const written = await readFile(join(import.meta.dirname, "..", "..", "client", "api.ts"), "utf8");
  expect(written === generateClient()).toBe(true);
});

describe("a partner's program", () => {
  let app: TestApp;
  let client: Client;
  let apiKey: string;
  beforeAll(async () => {
    app = await startTestApp();
    const made = await app.call<{ key: string }>("POST", "/api-keys", { name: "p", role: "admin" }, app.admin);
    apiKey = made.body.key;
    client = createClient({ url: app.url, apiKey });
  });
  afterAll(() => app.dispose());

  const event = (at: number) => ({
    eventId: `e-${at}`,
    type: "paid",
    occurredAt: "2026-05-02T09:00:00Z",
    orderId: `o-${at}`,
    buyer: { externalId: "b-1" },
  });

  it("reports orders and reads them, all pages of them", async () => {
    const receipts = await client.call("POST /orders/events", {
      body: Array.from({ length: 7 }, (_, at) => event(at)),
    });
    expect(receipts).toHaveLength(7);
    const numbers: string[] = [];
    for await (const order of client.all("GET /orders", { query: { limit: 3 } })) numbers.push(order.number ?? "");
    expect(numbers.sort()).toEqual(Array.from({ length: 7 }, (_, at) => `o-${at}`));
    const [order] = (await client.call("GET /orders", { query: { q: "o-3" } })).items;
    expect((await client.call("GET /orders/{id}", { params: { id: order?.id ?? "" } })).state).toBe("paid");
  });

  it("learns of a refusal by its code, and of a lost race by the version", async () => {
    const wrong = client.call("GET /orders/{id}", { params: { id: "0123456789abcdef01234567" } });
    await expect(wrong).rejects.toMatchObject({ name: "ApiError", status: 404, code: "not_found" });
    const faq = await client.call("POST /faqs", { body: { questions: { en: ["Open?"] }, answers: { en: "Yes." } } });
    const change = (answer: string) =>
      client.call("PATCH /faqs/{id}", {
        params: { id: faq.id },
        body: { answers: { en: answer } },
        version: faq.version,
      });
    await change("Always.");
    await expect(change("Never.")).rejects.toMatchObject({ status: 409, code: "version_mismatch" });
    expect(await client.call("DELETE /faqs/{id}", { params: { id: faq.id } })).toBeUndefined();
    await expect(createClient({ url: app.url }).call("GET /orders")).rejects.toThrow(ApiError);
  });

  it("posts once, also when the answer got lost on the way", async () => {
    let lost = 1;
    const flaky = createClient({
      url: app.url,
      apiKey,
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (init?.method === "POST" && lost-- > 0) throw new TypeError("the connection broke");
        return response;
      },
    });
    const key = await flaky.call("POST /webhooks", { body: { url: "https://shop.invalid/hook", name: "once" } });
    const webhooks = await client.call("GET /webhooks");
    expect(webhooks.filter(({ name }) => name === "once").map(({ id }) => id)).toEqual([key.id]);
  });

  it("sends a file as it is", async () => {
    const made = await client.call("POST /imports/upload", {
      query: { name: "orders.csv" },
      body: new Blob(["id,status\n1,paid\n"], { type: "text/csv" }),
    });
    expect(made).toMatchObject({ name: "orders.csv", total: 1, mapping: { orderId: "id", status: "status" } });
  });
});
