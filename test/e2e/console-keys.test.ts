import type { Browser, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../contract/conversation.ts";
import type { Message } from "../../contract/message.ts";
import type { Inbox } from "../../contract/settings.ts";
import { createColleague, startTestApp, type TestApp } from "../support/app.ts";
import { launchBrowser } from "../support/browser.ts";
import { logIn, newPage } from "../support/e2e.ts";

let app: TestApp;
let browser: Browser;
let page: Page;
let inboxKey: string;
beforeAll(async () => {
  [app, browser] = await Promise.all([startTestApp(), launchBrowser()]);
  const { body } = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin);
  inboxKey = body.find(({ channel }) => channel === "insite")?.key ?? "";
  page = await newPage(browser);
  await logIn(app, page);
});
afterAll(async () => {
  await browser?.close();
  await app?.dispose();
});

let count = 0;
/** A buyer's message that waits for a person. */
async function conversationOf(text: string): Promise<string> {
  count += 1;
  const { body } = await app.call<{ conversationId: string }>(
    "POST",
    `/insite/${inboxKey}/messages`,
    {
      messageId: `m${count}`,
      threadId: `t${count}`,
      buyer: { externalId: `b${count}`, name: `Buyer ${count}` },
      text,
      sentAt: new Date().toISOString(),
    },
    app.admin,
  );
  await app.call("POST", `/conversations/${body.conversationId}/handoff`, { to: "human" }, app.admin);
  if (!body.conversationId) throw new Error(JSON.stringify(body));
  return body.conversationId;
}
const read = async (id: string) =>
  (await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin)).body;
const written = async (id: string) =>
  (
    await app.call<{ items: Message[] }>("GET", `/conversations/${id}/messages?limit=200`, undefined, app.admin)
  ).body.items.filter(({ author, direction }) => author.type === "user" && direction === "outgoing");

/** A hub that takes its time with some answers, until it is let go. */
async function slow(pattern: string | RegExp): Promise<() => Promise<void>> {
  const waiting: Route[] = [];
  let open = false;
  await page.route(pattern, async (route) => {
    if (open) return route.continue();
    waiting.push(route);
  });
  return async () => {
    open = true;
    await Promise.all(waiting.map((route) => route.continue()));
    await page.unroute(pattern);
  };
}
const note = () => page.getByRole("textbox", { name: "Private note" });
const reply = () => page.getByRole("textbox", { name: /^Reply via/ });

