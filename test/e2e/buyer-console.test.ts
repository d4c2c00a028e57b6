import { Types } from "mongoose";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addReviewItem, type NewReviewItem } from "../../server/actions/review-items.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { launchBrowser } from "../support/browser.ts";
import { expectAccessible, logIn, newPage } from "../support/e2e.ts";
import { startReceiver } from "../support/receiver.ts";

let app: TestApp;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  [app, browser] = await Promise.all([startTestApp({ env: { ALLOW_NETWORKS: "127.0.0.1/32" } }), launchBrowser()]);
  page = await newPage(browser);
  await logIn(app, page);
});
afterAll(async () => {
  await browser?.close();
  await app?.dispose();
});

async function write(buyer: object, text: string, orderId?: string): Promise<string> {
  const { body } = await app.call<{ conversationId: string }>(
    "POST",
    "/insite/insite/messages",
    {
      messageId: `m-${text}`,
      threadId: `t-${text}`,
      buyer,
      text,
      sentAt: new Date().toISOString(),
      ...(orderId && { orderId }),
    },
    app.admin,
  );
  await app.idle();
  return body.conversationId;
}

const open = (path: string) => page.goto(`${app.url}/console${path}`);

describe("an agent", () => {
  it("sees the order beside the talk, merges two contacts of one person and takes them apart again", async () => {
    const ana = { externalId: "ana", name: "Ana Ruiz", email: "ana@example.com" };
    await app.call(
      "POST",
      "/orders/events",
      {
        eventId: "e1",
        type: "shipped",
        occurredAt: "2026-05-01T09:00:00Z",
        orderId: "10482",
        buyer: ana,
        order: {
          items: [{ name: "Ceramic tea set", quantity: 2, price: 24 }],
          total: 48,
          currency: "EUR",
          promisedAt: "2026-05-03T09:00:00Z",
        },
        tracking: { carrier: "DHL", number: "JD01", url: "https://carrier.example/JD01" },
      },
      app.admin,
    );
    const id = await write(ana, "Where is it?", "10482");
    await write({ externalId: "ana-old", name: "Anita Ruiz" }, "From my old account");

    await open(`/conversations/${id}`);
    const panel = page.getByRole("complementary", { name: "Buyer" });
    await panel.getByRole("heading", { name: "Order 10482" }).waitFor();
    await panel.getByText("Late", { exact: true }).waitFor();
    await panel.getByText("€48.00").waitFor();
    expect(await panel.getByRole("link", { name: "JD01" }).getAttribute("href")).toBe("https://carrier.example/JD01");
    await expectAccessible(page);

    await panel.getByRole("button", { name: "Merge with another contact" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name or email address").fill("anita");
    await dialog.getByRole("button", { name: /Anita Ruiz/ }).click();
    await dialog.getByText("1 conversation").waitFor();
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Merge", exact: true }).click();
    await panel.getByText("Shop customer ana-old").waitFor();

    await panel.getByRole("button", { name: "Split off addresses" }).click();
    await dialog.getByLabel(/ana-old/).check();
    await dialog.getByRole("button", { name: "Split off", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
    await panel.getByText("Shop customer ana-old").waitFor({ state: "hidden" });

    await panel.getByRole("link", { name: "Open the order" }).click();
    await page.getByRole("heading", { name: "Order 10482", level: 1 }).waitFor();
    await expectAccessible(page);
    await open("/contacts");
    await page.getByRole("searchbox").fill("anita");
    await page.getByRole("link", { name: "Anita Ruiz" }).click();
    await page.getByRole("heading", { name: "Anita Ruiz", level: 1 }).waitFor();
    await page.getByText("No orders of this buyer are known.").waitFor();
    await expectAccessible(page);
  });
});

describe("a seller", () => {
  it("works through what may have been mixed up", async () => {
    const workspaceId = new Types.ObjectId(app.firstStart.workspaceId);
    const contactId = new Types.ObjectId();
    const item = { workspaceId, key: "mixed_order:77", kind: "mixed_order", orderId: "77", contactIds: [contactId] };
    await addReviewItem(app.ctx, item as NewReviewItem);
    await open("/contacts");
    await page.getByRole("link", { name: "To check" }).click();
    const line = page.getByRole("listitem").filter({ hasText: "Events of several buyers in one order" });
    expect(await line.getByRole("link", { name: "Order 77" }).getAttribute("href")).toBe("/console/orders/77");
    expect(await line.getByRole("link", { name: "Contact 1" }).getAttribute("href")).toContain(String(contactId));
    await expectAccessible(page);
    await line.getByRole("button", { name: "Mark as checked" }).click();
    await page.getByText("Nothing to check").waitFor();
    await page.getByText("Checked", { exact: true }).click();
    await line.getByText(/^Checked by Admin on/).waitFor();
  });

  it("brings in orders from a file, corrects a column and reads the report", async () => {
    await open("/orders");
    await page.getByRole("link", { name: "Import orders" }).click();
    await page.locator("input[type=file]").setInputFiles({
      name: "may.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(
        "Order ID,Who,Email,Total,Currency\nA1,Bo,bo@example.com,12.5,EUR\nA2,Cy,cy@example.com,x,EUR\n",
      ),
    });
    await page.getByRole("heading", { name: "may.csv" }).waitFor();
    await page.getByRole("combobox", { name: "Meaning of Who" }).click();
    await page.getByRole("option", { name: "Buyer's name" }).click();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Start the import" }).click();
    await page.getByText("Finished").waitFor();
    await page.getByText("1 imported").waitFor();
    await page.getByText(/is not a number/).waitFor();
    await open("/orders");
    await page.getByRole("link", { name: "A1", exact: true }).waitFor();
    await page.getByRole("cell", { name: "Bo", exact: true }).waitFor();
    await expectAccessible(page);
  });

  it("registers a webhook, sees what it got, and sends it again", async () => {
    const receiver = await startReceiver();
    await open("/settings/webhooks");
    await page.getByRole("button", { name: "New webhook" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Address").fill(receiver.url);
    await dialog.getByLabel("Name").fill("Warehouse");
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("it is shown only this once", { exact: false }).waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();

    await write({ externalId: "dan" }, "Hello");
    await page.getByRole("link", { name: "Warehouse" }).click();
    await expect
      .poll(async () => {
        await page.getByRole("button", { name: "Refresh" }).click();
        return page.locator("summary", { hasText: "message.created" }).filter({ hasText: "Delivered" }).count();
      })
      .toBeGreaterThan(0);
    await page.locator("summary", { hasText: "conversation.created" }).first().click();
    const delivery = page.locator("details[open]");
    await delivery.getByText(/X-Parley-Delivery: [0-9a-f]{24}/).waitFor();
    await delivery.getByText("noted").waitFor();
    await expectAccessible(page);
    await delivery.getByRole("button", { name: "Send again" }).click();
    await page.getByText("It is being sent again.").waitFor();
    await receiver.close();
  });

  it("connects a platform and limits a key to what a program needs", async () => {
    await open("/settings/integrations");
    await page.getByRole("button", { name: "Connect a platform" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox", { name: "Platform" }).click();
    await page.getByRole("option", { name: "WooCommerce" }).click();
    await dialog.getByLabel(/Shop address/).fill("https://shop.example");
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Connect", exact: true }).click();
    await dialog.getByText(/\/api\/v1\/integrations\/\w+\/webhook/).waitFor();
    await dialog.getByText("order.created").waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByText("Waiting for the first event").waitFor();
    await page.getByText("Nothing has come from there yet.").waitFor();
    await expectAccessible(page);

    await open("/settings/api-keys");
    await page.getByRole("button", { name: "New API key" }).first().click();
    await dialog.getByLabel(/^Name/).fill("Stock system");
    await dialog.getByRole("combobox", { name: "Limited to" }).click();
    await page.getByRole("option", { name: "orders:read" }).click();
    await page.keyboard.press("Escape");
    await dialog.getByRole("button", { name: "New API key" }).click();
    await dialog.getByText("Your new API key").waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByText("orders:read").waitFor();
  });
});
