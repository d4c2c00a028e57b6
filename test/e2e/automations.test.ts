import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Automation, CheckIn } from "../../contract/automation.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { launchBrowser } from "../support/browser.ts";
import { expectAccessible, logIn, newPage, openWidget } from "../support/e2e.ts";

const DAY = 86_400_000;
/** How far the hub's clock is ahead. */
let ahead = 0;
let app: TestApp;
let browser: Browser;
beforeAll(async () => {
  const clock = { now: () => new Date(Date.now() + ahead) };
  [app, browser] = await Promise.all([
    startTestApp({ clock, checkInsPerSecond: Number.POSITIVE_INFINITY }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await app?.dispose();
});

const settle = async () => {
  await app.idle();
  await app.sweep();
  await app.idle();
};
const checkIns = async () =>
  (await app.call<{ items: CheckIn[] }>("GET", "/check-ins?limit=100", undefined, app.admin)).body.items;

interface Buyer {
  externalId: string;
  name: string;
  email?: string;
}
const MAIL: Buyer = { externalId: "ben", name: "Ben Baker", email: "ben@example.com" };
const INSITE: Buyer = { externalId: "cora", name: "Cora Cole" };
const CHAT: Buyer = { externalId: "demo-ana", name: "Ana Ruiz", email: "ana.ruiz@example.com" };

const delivered = (orderId: string, buyer: Buyer, daysAgo = 0) => happened(orderId, "delivered", buyer, daysAgo);
async function happened(orderId: string, type: string, buyer: Buyer, daysAgo = 0): Promise<void> {
  const occurredAt = new Date(Date.now() + ahead - daysAgo * DAY).toISOString();
  const event = {
    eventId: `${orderId}-${type}`,
    type,
    occurredAt,
    orderId,
    buyer: { ...buyer, locale: "en", country: "GB" },
    order: { number: orderId, items: [{ name: "Ceramic tea set" }] },
  };
  expect((await app.call("POST", "/orders/events", event, app.admin)).status).toBe(202);
}

/** Chooses in one of Mantine's selects. */
async function choose(page: Page, within: ReturnType<Page["locator"]>, label: string, option: string): Promise<void> {
  await within.getByLabel(label, { exact: true }).first().click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

describe("a seller in the browser", () => {
  it("builds a rule, tests it on the past, turns it on, and sees an answer end its sequence", async () => {
    await delivered("past-1", MAIL, 2);
    const seller = await newPage(browser);
    const shopper = await newPage(browser);
    await logIn(app, seller);
    await seller.getByRole("link", { name: "Automations" }).click();
    await seller.getByRole("button", { name: "New rule", exact: true }).click();
    await seller.getByRole("button", { name: /From nothing/ }).click();
    await seller.getByRole("textbox", { name: "Name" }).fill("Delivery check");
    const steps = seller.locator("li[data-step]");
    await choose(seller, steps.nth(0), "Template", "Delivered, the same day");
    const addStep = async (name: string) => {
      await seller.getByRole("button", { name: "Add a step" }).click();
      await seller.getByRole("menuitem", { name }).click();
    };
    // Added in the wrong order, and put right from the keyboard.
    await addStep("Send a message");
    await choose(seller, steps.nth(1), "Template", "Delivered, three days later");
    await addStep("Wait");
    await steps.nth(2).locator("input").first().fill("3");
    await steps.nth(2).focus();
    await seller.keyboard.press("Alt+ArrowUp");
    await steps.nth(1).getByRole("heading", { name: "Wait" }).waitFor();
    for (const name of ["Only in the buyer's daytime", "Not while a conversation is open"]) {
      await seller.getByRole("switch", { name }).press("Space");
    }

    await seller.getByRole("link", { name: "All rules", exact: true }).click();
    await seller.getByRole("dialog", { name: "Leave without saving?" }).getByRole("button", { name: "Cancel" }).click();
    await seller.getByRole("button", { name: "Save", exact: true }).click();
    await seller.waitForURL(/rules\/[0-9a-f]{24}$/);
    // The saved rule's editor has taken the place of the new one's.
    await seller.getByRole("switch", { name: "Off", exact: true }).waitFor();

    await seller.getByRole("button", { name: "Test on the past" }).click();
    await seller.getByRole("button", { name: "Run the test" }).click();
    await seller.getByText("Would have sent 1 message.").waitFor();
    const dialog = seller.getByRole("dialog");
    await dialog.getByText("Ben Baker").waitFor();
    await dialog.getByText(/past-1 was delivered/).waitFor();
    await seller.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await seller.getByRole("switch", { name: "Off", exact: true }).press("Space");
    await seller.getByRole("switch", { name: "On", exact: true }).waitFor();

    await shopper.goto(`${app.url}/demo`);
    await shopper.getByRole("button", { name: "Log in as a sample customer" }).click();
    await shopper.getByRole("status").filter({ hasText: "Ana" }).waitFor();
    await openWidget(app, shopper);
    await shopper.getByRole("textbox").last().fill("zzz qqq");
    await shopper.keyboard.press("Enter");
    await shopper.locator(".message.own:not(.unsent)").waitFor();
    // The buyer of the order's events and the logged-in shopper have the shop's one id: they are one person.
    await happened("past-2", "created", CHAT);
    await delivered("mail-1", MAIL);
    await delivered("insite-1", INSITE);
    await delivered("chat-1", CHAT);
    await settle();
    await expect
      .poll(async () => (await checkIns()).filter(({ outcome }) => outcome === "sent").map(({ channel }) => channel))
      .toHaveLength(3);
    const sent = (await checkIns()).filter(({ outcome }) => outcome === "sent");
    expect(sent.map(({ orderId, channel }) => [orderId, channel]).sort()).toEqual([
      ["chat-1", "chat"],
      ["insite-1", "insite"],
      ["mail-1", "email"],
    ]);
    await shopper.locator(".text", { hasText: "chat-1 was delivered" }).waitFor();
    const { body: mails } = await app.call<{ to: string[] }[]>("GET", "/demo/mails", undefined, app.admin);
    expect(mails.flatMap(({ to }) => to)).toEqual(["ben@example.com"]);
    const conversation = sent.find(({ channel }) => channel === "chat")?.conversationId;
    await seller.goto(`${app.url}/console/conversations/${conversation}`);
    await seller.getByRole("link", { name: "Sent by rule Delivery check" }).waitFor();

    await shopper.getByRole("textbox").last().fill("The lid is cracked");
    await shopper.keyboard.press("Enter");
    await seller.getByText("The lid is cracked").last().waitFor();
    await settle();
    ahead += 3 * DAY;
    await settle();
    await expect.poll(async () => (await checkIns()).filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
    const second = (await checkIns()).filter(({ part }) => part === 2);
    expect(second.map(({ orderId, outcome, reason }) => [orderId, outcome, reason]).sort()).toEqual([
      ["chat-1", "cancelled", "buyer_wrote"],
      ["insite-1", "sent", undefined],
      ["mail-1", "sent", undefined],
    ]);
    await seller.goto(`${app.url}/console/automations/log?outcome=cancelled`);
    await seller.getByText("The buyer wrote in the meantime.").waitFor();
    await seller.goto(`${app.url}/console/automations/rules`);
    const rule = seller.getByRole("listitem").filter({ has: seller.getByRole("link", { name: "Delivery check" }) });
    await expect.poll(() => rule.locator("dd").allInnerTexts()).toEqual(["5", "1", "0"]);
    await shopper.context().close();
    await seller.context().close();
  });

  it("completes a variable from the keyboard, sees the mistake in place, and saves the template put right", async () => {
    const page = await newPage(browser);
    await logIn(app, page);
    await page.goto(`${app.url}/console/automations/templates/new`);
    await page.getByRole("textbox", { name: "Name" }).fill("Thank you");
    const text = page.getByLabel("Text", { exact: true });
    await text.fill("Thank you for {{ order.num");
    await text.press("End");
    await text.pressSequentially("b");
    await page.getByRole("option", { name: /order\.number/ }).waitFor();
    await text.press("Enter");
    expect(await text.inputValue()).toBe("Thank you for {{ order.number }}");
    await page.frameLocator("iframe").getByText("Thank you for 10482").waitFor();
    await text.press("End");
    await text.pressSequentially(" {{ buyer.shoe }}");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("button", { name: /There is no variable buyer\.shoe/ }).waitFor();
    await page.getByRole("status").getByText("buyer.shoe").waitFor();
    await expectAccessible(page);
    await text.fill("Thank you for {{ order.number }}");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.waitForURL(/templates\/[0-9a-f]{24}$/);
    await page.context().close();
  });

  it("learns who was faster when two change a rule, and keeps what was typed", async () => {
    const page = await newPage(browser);
    await logIn(app, page);
    const { body: rules } = await app.call<Automation[]>("GET", "/automations", undefined, app.admin);
    const rule = rules.find(({ key }) => key === "order_shipped");
    await page.goto(`${app.url}/console/automations/rules/${rule?.id}`);
    await page.getByLabel("What it is for").fill("Mine");
    await app.call("PATCH", `/automations/${rule?.id}`, { name: "Theirs" }, app.admin);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText(/Admin changed this rule while you were editing it/).waitFor();
    expect(await page.getByLabel("What it is for").inputValue()).toBe("Mine");
    await page.getByRole("button", { name: "Take that version" }).click();
    await page.getByRole("heading", { name: "Theirs" }).waitFor();
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Versions" }).click();
    await page.getByRole("button", { name: "Bring back" }).first().click();
    await page.getByRole("heading", { name: rule?.name ?? "" }).waitFor();
    await page.context().close();
  });
});

describe("the screens of automations", () => {
  it("meet WCAG AA, light and dark", async () => {
    const { body: rules } = await app.call<Automation[]>("GET", "/automations", undefined, app.admin);
    const { body: templates } = await app.call<{ id: string }[]>("GET", "/templates", undefined, app.admin);
    const paths = [
      "rules",
      `rules/${rules.find(({ key }) => key === "review_low")?.id}`,
      `templates/${templates[0]?.id}`,
      "log",
      "credits",
      "settings",
    ];
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await newPage(browser, { colorScheme });
      await logIn(app, page);
      // In the dark the two with the most kinds of inputs stand for the others.
      for (const path of colorScheme === "dark" ? paths.slice(1, 3) : paths) {
        await page.goto(`${app.url}/console/automations/${path}`);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.waitForLoadState("networkidle");
        await expectAccessible(page);
      }
      await page.context().close();
    }
  }, 300_000);
});
