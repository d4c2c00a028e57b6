import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../contract/conversation.ts";
import type { Message } from "../../contract/message.ts";
import type { Inbox } from "../../contract/settings.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { launchBrowser } from "../support/browser.ts";
import { expectAccessible, logIn, newPage } from "../support/e2e.ts";

let app: TestApp;
let browser: Browser;
let page: Page;
let id: string;
beforeAll(async () => {
  [app, browser] = await Promise.all([startTestApp(), launchBrowser()]);
  const { body } = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin);
  // Long enough for the slowest machine.
  for (const inbox of body) await app.call("PATCH", `/inboxes/${inbox.id}`, { undoSeconds: 60 }, app.admin);
  const inboxId = body.find(({ channel }) => channel === "email")!.id;
  const first = {
    inboxId,
    to: { email: "ana@buyer.example" },
    subject: "Your order",
    message: { text: "It is ready." },
  };
  id = (await app.call<Conversation>("POST", "/conversations", first, app.admin)).body.id;
  await app.call("POST", `/conversations/${id}/claim`, undefined, app.admin);
  page = await newPage(browser);
  await logIn(app, page);
  await page.goto(`${app.url}/console/conversations/${id}`);
});
afterAll(async () => {
  await browser?.close();
  await app?.dispose();
});

const newest = async () =>
  (
    await app.call<{ items: Message[] }>("GET", `/conversations/${id}/messages`, undefined, app.admin)
  ).body.items.findLast(({ direction, activity }) => direction === "outgoing" || activity?.kind === "taken_back");
const box = () => page.getByRole("textbox", { name: /^Reply via/ });

describe("an agent who sends a mail too early", () => {
  it("takes it back with a key: text, files and copies stand in the composer again, and nothing leaves", async () => {
    await page.getByRole("button", { name: /^cc$/i }).click();
    await page.getByPlaceholder("name@example.com").fill("tax@buyer.example");
    await page.keyboard.press("Enter");
    await page
      .locator("input[type=file]")
      .first()
      .setInputFiles({
        name: "note.txt",
        mimeType: "text/plain",
        buffer: Buffer.from("three of four"),
      });
    await page.getByRole("button", { name: "Remove note.txt" }).waitFor();
    await box().fill("Dear Anna,");
    await box().press("Enter");
    await page.getByText(/Your reply will be sent in \d+ sec$/).waitFor();
    await expectAccessible(page);
    expect(await newest()).toMatchObject({ text: "Dear Anna,", status: "pending", sendAt: expect.any(String) });

    await page.keyboard.type("PS");
    await page.keyboard.press("Escape");
    await page.keyboard.press("z");
    await expect.poll(() => box().inputValue()).toBe("Dear Anna,\n\nPS");
    await page.getByRole("button", { name: "Remove note.txt" }).waitFor();
    await page.getByText("tax@buyer.example").first().waitFor();
    await page.getByText("Admin took a reply back before it was sent").waitFor();
    expect(await newest()).toMatchObject({ direction: "activity", text: "", attachments: [] });
  });

  it("takes it back by the button, or with Ctrl+Z in the empty box", async () => {
    await box().fill("Dear Ana,");
    await box().press("Enter");
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => box().inputValue()).toBe("Dear Ana,");
    await box().press("Enter");
    await page.getByRole("button", { name: "Undo" }).waitFor();
    await box().press("Control+z");
    await expect.poll(() => box().inputValue()).toBe("Dear Ana,");
  });
});
