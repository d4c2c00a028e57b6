import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { launchBrowser } from "../../support/browser.ts";
import { expectAccessible, newPage } from "../../support/e2e.ts";
import { buildScreens } from "./built.ts";

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

async function waitForPerson(page: Page): Promise<void> {
  await page.goto(`${app.url}/demo`);
  await page.locator("button.launcher").click();
  await page.locator("textarea").fill("how do I return this lamp?");
  await page.keyboard.press("Enter");
  await page.locator(".message.automatic").waitFor();
  await page.getByRole("button", { name: "Talk to a person" }).click();
  await page.getByText("A person will answer you here").waitFor();
}

async function newestContact(): Promise<Conversation["contact"]> {
  const { body } = await app.call<{ items: Conversation[] }>("GET", "/conversations?limit=100", undefined, app.admin);
  return body.items.sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1))[0]!.contact;
}

const field = (page: Page) => page.getByLabel("If you leave, where may we send the answer?");
const close = (page: Page) => page.getByRole("dialog").getByRole("button", { name: "Close chat" }).click();

it("asks a shopper who leaves while they wait for an address, once, and takes one back", async () => {
  const page = await newPage(browser);
  await waitForPerson(page);
  await close(page);
  await expect.poll(() => field(page).evaluate((input) => input.matches(":focus"))).toBe(true);
  await expectAccessible(page);
  await field(page).fill("nonsense");
  await page.keyboard.press("Enter");
  expect(await field(page).isVisible()).toBe(true);
  await field(page).fill("lamp@example.com");
  await page.keyboard.press("Enter");
  await page.getByText("the answer will come to lamp@example.com").waitFor();
  await expect.poll(async () => (await newestContact()).emailHint).toBe("lamp@example.com");
  expect((await newestContact()).email).toBeUndefined();
  await page.getByRole("button", { name: "Change" }).click();
  await page.getByRole("button", { name: "No, thanks" }).click();
  await expect.poll(async () => (await newestContact()).emailHint).toBeUndefined();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.reload();
  await page.locator("button.launcher").click();
  await page.locator("textarea").waitFor();
  await close(page);
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.close();
});

it("asks one for whom nobody has time at once, who goes on writing meanwhile", async () => {
  const page = await newPage(browser);
  await page.clock.install();
  await waitForPerson(page);
  expect(await field(page).count()).toBe(0);
  await page.clock.fastForward(31_000);
  await field(page).waitFor();
  await page.locator("textarea").fill("It is the green one.");
  await page.keyboard.press("Enter");
  await page.locator(".message.own:not(.unsent)", { hasText: "It is the green one." }).waitFor();
  expect(await field(page).isVisible()).toBe(true);
  await page.close();
});
