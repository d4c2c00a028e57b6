import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ env: { DEMO: "false" } });
});
afterAll(() => app?.dispose());

describe("with the demo turned off", () => {
  it("no demo page is offered, and no customer is signed for whoever asks", async () => {
    expect((await app.call("GET", "/demo")).body).toEqual({ shop: false, mailbox: false });
    expect((await fetch(`${app.url}/demo`)).status).toBe(404);
  });
});
