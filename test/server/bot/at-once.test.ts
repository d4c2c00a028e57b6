import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { insite, messagesOf, shopper } from "./support.ts";

/** A model that answers when the test lets it, and notices who has left. */
let app: TestApp;
let model: Server;
let asked: { body: string; answer(text: string): void; left: boolean }[] = [];

beforeAll(async () => {
  model = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const call = {
        body: Buffer.concat(chunks).toString(),
        left: false,
        answer(text: string) {
          if (call.body.includes('"stream":true')) {
            response.writeHead(200, { "Content-Type": "text/event-stream" });
            response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`);
            return;
          }
          const message = {
            role: "assistant",
            content: null,
            tool_calls: [{ id: "1", type: "function", function: { name: "hand_off", arguments: text } }],
          };
          response.writeHead(200, { "Content-Type": "application/json" });
          response.end(JSON.stringify({ choices: [{ index: 0, message }], usage: { total_tokens: 10 } }));
        },
      };
      response.on("close", () => {
        call.left = !response.writableFinished;
      });
      asked.push(call);
    });
  });
  await new Promise<void>((resolve) => model.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`;
  app = await startTestApp({ env: { OPENAI_BASE_URL: url } });
});
afterAll(async () => {
  model?.closeAllConnections();
  model?.close();
  await app?.dispose();
});

it("what a buyer adds while the bot thinks is answered together with the rest, once", async () => {
  asked = [];
  const ana = await shopper(app);
  await ana.write("How do I return an item?");
  await expect.poll(() => asked.length, { timeout: 15_000 }).toBe(1);
  await ana.write("It is a lamp");
  await ana.write("and it is blue");
  asked[0]?.answer("{}");
  // The first thought is dropped: the bot thinks again with everything.
  await expect.poll(() => asked.length, { timeout: 15_000 }).toBe(2);
  expect(asked[1]?.body).toContain("and it is blue");
  asked[1]?.answer("{}");
  await expect.poll(() => ana.got.length, { timeout: 15_000 }).toBe(1);
  await app.idle();
  await app.sweep();
  await app.idle();
  const replies = (await messagesOf(app, ana.conversationId)).filter(({ author }) => author.type === "bot");
  expect(replies).toHaveLength(1);
  expect(asked).toHaveLength(2);
  ana.close();
});

it("a copilot that an agent stops stops asking the model", async () => {
  const id = await insite(app, "stop", "Hello");
  asked = [];
  const stop = new AbortController();
  const request = fetch(`${app.url}/api/v1/conversations/${id}/copilot`, {
    method: "POST",
    headers: { "content-type": "application/json", ...("cookie" in app.admin && { cookie: app.admin.cookie }) },
    body: JSON.stringify({ kind: "shorter", text: "Something rather long." }),
    signal: stop.signal,
  });
  await expect.poll(() => asked.length).toBe(1);
  asked[0]?.answer("Short");
  const reader = (await request).body!.getReader();
  const { value } = await reader.read();
  expect(new TextDecoder().decode(value)).toContain('"delta"');
  stop.abort();
  await expect.poll(() => asked[0]?.left).toBe(true);
});
