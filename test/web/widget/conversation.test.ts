import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import { findInboxByKey } from "../../../server/queries/inboxes.ts";
import { decrypt } from "../../../server/signing.ts";
import { identityHash } from "../../../server/visitors.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { launchBrowser } from "../../support/browser.ts";
import { expectAccessible, newPage } from "../../support/e2e.ts";
import { shopToken } from "../../support/identity.ts";
import { connectAgent } from "../../support/sockets.ts";
import { buildScreens } from "./built.ts";
import { collectProblems, startWire } from "./shop.ts";

let app: TestApp;
let browser: Browser;
let screens: Awaited<ReturnType<typeof buildScreens>>;

beforeAll(async () => {
  screens = await buildScreens();
  [app, browser] = await Promise.all([
    startTestApp({ http: { webDirectory: screens.directory, verifyResponses: true } }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await app?.dispose();
  await screens?.remove();
});

async function open(page: Page, hub = app.url): Promise<void> {
  await page.goto(`${hub}/demo`);
  await page.locator("button.launcher").click();
  await page.locator("textarea").waitFor();
}

async function write(page: Page, text: string): Promise<void> {
  await page.locator("textarea").fill(text);
  await page.keyboard.press("Enter");
  await page
    .locator(".message.own:not(.unsent)", { hasText: text.slice(0, 50) })
    .last()
    .waitFor();
}

/** The conversation that a message of the shopper is in. */
async function conversationOf(text: string): Promise<Conversation> {
  const { body } = await app.call<{ items: Conversation[] }>("GET", "/conversations?limit=100", undefined, app.admin);
  for (const conversation of body.items) {
    const { items } = await messagesOf(conversation.id);
    if (items.some((message) => message.text === text)) return conversation;
  }
  throw new Error(`no conversation has "${text}"`);
}

async function messagesOf(id: string): Promise<{ items: Message[] }> {
  return (await app.call<{ items: Message[] }>("GET", `/conversations/${id}/messages?limit=200`, undefined, app.admin))
    .body;
}

const act = (id: string, verb: string, body: unknown = {}) =>
  app.call("POST", `/conversations/${id}/${verb}`, body, app.admin);

const bubbles = (page: Page) => page.locator(".messages .bubble .text").allTextContents();

describe("a shopper's conversation", () => {
  it("goes from the bot to a person, who is named, and ends with a word about it", async () => {
    const page = await newPage(browser);
    await open(page);
    await write(page, "how do I return this lamp?");
    await page.locator(".message.automatic").waitFor();
    await page.getByRole("button", { name: "Talk to a person" }).click();
    await page.getByText("We have passed your message on to a person.").waitFor();
    await page.getByText("A person will answer you here").waitFor();
    expect(await page.getByRole("button", { name: "Talk to a person" }).count()).toBe(0);
    const { id } = await conversationOf("how do I return this lamp?");
    await act(id, "claim");
    await page.getByText("Admin has joined the chat").waitFor();
    await page.getByText("You are chatting with Admin").waitFor();
    await act(id, "messages", { text: "a note", private: true });
    await act(id, "messages", { text: "Of course, see https://example.com/returns." });
    const link = page.locator(".theirs a", { hasText: "https://example.com/returns" });
    await link.waitFor();
    expect(await link.getAttribute("href")).toBe("https://example.com/returns");
    expect(await link.getAttribute("rel")).toContain("noopener");
    // What the screen reader says, once.
    expect(await page.locator(".widget > [role=status]").textContent()).toContain("Admin: Of course");
    await act(id, "status", { status: "resolved" });
    await page.getByText("This conversation has been closed.").waitFor();
    await page.getByRole("button", { name: "Talk to a person" }).waitFor();
    expect(await bubbles(page)).not.toContain("a note");
    await expectAccessible(page);
    await page.context().close();
  });

  it("is complete and in order after a reload, and what was being typed is still there", async () => {
    const page = await newPage(browser);
    await open(page);
    const written = Array.from({ length: 4 }, (_, index) => `line ${index} of the story`);
    for (const text of written) await write(page, text);
    await page.locator("textarea").fill("half a sent");
    const before = (await bubbles(page)).filter((text) => text.startsWith("line"));
    await page.reload();
    await page.locator("button.launcher").click();
    await page.locator(".message.own").nth(3).waitFor();
    expect(before).toEqual(written);
    expect((await bubbles(page)).filter((text) => text.startsWith("line"))).toEqual(written);
    expect(await page.locator("textarea").inputValue()).toBe("half a sent");
    await page.context().close();
  });

  it("arrives exactly as written, and runs nowhere", async () => {
    const page = await newPage(browser);
    const problems = collectProblems(page);
    await open(page);
    const text = `<img src=x onerror="alert(1)"><script>alert(2)</script> مرحبا 👩‍👩‍👧 e\u0301 \n  javascript:alert(3)`;
    await page.locator("textarea").fill(text);
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator(".message.own:not(.unsent) .bubble").waitFor();
    expect((await bubbles(page))[0]).toBe(text.trim());
    expect(await page.locator(".bubble img, .bubble script, .bubble a").count()).toBe(0);
    const long = "0123456789".repeat(1_000);
    await write(page, long);
    await page.getByRole("button", { name: "Show all" }).click();
    expect((await bubbles(page)).filter((shown) => shown.startsWith("0123")).map((shown) => shown === long)).toEqual([
      true,
    ]);
    await page.locator("textarea").fill(`${long}!!`);
    await page.getByText("The message is 2 characters too long.").waitFor();
    await page.keyboard.press("Enter");
    expect(await page.locator("textarea").inputValue()).toHaveLength(10_002);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it("counts unread answers on the closed chat, and both sides see what was read", async () => {
    const page = await newPage(browser);
    await open(page);
    await write(page, "is anyone there?");
    const { id } = await conversationOf("is anyone there?");
    await act(id, "claim");
    await page.getByText("Admin has joined the chat").waitFor();
    await page.keyboard.press("Escape");
    await act(id, "messages", { text: "Yes, I am." });
    await act(id, "messages", { text: "What do you need?" });
    await page.getByRole("button", { name: /2 unread messages|3 unread messages/ }).waitFor();
    const unread = (await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin)).body;
    await page.locator("button.launcher").click();
    await page.locator(".bubble", { hasText: "What do you need?" }).waitFor();
    await expect
      .poll(async () => {
        const { body } = await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin);
        return body.contactReadSeq;
      })
      .toBe(unread.lastSeq);
    expect(await page.locator(".badge").count()).toBe(0);
    await page.context().close();
  });

  it("shows on both sides who is typing, and that the shop has read", async () => {
    const page = await newPage(browser);
    await open(page);
    await write(page, "are you typing?");
    const { id } = await conversationOf("are you typing?");
    await act(id, "claim");
    const agent = await connectAgent(app.url, app.admin);
    await agent.emitWithAck("conversation:watch", { id });
    agent.emit("typing", { id, on: true });
    await page.getByText("Admin is typing…").waitFor();
    agent.emit("typing", { id, on: false });
    await page.getByText("Admin is typing…").waitFor({ state: "detached" });
    const heard = new Promise((resolve) => agent.once("typing", resolve));
    await page.locator("textarea").fill("I am");
    expect(await heard).toMatchObject({ conversationId: id, author: "contact", on: true });
    const { body } = await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin);
    expect(await page.locator(".message.own .state").textContent()).toBe("Sent");
    agent.emit("read", { id, seq: body.lastSeq });
    await page.locator(".message.own .state", { hasText: "Read" }).waitFor();
    agent.disconnect();
    await page.context().close();
  });

  it("loads older messages when the shopper scrolls up, and stays where the reader is", async () => {
    const page = await newPage(browser);
    await open(page);
    await write(page, "the very first message");
    const { id } = await conversationOf("the very first message");
    await act(id, "claim");
    for (let count = 0; count < 55; count++) await act(id, "messages", { text: `answer ${count}` });
    await page.getByText("answer 54", { exact: true }).waitFor();
    await page.reload();
    await page.locator("button.launcher").click();
    await page.getByText("answer 54", { exact: true }).waitFor();
    expect(await page.getByText("the very first message").count()).toBe(0);
    const scroller = page.locator(".scroller");
    // The panel first comes to rest at its end.
    const fromEnd = () => scroller.evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop);
    await expect.poll(fromEnd).toBeLessThan(2);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const read = await scroller.evaluate((box) => {
      box.scrollTop = 10;
      const first = box.querySelector(".messages .text");
      return { text: first?.textContent ?? "", top: first?.getBoundingClientRect().top ?? 0 };
    });
    await page.getByText("the very first message").waitFor({ state: "attached" });
    const after = await page
      .locator(".messages .text")
      .filter({ hasText: new RegExp(`^${read.text}$`) })
      .evaluate((element) => element.getBoundingClientRect().top);
    expect(Math.abs(after - read.top)).toBeLessThan(60);
    await act(id, "messages", { text: "one more" });
    await page.getByRole("button", { name: "1 new message" }).click();
    await page.locator(".bubble", { hasText: "one more" }).waitFor();
    const shown = (await bubbles(page)).filter((text) => text.startsWith("answer"));
    expect(shown).toEqual(Array.from({ length: 55 }, (_, count) => `answer ${count}`));
    await page.context().close();
  });

  it("says when it is offline, keeps what is written even over a reload, and sends it once", async () => {
    const wire = await startWire(app.url);
    const page = await newPage(browser);
    await open(page, wire.url);
    await write(page, "before the tunnel");
    wire.cut();
    await page.getByText("You are offline.").waitFor();
    await page.locator("textarea").fill("in the tunnel");
    await page.keyboard.press("Enter");
    await page.getByText("Waiting for the connection").waitFor();
    wire.mend();
    await page.reload();
    await page.locator("button.launcher").click();
    await page.locator(".message.own:not(.unsent)", { hasText: "in the tunnel" }).waitFor();
    const { id } = await conversationOf("before the tunnel");
    const { items } = await messagesOf(id);
    expect(items.filter(({ text }) => text === "in the tunnel")).toHaveLength(1);
    expect(await page.getByText("You are offline.").count()).toBe(0);
    await page.context().close();
    await wire.close();
  });

  it("resumes by itself after a cut, with what came meanwhile in its place", async () => {
    const wire = await startWire(app.url);
    const page = await newPage(browser);
    await open(page, wire.url);
    await write(page, "I am about to lose you");
    const { id } = await conversationOf("I am about to lose you");
    await act(id, "claim");
    await page.getByText("Admin has joined the chat").waitFor();
    wire.cut();
    await act(id, "messages", { text: "first while away" });
    await act(id, "messages", { text: "second while away" });
    await page.locator("textarea").fill("written while away");
    await page.keyboard.press("Enter");
    wire.mend();
    await page.locator(".message.own:not(.unsent)", { hasText: "written while away" }).waitFor();
    const shown = await bubbles(page);
    expect(shown.slice(shown.indexOf("first while away"))).toEqual([
      "first while away",
      "second while away",
      "written while away",
    ]);
    await page.context().close();
    await wire.close();
  });

  it("starts anew when the hub no longer knows the browser, without a word", async () => {
    const page = await newPage(browser);
    const problems = collectProblems(page);
    await page.addInitScript(() => localStorage.setItem("parley:chat:token", "stale"));
    await open(page);
    await write(page, "hello again");
    expect(await page.evaluate(() => localStorage.getItem("parley:chat:token"))).not.toBe("stale");
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

describe("files", () => {
  const png = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );

  it("travel by button, paste and drop, and show in the conversation", async () => {
    const page = await newPage(browser);
    const problems = collectProblems(page);
    await open(page);
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "broken cup.png", mimeType: "image/png", buffer: png });
    for (const kind of ["paste", "drop"] as const) {
      await page.locator(kind === "paste" ? "textarea" : ".panel").evaluate(
        (target, { kind, bytes }) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], `${kind}.png`, { type: "image/png" }));
          target.dispatchEvent(
            kind === "paste"
              ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
              : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }),
          );
        },
        { kind, bytes: [...png] },
      );
    }
    await page.locator(".upload").nth(2).waitFor();
    await page.locator("textarea").fill("It arrived like this");
    await page.keyboard.press("Enter");
    await page.locator(".message.own:not(.unsent) .picture img").nth(2).waitFor();
    const loaded = () =>
      page.locator(".picture img").evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth));
    await expect.poll(loaded).toEqual([1, 1, 1]);
    await expectAccessible(page);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it("chosen while there is no connection wait for it, and the message goes out with them", async () => {
    const wire = await startWire(app.url);
    const page = await newPage(browser);
    await open(page, wire.url);
    await write(page, "a picture follows");
    wire.cut();
    await page.getByText("You are offline.").waitFor();
    await page.locator("input[type=file]").setInputFiles({ name: "cup.png", mimeType: "image/png", buffer: png });
    await page.locator("textarea").fill("here it is");
    await page.keyboard.press("Enter");
    await page.getByText("The message will be sent once the upload has finished.").waitFor();
    wire.mend();
    const sent = page.locator(".message.own:not(.unsent)", { hasText: "here it is" });
    await sent.locator(".picture img").waitFor();
    const { id } = await conversationOf("a picture follows");
    const { items } = await messagesOf(id);
    expect(items.filter(({ text }) => text === "here it is").map(({ attachments }) => attachments.length)).toEqual([1]);
    await page.context().close();
    await wire.close();
  });

  it("that can not be sent are refused in words, before and after the upload", async () => {
    const page = await newPage(browser);
    await open(page);
    const picker = page.locator("input[type=file]");
    await picker.setInputFiles({ name: "setup.exe", mimeType: "application/x-msdownload", buffer: png });
    await page.getByText("This kind of file cannot be sent.").waitFor();
    await picker.setInputFiles({ name: "liar.pdf", mimeType: "application/pdf", buffer: png });
    await page.getByText("The content of this file does not match its name.").waitFor();
    await page.getByRole("button", { name: "Remove setup.exe" }).click();
    await page.getByRole("button", { name: "Remove liar.pdf" }).click();
    expect(await page.locator(".upload").count()).toBe(0);
    await page.context().close();
  });
});