describe("an agent who is faster than the hub", () => {
  it("presses c, n and types while the conversation opens: it is taken over and the text stands in a note", async () => {
    const id = await conversationOf("A question about something unusual");
    const letGo = await slow(new RegExp(`/api/v1/conversations/${id}$`));
    await page.goto(`${app.url}/console/conversations/${id}?filter=resolved`);
    await page.getByRole("heading", { name: "Conversations" }).waitFor();
    await page.keyboard.type("cnsee the label, he lies");
    expect((await read(id)).assignee).toBeNull();
    await letGo();
    await note().waitFor();
    await expect.poll(() => note().inputValue()).toBe("see the label, he lies");
    const conversation = await read(id);
    expect(conversation).toMatchObject({ status: "open", labels: [], assignee: { name: "Admin" } });
    await page.getByRole("button", { name: "Add note" }).waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => written(id)).toMatchObject([{ private: true, text: "see the label, he lies" }]);
  });

  it("types a reply while a slow takeover runs: no letter of it is a command", async () => {
    const id = await conversationOf("Another question");
    await page.goto(`${app.url}/console/conversations/${id}`);
    await page
      .getByRole("button", { name: /take over/i })
      .first()
      .waitFor();
    const letGo = await slow(`**/api/v1/conversations/${id}/claim`);
    await page.keyboard.type("cHello, let me see a label");
    await letGo();
    await expect.poll(() => reply().inputValue()).toBe("Hello, let me see a label");
    expect(await read(id)).toMatchObject({ status: "open", labels: [] });
    expect(await written(id)).toEqual([]);
  });

  it("types c and n in one go, however fast the takeover is: a note", async () => {
    const id = await conversationOf("A third question");
    await page.goto(`${app.url}/console/conversations/${id}`);
    await page
      .getByRole("button", { name: /take over/i })
      .first()
      .waitFor();
    await page.keyboard.press("c");
    await reply().and(page.locator(":focus")).waitFor();
    await page.keyboard.type("nhe is a reseller");
    await expect.poll(() => note().inputValue()).toBe("he is a reseller");
    await page.keyboard.press("Alt+r");
    await expect.poll(() => reply().inputValue()).toBe("");
  });

  it("asks for a reply before anybody has the conversation: what is typed is kept, and nothing is done", async () => {
    const id = await conversationOf("A fourth question");
    await page.goto(`${app.url}/console/conversations/${id}`);
    await page
      .getByRole("button", { name: /take over/i })
      .first()
      .waitFor();
    await page.keyboard.type("rPlease see the label");
    await page.getByText("Please see the label").waitFor();
    expect(await read(id)).toMatchObject({ status: "open", labels: [], assignee: null });
    await page.keyboard.press("Escape");
    await page.keyboard.press("c");
    await expect.poll(() => reply().inputValue()).toBe("Please see the label");
  });

  it("moves on and acts at once: on the conversation moved to, not on the one before", async () => {
    const ids = [await conversationOf("First of three"), await conversationOf("Second of three")];
    ids.push(await conversationOf("Third of three"));
    const row = (id: string) => page.locator(`a[href*="/conversations/${id}"]`);
    for (const id of ids) {
      await page.goto(`${app.url}/console`);
      await row(id).click();
      await page.keyboard.type("c");
      await expect.poll(async () => (await read(id)).assignee?.name).toBe("Admin");
    }
    const rows = page.locator("a[href*='/conversations/']");
    const order = await rows.evaluateAll((links) =>
      links.map((link) => new URL((link as HTMLAnchorElement).href).pathname.split("/").at(-1)!),
    );
    await page.goto(`${app.url}/console/conversations/${order[0]}`);
    await row(order[2]!).waitFor();
    await page.locator(`a[aria-current=true][href*="${order[0]}"]`).waitFor();
    await page.keyboard.type("jje", { delay: 30 });
    await expect.poll(async () => (await read(order[2]!)).status).toBe("resolved");
    expect([(await read(order[0]!)).status, (await read(order[1]!)).status]).not.toContain("resolved");
  });

  it("types while a colleague takes the conversation away: the rest of the sentence is no command", async () => {
    const id = await conversationOf("A fifth question");
    const colleague = await createColleague(app, { name: "Li Lei", role: "supervisor" });
    await page.goto(`${app.url}/console/conversations/${id}`);
    await page
      .getByRole("button", { name: /take over/i })
      .first()
      .click();
    await reply().and(page.locator(":focus")).waitFor();
    await page.keyboard.type("Let me ");
    await app.call("POST", `/conversations/${id}/assign`, { userId: colleague.id }, colleague.credentials);
    await reply().waitFor({ state: "detached" });
    await page.keyboard.type("see the label");
    await page.getByText("Let me see the label").waitFor();
    expect(await read(id)).toMatchObject({ status: "open", labels: [] });
  });

  it("leaves the field with Escape: letters are shortcuts again", async () => {
    const id = await conversationOf("A sixth question");
    await page.goto(`${app.url}/console/conversations/${id}`);
    await page
      .getByRole("button", { name: /take over/i })
      .first()
      .click();
    await reply().and(page.locator(":focus")).waitFor();
    await page.keyboard.press("Alt+n");
    await note().and(page.locator(":focus")).waitFor();
    await page.keyboard.type("e");
    expect((await read(id)).status).toBe("open");
    await page.keyboard.press("Escape");
    await page.keyboard.press("e");
    await expect.poll(async () => (await read(id)).status).toBe("resolved");
  });
});
