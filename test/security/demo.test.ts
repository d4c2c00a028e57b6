import { afterEach, describe, expect, it } from "vitest";
import type { Inbox } from "../../contract/settings.ts";
import { createColleague, startTestApp, type TestApp } from "../support/app.ts";

let app: TestApp;
afterEach(() => app?.dispose());

describe("with the demo turned off", () => {
  it("no demo page is offered, and no customer is signed for whoever asks", async () => {
    app = await startTestApp({ env: { DEMO: "false" } });
    expect((await app.call("GET", "/demo")).body).toEqual({ shop: false, mailbox: false });
    expect((await fetch(`${app.url}/demo`)).status).toBe(404);
  });
});

describe("the demo", () => {
  it("ends when a real mailbox is connected", async () => {
    app = await startTestApp();
    expect((await app.call("GET", "/demo")).body).toMatchObject({ shop: true, mailbox: true });
    const { body: inboxes } = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin);
    const email = inboxes.find(({ channel }) => channel === "email");
    const imap = { host: "127.0.0.1", port: 1, security: "none", user: "u", password: "p" };
    const saved = await app.call("PATCH", `/inboxes/${email?.id}/mailbox`, { imap }, app.admin);
    expect(saved.status).toBe(200);
    expect((await app.call("GET", "/demo")).body).toEqual({ shop: false, mailbox: false });
    expect((await fetch(`${app.url}/demo`)).status).toBe(404);
    expect((await app.call("GET", "/demo/mails", undefined, app.admin)).status).toBe(404);
  });

  it("shows its mailbox, with everybody's links and codes, to admins alone", async () => {
    app = await startTestApp();
    const mail = { from: "ana@buyer.example", to: "support@parley.localhost", text: "Hello" };
    const { credentials: supervisor } = await createColleague(app, { name: "Sam", role: "supervisor" });
    for (const [who, status] of [
      [undefined, 401],
      [supervisor, 403],
    ] as const) {
      expect((await app.call("GET", "/demo/mails", undefined, who)).status).toBe(status);
      expect((await app.call("POST", "/demo/mails", mail, who)).status).toBe(status);
      for (const part of ["", "/html", "/files/0"]) {
        const one = await app.call("GET", `/demo/mails/64f000000000000000000001${part}`, undefined, who);
        expect(one.status).toBe(status);
      }
    }
    expect((await app.call("POST", "/demo/mails", mail, app.admin)).status).toBe(202);
  });
});