describe("the demo shop", () => {
  it("logs a sample customer in and out: recognised by signature, forgotten afterwards", async () => {
    const page = await newPage(browser);
    const problems = collectProblems(page);
    await open(page);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Log in as a sample customer" }).click();
    await page.getByText("Logged in as Ana Ruiz").waitFor();
    await page.locator("button.launcher").click();
    await write(page, "it is me, Ana");
    const conversation = await conversationOf("it is me, Ana");
    expect(conversation.contact).toMatchObject({ name: "Ana Ruiz", verified: true });
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByText("it is me, Ana").waitFor({ state: "detached" });
    await page.locator(".suggestions").waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it("logs the customer out in all tabs, also when the hub could not be reached at that moment", async () => {
    const context = await browser.newContext();
    const [page, tab] = [await context.newPage(), await context.newPage()];
    const inbox = await findInboxByKey(app.ctx, "chat");
    const secret = decrypt(app.ctx.config.secretKey, inbox?.identitySecret ?? "");
    for (const each of [page, tab]) {
      await each.goto(`${app.url}/demo`);
      await each.locator("button.launcher").waitFor();
      const token = await shopToken(secret, { sub: "two-tabs", jti: crypto.randomUUID() });
      await each.evaluate((given) => window.Parley?.identify(given), { token });
      await each.locator("button.launcher").click();
    }
    await write(page, "a secret in two tabs");
    await tab.getByText("a secret in two tabs").waitFor();
    const told = tab.waitForResponse((response) => response.url().includes("/widget/logout"));
    await page.route("**/widget/logout*", (route) => route.abort());
    await page.evaluate(() => window.Parley?.logout());
    await page.locator(".message.own").waitFor({ state: "detached" });
    // The other tab tells the hub with its next connection.
    await tab.reload();
    expect((await told).status()).toBe(204);
    await tab.locator("button.launcher").click();
    await tab.locator(".suggestions").waitFor();
    expect(await tab.locator(".message.own").count()).toBe(0);
    await context.close();
  });

  it("never shows one customer's conversation to the next who logs in with the same browser", async () => {
    const page = await newPage(browser);
    await page.goto(`${app.url}/demo`);
    const inbox = await findInboxByKey(app.ctx, "chat");
    const secret = decrypt(app.ctx.config.secretKey, inbox?.identitySecret ?? "");
    const identify = async (externalId: string) => {
      const identity = { externalId, name: externalId, hash: identityHash(secret, externalId) };
      await page.evaluate((given) => window.Parley?.identify(given), identity);
    };
    await page.locator("button.launcher").waitFor();
    await identify("first-customer");
    await page.locator("button.launcher").click();
    await write(page, "a secret of the first");
    await page.locator("textarea").fill("half a secret");
    await identify("second-customer");
    await page.locator(".message.own").waitFor({ state: "detached" });
    expect(await page.locator("textarea").inputValue()).toBe("");
    await write(page, "words of the second");
    const { contact, id } = await conversationOf("words of the second");
    expect(contact.name).toBe("second-customer");
    expect((await messagesOf(id)).items.map(({ text }) => text)).not.toContain("a secret of the first");
    expect(await bubbles(page)).not.toContain("a secret of the first");
    await page.context().close();
  });

  it("keeps a cart, and is accessible", async () => {
    const page = await newPage(browser);
    await page.goto(`${app.url}/demo`);
    await page.getByRole("button", { name: "Add to cart: Ceramic tea set" }).click();
    await page.reload();
    await page.getByRole("button", { name: "Cart, 1 item" }).click();
    await page.getByText("$64.00").last().waitFor();
    await expectAccessible(page);
    await page.context().close();
  });
});

describe("the start page", () => {
  it("has the doors, and a list that fills itself", async () => {
    const page = await newPage(browser);
    const problems = collectProblems(page);
    await open(page);
    await write(page, "where is my parcel?");
    await page.locator(".message.automatic").waitFor();
    await page.goto(app.url);
    await page.getByText("3 of 7 done").waitFor();
    expect(await page.locator(".door strong").allTextContents()).toEqual(
      expect.arrayContaining(["Demo shop", "Console", "API"]),
    );
    await expectAccessible(page);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
