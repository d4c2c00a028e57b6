import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../support/app.ts";
import { launchBrowser } from "../support/browser.ts";
import { expectAccessible, newPage } from "../support/e2e.ts";

let app: TestApp;
let browser: Browser;
let time: Date | undefined;
beforeAll(async () => {
  [app, browser] = await Promise.all([startTestApp({ clock: { now: () => time ?? new Date() } }), launchBrowser()]);
  await app.call(
    "POST",
    "/orders/events",
    {
      eventId: "e-10482",
      type: "shipped",
      occurredAt: new Date(Date.now() - 5 * 86_400_000).toISOString(),
      orderId: "10482",
      buyer: { externalId: "ana", name: "Ana Ruiz", email: "ana@example.com" },
      order: {
        items: [{ name: "Ceramic tea set", quantity: 1 }],
        total: 48,
        currency: "EUR",
        promisedAt: new Date(Date.now() - 86_400_000).toISOString(),
      },
    },
    app.admin,
  );
});
afterAll(async () => {
  await browser?.close();
  await app?.dispose();
});

async function ask(text: string): Promise<string> {
  const { body } = await app.call<{ conversationId: string }>(
    "POST",
    "/insite/insite/messages",
    {
      messageId: `m-${text}`,
      threadId: `t-${text}`,
      buyer: { externalId: "ana" },
      orderId: "10482",
      text,
      sentAt: new Date().toISOString(),
    },
    app.admin,
  );
  await app.idle();
  return body.conversationId;
}

async function newestMail(address: string): Promise<string> {
  await app.idle();
  const { body } = await app.call<{ id: string; to: string[] }[]>("GET", "/demo/mails", undefined, app.admin);
  const mail = body.find(({ to }) => to.includes(address));
  return mail
    ? (await app.call<{ text: string }>("GET", `/demo/mails/${mail.id}`, undefined, app.admin)).body.text
    : "";
}

