import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PublicMessage } from "../../contract/sockets.ts";
import { suggestFaqs } from "../../server/actions/suggestions.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { launchBrowser } from "../support/browser.ts";
import { expectAccessible, logIn, newPage } from "../support/e2e.ts";
import { type LlmServer, type ReceivedCall, startLlmServer } from "../support/llm-server.ts";
import { connectWidget, nextEvent } from "../support/sockets.ts";

const DRAFT = "We do not have purple elephants, sorry. Would a grey one do?";
const WISH = "¿Venden elefantes de color morado?";

let llm: LlmServer;
let app: TestApp;
let browser: Browser;

/** What the model is asked for shows in its first rule. */
function reply({ body }: ReceivedCall) {
  const rules = body.messages?.[0]?.content ?? "";
  if (rules.startsWith("You translate")) {
    return {
      content: String(body.messages?.at(-1)?.content).includes("morado")
        ? "Do you sell purple elephants?"
        : "Lo sentimos, no tenemos.",
    };
  }
  if (rules.startsWith("You draft")) return { content: DRAFT };
  if (rules.startsWith("You sum")) return { content: "The buyer looks for purple elephants." };
  // Buyers are answered from the FAQ alone.
  return { status: 500 };
}

beforeAll(async () => {
  llm = await startLlmServer(reply);
  [app, browser] = await Promise.all([
    startTestApp({ env: { OPENAI_BASE_URL: llm.baseURL, OPENAI_MODEL: "scripted" } }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await app?.dispose();
  await llm?.close();
});

async function settings(page: Page, screen: string): Promise<void> {
  await page.goto(`${app.url}/console/settings/${screen}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

describe("an agent with the copilot", () => {
  it("reads what happened, reads and writes in their own language, and sends a draft only after having read it", async () => {
    const { socket } = await connectWidget(app.url, { locale: "es" });
    await socket.emitWithAck("message:send", { echoId: "1", text: WISH });
    const page = await newPage(browser);
    await logIn(app, page);
    await page
      .locator("a[href*='/conversations/']", { hasText: WISH.slice(0, 10) })
      .or(page.locator("a[href*='/conversations/']"))
      .first()
      .click();
    await page.getByRole("region", { name: "What happened so far" }).getByText(WISH).waitFor();
    await page.getByRole("switch", { name: /Show messages in English, too/ }).click();
    await page.getByText("Do you sell purple elephants?").waitFor();
    await expectAccessible(page);

    await page.getByRole("button", { name: "Take over" }).first().click();
    const box = page.getByRole("textbox", { name: /Reply via/ });
    await box.fill("my own words");
    await page.getByRole("button", { name: "Copilot" }).click();
    await page.getByRole("menuitem", { name: "Draft an answer" }).click();
    await expect.poll(() => box.inputValue()).toBe(DRAFT);
    await page.getByRole("button", { name: "Undo" }).click();
    expect(await box.inputValue()).toBe("my own words");

    await page.getByRole("switch", { name: "Send in Spanish" }).click();
    await page.getByRole("button", { name: "What the buyer gets" }).click();
    await page.getByText("Lo sentimos, no tenemos.").waitFor();
    const got = nextEvent<PublicMessage>(socket, "message:new", ({ author }) => author.type === "user");
    await box.press("Enter");
    expect((await got).text).toBe("Lo sentimos, no tenemos.");
    await page.getByText("The buyer got this in Spanish").waitFor();
    socket.disconnect();
    await page.context().close();
  });
});

describe("a seller", () => {
  it("sees what an import would change before it is saved", async () => {
    const page = await newPage(browser);
    await logIn(app, page);
    await settings(page, "faq");
    await page.getByRole("button", { name: "Import" }).click();
    await page.locator("input[type=file]").setInputFiles({
      name: "faq.csv",
      mimeType: "text/csv",
      buffer: Buffer.from('question,answer,locale\n"Do you gift wrap?","Yes, for free.",en\n"No answer here?",,en\n'),
    });
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Do you gift wrap?").waitFor();
    await dialog.getByText("New", { exact: true }).waitFor();
    await dialog.getByText("there is no answer").waitFor();
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Import" }).click();
    await dialog.getByText("Added: 1").waitFor();
    const { body } = await app.call<{ items: unknown[] }>("GET", "/faqs?q=gift+wrap", undefined, app.admin);
    expect(body.items).toHaveLength(1);
    await page.context().close();
  });

  it("makes an entry of what agents answered, with one click", async () => {
    for (const text of [
      "Can I rent the espresso machine for a wedding?",
      "can i rent the espresso machine for our wedding",
    ]) {
      const { socket } = await connectWidget(app.url, { locale: "en" });
      const sent = await socket.emitWithAck("message:send", { echoId: "1", text });
      if (!sent.ok) throw new Error(sent.error.message);
      await app.idle();
      await app.call(
        "POST",
        `/conversations/${sent.message.conversationId}/messages`,
        { text: "Yes, you can rent it for 40 dollars a day." },
        app.admin,
      );
      socket.disconnect();
    }
    await suggestFaqs(app.ctx);
    const page = await newPage(browser);
    await logIn(app, page);
    await settings(page, "faq");
    await page.getByText("1 suggestion for your FAQ").waitFor();
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await page.getByText("Yes, you can rent it for 40 dollars a day.").waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Add to the FAQ" }).click();
    await page.getByText("The entry has been added.").waitFor();
    const { body } = await app.call<{ sources: unknown[]; text?: string }>(
      "POST",
      "/bot/preview",
      { text: "Can I rent the espresso machine for a wedding?" },
      app.admin,
    );
    expect(body.text).toContain("40 dollars");
    await page.context().close();
  });

  it("sets rules, hours and documents on screens that everybody can use", async () => {
    const page = await newPage(browser);
    await logIn(app, page);
    await settings(page, "bot");
    await page.getByRole("combobox", { name: "Never say" }).fill("lifetime guarantee");
    await page.keyboard.press("Enter");
    await page
      .getByRole("heading", { name: "What the bot may say" })
      .locator("xpath=..")
      .getByRole("button", { name: "Save" })
      .click();
    await page.getByText("Saved").first().waitFor();
    await expectAccessible(page);
    const { body } = await app.call<{ forbidden: string[] }>("GET", "/bot/settings", undefined, app.admin);
    expect(body.forbidden).toEqual(["lifetime guarantee"]);
    await settings(page, "shop");
    await page.getByRole("switch", { name: "Always" }).click();
    await page.getByRole("combobox", { name: "Time zone" }).waitFor();
    await expectAccessible(page);
    await settings(page, "documents");
    await page.getByRole("button", { name: "Add a document" }).click();
    await page.getByLabel("Title").fill("Lamp manual");
    await page.locator("input[type=file]").setInputFiles({
      name: "lamp.pdf",
      mimeType: "application/pdf",
      buffer: Buffer.from("%PDF-1.4\n%%EOF\n"),
    });
    await page.getByText("lamp.pdf").waitFor();
    await expectAccessible(page);
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByText("Lamp manual").waitFor();
    await expectAccessible(page);
    await page.context().close();
  });
});
