import { rm } from "node:fs/promises";
import { expect, it, onTestFinished } from "vitest";
import { startTestApp } from "../../support/app.ts";
import { startLlmServer } from "../../support/llm-server.ts";

it("the FAQ's embeddings are asked for once in the life of the database, and answers do not wait for them", async () => {
  const llm = await startLlmServer([{ status: 500 }]);
  onTestFinished(() => llm.close());
  const env = { OPENAI_BASE_URL: llm.baseURL, OPENAI_EMBEDDING_MODEL: "vec" };
  const texts = () =>
    llm.calls.filter(({ path }) => path.endsWith("/embeddings")).flatMap(({ body }) => body.input ?? []);
  const first = await startTestApp({ env });
  onTestFinished(() => rm(first.dataDir, { recursive: true, force: true }));
  const preview = (app: typeof first) =>
    app.call<{ decision: string }>("POST", "/bot/preview", { text: "How do I return an item?" }, app.admin);
  expect((await preview(first)).body).toMatchObject({
    decision: "answer",
    sources: [{ externalId: "return-an-item" }, {}, {}, {}, {}],
  });
  const settings = await first.call("GET", "/bot/settings", undefined, first.admin);
  expect(settings.body).toMatchObject({ embeddings: true });
  await expect.poll(() => texts().length, { timeout: 20_000 }).toBeGreaterThan(100);
  // Waits for the round that runs: what it brings is kept before the bot closes.
  let known = 0;
  await expect
    .poll(
      () => {
        const before = known;
        known = texts().length;
        return known === before;
      },
      { interval: 500, timeout: 20_000 },
    )
    .toBe(true);
  await first.stop();

  const second = await startTestApp({ env, dataDir: first.dataDir });
  onTestFinished(() => second.stop());
  expect((await preview(second)).body).toMatchObject({ decision: "answer" });
  expect(new Set(texts()).size).toBe(texts().length);
});