/** The message centre as a link of the shop opens it. */
async function openCentre(options: Parameters<typeof newPage>[1] = {}, externalId = "ana"): Promise<Page> {
  const { body } = await app.call<{ url: string }>("POST", "/buyer-links", { externalId, name: "Ana" }, app.admin);
  const page = await newPage(browser, options);
  await page.goto(body.url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return page;
}

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

describe("the message centre", () => {
  it("shows a buyer's threads by order, and an agent's answer while they read", async () => {
    const id = await ask("Where is my tea set?");
    const page = await openCentre();
    expect(page.url()).toBe(`${app.url}/messages`);
    const card = page.getByRole("region", { name: "Order 10482" });
    await card.getByText("Late").waitFor();
    await card.getByRole("link", { name: /New/ }).click();
    await page.locator(".bubble", { hasText: "Where is my tea set?" }).waitFor();
    await expectAccessible(page);

    await page.getByRole("textbox", { name: "Your message" }).fill("It is a present");
    await page.keyboard.press("Enter");
    await expect
      .poll(async () =>
        JSON.stringify((await app.call("GET", `/conversations/${id}/messages`, undefined, app.admin)).body),
      )
      .toContain("It is a present");
    await app.idle();
    await app.call("POST", `/conversations/${id}/messages`, { text: "It arrives on Friday" }, app.admin);
    await page.locator(".bubble", { hasText: "It arrives on Friday" }).waitFor();
    await page.getByText("Read", { exact: true }).waitFor();

    await page.reload();
    await page.locator(".bubble", { hasText: "It arrives on Friday" }).waitFor();
    await expect
      .poll(async () => (await card.getByRole("link", { name: /It arrives on Friday/ }).textContent()) ?? "")
      .not.toContain("New");
    await page.context().close();
  });

  it("lets a buyer on a phone begin a thread about an order, with a picture", async () => {
    const page = await openCentre(PHONE);
    await page.getByRole("link", { name: "Ask about this order" }).click();
    await page.getByRole("heading", { name: /Write to/ }).waitFor();
    await expectAccessible(page);
    await page.getByRole("textbox", { name: "Your message" }).fill("The pot has a crack");
    await page.locator("input[type=file]").setInputFiles({
      name: "crack.png",
      mimeType: "image/png",
      buffer: Buffer.from(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
        "base64",
      ),
    });
    await page.getByText("crack.png").waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.locator(".bubble", { hasText: "The pot has a crack" }).waitFor();
    await page.getByRole("link", { name: "Open picture crack.png" }).waitFor();
    await page.getByRole("link", { name: "All messages" }).click();
    await page
      .getByRole("link", { name: /The pot has a crack|passing this on/ })
      .first()
      .waitFor();
    await page.context().close();
  });

  it("has the shop's answers in Arabic, right to left", async () => {
    const page = await openCentre({ ...PHONE, locale: "ar", colorScheme: "dark" });
    expect(await page.locator("html").getAttribute("dir")).toBe("rtl");
    await page.goto(`${app.url}/messages/policies`);
    await page.locator("summary").first().click();
    await page.locator("details[open] p").first().waitFor();
    expect(await page.locator("summary").first().textContent()).toMatch(/\p{Script=Arabic}/u);
    await expectAccessible(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBe(0);
    await page.context().close();
  });

  it("says when a link is too old, and opens with a code instead", async () => {
    const { body } = await app.call<{ url: string }>(
      "POST",
      "/buyer-links",
      { externalId: "ana", expiresIn: 60 },
      app.admin,
    );
    time = new Date(Date.now() + 61_000);
    const page = await newPage(browser);
    await page.goto(body.url);
    await page.getByRole("heading", { name: "This link no longer works" }).waitFor();
    expect(page.url()).toBe(`${app.url}/messages/expired`);
    await expectAccessible(page);
    await page.getByLabel("Email address").fill("ana@example.com");
    await page.getByRole("button", { name: "Send me a code" }).click();
    await page.getByText(/a 6-digit code is on its way there/).waitFor();
    await expectAccessible(page);
    const text = await newestMail("ana@example.com");
    await page.getByLabel("Code").fill("12");
    await page.getByRole("button", { name: "Open my messages" }).click();
    await page.getByText("Enter the 6 digits from the email.").waitFor();
    await page.getByLabel("Code").fill(/\d{6}/.exec(text)?.[0] ?? "");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Order 10482" }).waitFor();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("heading", { name: "You are logged out" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Open your messages" }).waitFor();
    time = undefined;
    await page.context().close();
  });

  it("shows one conversation by a mailed link, the rest after a code, and can be stopped by who got the code", async () => {
    const email = "lena@example.com";
    const inboxes = await app.call<{ address?: string }[]>("GET", "/inboxes", undefined, app.admin);
    const to = inboxes.body.find(({ address }) => address)?.address ?? "";
    await app.call("POST", "/demo/mails", { from: email, to, subject: "Lid", text: "The lid is broken" }, app.admin);
    await app.idle();
    const found = await app.call<{ items: { id: string }[] }>("GET", "/conversations?q=lena", undefined, app.admin);
    const id = found.body.items[0]?.id;
    await app.call("POST", `/conversations/${id}/messages`, { text: "A new lid is on its way" }, app.admin);
    await expect.poll(() => newestMail(email)).toContain("A new lid is on its way");
    const page = await newPage(browser);
    await page.goto(/http\S+token=\S+/.exec(await newestMail(email))?.[0] ?? "");
    await page.locator(".bubble", { hasText: "A new lid is on its way" }).waitFor();
    expect(page.url()).toBe(`${app.url}/messages/t/${id}`);
    await page.getByText("This link opens this conversation only.").waitFor();
    await page.getByRole("link", { name: "See all your messages" }).click();
    await page.getByText("l•••@example.com").waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Send me a code" }).click();
    await page.getByLabel("Code").waitFor();
    await expect.poll(() => newestMail(email)).toContain("Do not pass it on");
    const text = await newestMail(email);
    await page.getByLabel("Code").fill(/\d{6}/.exec(text)?.[0] ?? "");
    await page.getByRole("button", { name: "Open my messages" }).click();
    await page.getByRole("link", { name: "Write to us" }).waitFor();

    const owner = await newPage(browser);
    await owner.goto(/http\S+not-me\S+/.exec(text)?.[0] ?? "");
    await owner.getByRole("heading", { name: "Did you not ask for this code?" }).waitFor();
    await expectAccessible(owner);
    await owner.getByRole("button", { name: "I did not ask for it" }).click();
    await owner.getByText(/everything it opened is closed/).waitFor();
    await page.getByRole("heading", { name: "You have been signed out" }).waitFor();
    await owner.context().close();
    await page.context().close();
  });

  it("is reached from the demo shop by a customer who is logged in there", async () => {
    const page = await newPage(browser);
    await page.goto(`${app.url}/demo`);
    await page.getByRole("button", { name: "Log in as a sample customer" }).click();
    await page.getByRole("link", { name: "My messages" }).click();
    await page.getByRole("heading", { name: "No messages yet" }).waitFor();
    await expectAccessible(page);
    await page.context().close();
  });

  it("weighs less than 60 KB, for phones of 2020", async () => {
    const folder = join(import.meta.dirname, "../../dist/web/buyer/assets");
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
    const size = files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
    expect(size).toBeLessThan(60_000);
    for (const file of files) expect(file.toString()).not.toMatch(/\?\?=|\|\|=|\.at\(-1\)/);
  });
});
