import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../contract/conversation.ts";
import type { Message } from "../../contract/message.ts";
import { createColleague, startTestApp, type TestApp } from "../support/app.ts";
import { launchBrowser } from "../support/browser.ts";
import { expectAccessible, logIn, newPage, openWidget } from "../support/e2e.ts";

let app: TestApp;
let browser: Browser;
beforeAll(async () => {
  [app, browser] = await Promise.all([startTestApp(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await app?.dispose();
});

/** The one a shopper has just begun; lists show it under its last message, which may be the bot's by now. */
async function newestConversation(): Promise<string> {
  const { body } = await app.call<{ items: Conversation[] }>("GET", "/conversations?limit=100", undefined, app.admin);
  return body.items.sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0]?.id ?? "";
}

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe("a shopper and an agent in two browsers", () => {
  it("chat from the bot's answer over the takeover to the resolved conversation", async () => {
    const shopper = await newPage(browser);
    const agent = await newPage(browser);
    await openWidget(app, shopper);
    await shopper.getByRole("textbox").last().fill("where is my parcel?");
    await shopper.keyboard.press("Enter");
    await shopper.getByText("Automatic answer").waitFor();

    await logIn(app, agent);
    await agent
      .getByText("where is my parcel?")
      .or(agent.getByText(/You can follow your parcel/))
      .first()
      .click();
    await agent
      .getByRole("button", { name: /show how the bot decided/i })
      .first()
      .click();
    await agent.getByText("Confidence", { exact: false }).first().waitFor();
    await agent.keyboard.press("Escape");

    await shopper.getByRole("button", { name: "Talk to a person" }).click();
    await agent.getByText("Bot handed off: the buyer asked for a person").waitFor();
    await agent
      .getByRole("button", { name: /take over/i })
      .first()
      .click();
    await shopper.getByText(/Admin has joined the chat/).waitFor();

    const texts = { en: "Hello, this is {{agent.name}}, a person. Which order is it?" };
    await app.call("POST", "/canned-responses", { shortcut: "which-order", texts }, app.admin);
    const composer = agent.getByPlaceholder("Write your reply…");
    await composer.fill("/which");
    await agent.getByRole("option", { name: /which-order/ }).waitFor();
    await expectAccessible(agent);
    await composer.press("Enter");
    await composer.press("Enter");
    await shopper.locator(".bubble", { hasText: "Hello, this is Admin, a person. Which order is it?" }).waitFor();

    await shopper.getByRole("textbox").last().fill("<script>alert('x')</script> it is 10482 مرحبا");
    await shopper.keyboard.press("Enter");
    await agent.getByText("<script>alert('x')</script> it is 10482 مرحبا").last().waitFor();

    await agent.getByRole("button", { name: "Resolve" }).click();
    await shopper.getByText(/This conversation has been closed/).waitFor();

    await shopper.reload();
    await shopper.locator("button.launcher").waitFor();
    if (!(await shopper.getByRole("dialog").isVisible())) await shopper.locator("button.launcher").click();
    await shopper.locator(".bubble", { hasText: "Hello, this is Admin, a person. Which order is it?" }).waitFor();
    await shopper.context().close();
    await agent.context().close();
  });

  it("get a picture across", async () => {
    const shopper = await newPage(browser);
    await openWidget(app, shopper);
    await shopper.getByRole("textbox").last().fill("Here is a picture of it");
    await shopper.keyboard.press("Enter");
    await shopper.locator(".message.own:not(.unsent)").waitFor();
    await shopper.locator("input[type=file]").setInputFiles({ name: "damage.png", mimeType: "image/png", buffer: PNG });
    await shopper.getByRole("button", { name: "Send" }).click();
    const sent = shopper.locator(".message.own:not(.unsent)").last();
    await sent.locator("img").waitFor();
    expect(await sent.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
    await shopper.context().close();
  });

  it("write while the connection is cut, and every message arrives once", async () => {
    const shopper = await newPage(browser);
    await openWidget(app, shopper);
    await shopper.getByRole("textbox").last().fill("first, online");
    await shopper.keyboard.press("Enter");
    await shopper.getByText("first, online").waitFor();
    await shopper.context().setOffline(true);
    await shopper.getByRole("textbox").last().fill("second, offline");
    await shopper.keyboard.press("Enter");
    await shopper.context().setOffline(false);
    const agent = await newPage(browser);
    await logIn(app, agent);
    await agent.goto(`${app.url}/console/conversations/${await newestConversation()}`);
    await agent.locator("main").getByText("second, offline").first().waitFor();
    const { body } = await app.call<{ items: Message[] }>(
      "GET",
      `/conversations/${await newestConversation()}/messages?afterSeq=0`,
      undefined,
      app.admin,
    );
    const written = body.items.filter(({ direction }) => direction === "incoming").map(({ text }) => text);
    expect(written).toEqual(["first, online", "second, offline"]);
    await shopper.context().close();
    await agent.context().close();
  });

  it("are told who was faster when two agents take over", async () => {
    const colleague = await createColleague(app, { name: "Li Lei" });
    const shopper = await newPage(browser);
    await openWidget(app, shopper);
    await shopper.getByRole("textbox").last().fill("race me");
    await shopper.keyboard.press("Enter");
    await shopper.locator(".message.own:not(.unsent)").waitFor();
    const agent = await newPage(browser);
    await logIn(app, agent);
    await agent.goto(`${app.url}/console/conversations/${await newestConversation()}`);
    await agent
      .getByRole("button", { name: /take over/i })
      .first()
      .waitFor();
    const id = /conversations\/([0-9a-f]{24})/.exec(agent.url())?.[1];
    await app.call("POST", `/conversations/${id}/claim`, undefined, colleague.credentials);
    await agent
      .getByText(/Li Lei/)
      .first()
      .waitFor();
    await shopper.getByText(/Li Lei has joined the chat/).waitFor();
    await shopper.context().close();
    await agent.context().close();
  });
});

describe("in the shopper's own language", () => {
  it.each([
    ["zh-CN", "怎么退货？", "ltr", /[\u4e00-\u9fff]{8}/],
    ["ar", "كيف أرجع المنتج؟", "rtl", /[\u0600-\u06ff]{4}/],
  ])("%s: greeting, answer and direction", async (locale, question, direction, script) => {
    const page = await newPage(browser, { locale, viewport: { width: 390, height: 844 } });
    await openWidget(app, page);
    await page.getByRole("textbox").last().fill(question);
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await expect.poll(() => dialog.evaluate((element) => getComputedStyle(element).direction)).toBe(direction);
    const answer = dialog.locator(".message.automatic").last();
    await answer.waitFor();
    expect(await answer.innerText()).toMatch(script);
    await page.context().close();
  });
});

describe("every screen", () => {
  it("of the shopper meets WCAG AA", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await newPage(browser, { colorScheme });
      await page.goto(app.url);
      await page.getByRole("heading").first().waitFor();
      await expectAccessible(page);
      await openWidget(app, page);
      await expectAccessible(page);
      await page.getByRole("textbox").last().fill("How do I return an item?");
      await page.keyboard.press("Enter");
      await page.getByText("Automatic answer").waitFor();
      await expectAccessible(page);
      await page.context().close();
    }
  });

  it("of the console meets WCAG AA", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await newPage(browser, { colorScheme });
      await page.goto(`${app.url}/console`);
      await page.getByLabel("Email").waitFor();
      await expectAccessible(page);
      await logIn(app, page);
      await expectAccessible(page);
      await page.keyboard.press("j");
      await page
        .getByRole("button", { name: /take over|resolve|reopen/i })
        .first()
        .waitFor();
      await expectAccessible(page);
      await page.goto(`${app.url}/console/settings`);
      const screens = page.getByRole("navigation", { name: "Settings" }).getByRole("link");
      await screens.first().waitFor();
      const names = await screens.allInnerTexts();
      for (const name of names) {
        await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name, exact: true }).click();
        await page
          .getByRole("heading", { level: 1 })
          .or(page.getByRole("heading", { level: 2 }))
          .first()
          .waitFor();
        await expectAccessible(page);
      }
      await page.context().close();
    }
  }, 300_000);
});
