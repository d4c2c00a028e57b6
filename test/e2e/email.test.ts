import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../contract/conversation.ts";
import type { Inbox } from "../../contract/settings.ts";
import { continueElsewhere } from "../../server/actions/continue-elsewhere.ts";
import { ADMIN, startTestApp, type TestApp } from "../support/app.ts";
import { launchBrowser } from "../support/browser.ts";
import { expectAccessible, logIn, newPage } from "../support/e2e.ts";

let app: TestApp;
let browser: Browser;
/** How far the hub's clock is ahead. Milliseconds. */
let ahead = 0;
beforeAll(async () => {
  const clock = { now: () => new Date(Date.now() + ahead) };
  [app, browser] = await Promise.all([
    startTestApp({ clock, env: { ALLOW_NETWORKS: "127.0.0.1/32" } }),
    launchBrowser(),
  ]);
  // Only people write these mails.
  const inbox = await mailbox();
  await app.call("PATCH", `/inboxes/${inbox?.id}`, { bot: { mode: "off" } }, app.admin);
  // The mail service has checked who sent them.
  await app.call("PATCH", `/inboxes/${inbox?.id}/mailbox`, { trustedResults: ["mx.service.example"] }, app.admin);
});
afterAll(async () => {
  await browser?.close();
  await app?.dispose();
});

async function conversations(): Promise<Conversation[]> {
  return (await app.call<{ items: Conversation[] }>("GET", "/conversations", undefined, app.admin)).body.items;
}

async function mailbox(): Promise<Inbox | undefined> {
  const { body } = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin);
  return body.find(({ address }) => address);
}

/** A mail as it comes from a mail server; its lines end as they do there. */
async function receive(lines: string[]): Promise<void> {
  const inbox = await mailbox();
  const results = "Authentication-Results: mx.service.example; dmarc=pass header.from=buyer.example";
  const raw = [results, `To: ${inbox?.address}`, ...lines].join("\r\n");
  const response = await fetch(`${app.url}/api/v1/inboxes/${inbox?.id}/mails`, {
    method: "POST",
    headers: { "content-type": "message/rfc822", ...("cookie" in app.admin && { cookie: app.admin.cookie }) },
    body: raw,
  });
  expect(response.status).toBe(202);
  await app.idle();
}

/** What a frame that runs nothing shows: it is of the hub's origin, so the page around it can read it. */
function textOfFrame(page: Page): Promise<string> {
  return page.locator("iframe").evaluate((frame: HTMLIFrameElement) => frame.contentDocument?.body?.innerText ?? "");
}

interface SentMail {
  id: string;
  to: string[];
  subject: string;
  text: string;
  messageId: string;
  files: { name: string }[];
}

/** The newest mail that the hub would have sent to an address. */
async function mailTo(address: string): Promise<SentMail> {
  let id = "";
  await expect
    .poll(async () => {
      await app.idle();
      const { body } = await app.call<{ id: string; to: string[] }[]>("GET", "/demo/mails", undefined, app.admin);
      id = body.find(({ to }) => to.includes(address))?.id ?? "";
      return id;
    })
    .not.toBe("");
  return (await app.call<SentMail>("GET", `/demo/mails/${id}`, undefined, app.admin)).body;
}

/** A buyer's mail, taken over by the admin and open in the console. */
async function openMail(name: string, options: BrowserContextOptions = {}) {
  const address = `${name}@buyer.example`;
  await receive([
    `From: ${name} <${address}>`,
    "Cc: Carlo <carlo@buyer.example>",
    "Subject: A broken cup",
    `Message-ID: <${name}@mails.example>`,
    "MIME-Version: 1.0",
    "Content-Type: text/html; charset=utf-8",
    "",
    '<p>One <b>cup</b> is broken.</p><script>document.title="owned"</script><img src="https://elsewhere.example/p.png" alt="logo">',
  ]);
  const id = (await conversations()).find(({ contact }) => contact.email === address)?.id ?? "";
  await app.call("POST", `/conversations/${id}/claim`, {}, app.admin);
  const page = await newPage(browser, options);
  await logIn(app, page);
  await page.goto(`${app.url}/console/conversations/${id}`);
  return { page, id, address };
}

describe("a shopper who leaves the chat", () => {
  it("gets the missed answers by email, answers there, and finds both when coming back", async () => {
    const shopper = await newPage(browser);
    await shopper.goto(`${app.url}/demo`);
    await shopper.getByRole("button", { name: "Log in as a sample customer" }).click();
    await shopper.getByText("Logged in as Ana Ruiz").waitFor();
    await shopper.locator("button.launcher").click();
    await shopper.getByRole("textbox").last().fill("Can you engrave my initials on the walnut lamp?");
    await shopper.keyboard.press("Enter");
    await shopper.locator(".message.own:not(.unsent)").waitFor();
    await expect.poll(async () => (await conversations()).length).toBe(1);
    const [conversation] = await conversations();
    await shopper.close();

    const agent = await newPage(browser);
    await logIn(app, agent);
    await agent.goto(`${app.url}/console/conversations/${conversation?.id}`);
    await agent
      .getByRole("button", { name: /take over/i })
      .first()
      .click();
    const composer = agent.getByPlaceholder("Write your reply…");
    for (const text of ["Yes, we engrave up to three letters.", "It takes two more days."]) {
      await composer.fill(text);
      await composer.press("Enter");
      await agent.locator("article", { hasText: text }).waitFor();
    }
    await app.idle();
    // The shopper does not come back within the time in which the chat would still reach them.
    ahead = 3 * 60_000;
    await expect.poll(() => continueElsewhere(app.ctx)).toBe(1);

    const buyer = await newPage(browser);
    await buyer.goto(app.url);
    // Everybody's mail is in there: the door leads through the login and back.
    await buyer.getByRole("link", { name: /Demo mailbox/ }).click();
    await buyer.getByLabel("Email").fill(ADMIN.email);
    await buyer.getByLabel("Password", { exact: true }).fill(ADMIN.password);
    await buyer.getByRole("button", { name: "Log in" }).click();
    await buyer.locator(".row").click();
    await expect.poll(() => textOfFrame(buyer)).toMatch(/three letters[\s\S]*two more days/);
    await buyer.getByPlaceholder("Answer as the buyer…").fill("Then please engrave A. R.");
    await buyer.getByRole("button", { name: "Send", exact: true }).click();
    await buyer.getByText("Your mail has reached the shop.").waitFor();

    await agent.locator("article", { hasText: "Then please engrave A. R." }).waitFor();
    expect(await conversations()).toHaveLength(1);
    // The answer goes where the buyer last wrote.
    await agent.getByText("via Email").last().waitFor();

    const back = await shopper.context().newPage();
    await back.goto(`${app.url}/demo`);
    await back.getByRole("button", { name: "Log in as a sample customer" }).click();
    await back.getByText("Logged in as Ana Ruiz").waitFor();
    await back.locator("button.launcher").waitFor();
    if (!(await back.getByRole("dialog").isVisible())) await back.locator("button.launcher").click();
    await back.locator(".bubble", { hasText: "Yes, we engrave up to three letters." }).waitFor();
    await back.locator(".bubble", { hasText: "Then please engrave A. R." }).waitFor();
    for (const page of [shopper, agent, buyer]) await page.context().close();
  });
});

describe("an agent with a mail", () => {
  it("sees it as designed, with nothing run and no picture loaded from elsewhere before being asked", async () => {
    const { page } = await openMail("bea");
    let asked = 0;
    await page.route("https://elsewhere.example/**", (route) => {
      asked++;
      return route.fulfill({ status: 404 });
    });
    await page.getByRole("button", { name: "With formatting", exact: true }).click();
    await expect.poll(() => textOfFrame(page)).toContain("One cup is broken.");
    const bold = await page
      .locator("iframe")
      .evaluate((frame: HTMLIFrameElement) => frame.contentDocument?.querySelector("b")?.textContent);
    expect(bold).toBe("cup");
    expect(await page.evaluate(() => document.title)).not.toBe("owned");
    expect(asked).toBe(0);
    await page.getByRole("button", { name: "Load pictures" }).click();
    await expect.poll(() => asked).toBe(1);
    await page.getByRole("button", { name: "Full original" }).click();
    await page.getByRole("tab", { name: "All headers" }).click();
    await page.getByRole("cell", { name: "<bea@mails.example>" }).waitFor();
    await page.context().close();
  });

  it("answers with formatting to everybody who got it, and a file waits while they look elsewhere", async () => {
    const { page, address } = await openMail("fabio");
    await page.getByText("carlo@buyer.example").first().waitFor();
    await page
      .locator("form input[type=file]")
      .setInputFiles({ name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("glue") });
    await page.getByText("note.txt").waitFor();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("heading", { name: "Shop", exact: true }).waitFor();
    await page.goBack();
    await page.getByText("note.txt").waitFor();
    await page.getByRole("button", { name: "Write with formatting" }).click();
    const editor = page.getByRole("textbox", { name: "Reply via Email" });
    await editor.click();
    await page.getByRole("button", { name: "Bold" }).click();
    await editor.pressSequentially("Sorry!");
    await editor.press("Control+Enter");
    await page.locator("article", { hasText: "Sorry!" }).waitFor();
    const mail = await mailTo(address);
    expect(mail.to).toContain("carlo@buyer.example");
    expect(mail.files.map(({ name }) => name)).toEqual(["note.txt"]);
    const html = await (
      await fetch(`${app.url}/api/v1/demo/mails/${mail.id}/html`, { headers: app.admin as { cookie: string } })
    ).text();
    expect(html).toContain("<strong>Sorry!</strong>");
    await page.context().close();
  });

  it("learns why a mail did not arrive, corrects the address and sends it again", async () => {
    const { page, id, address } = await openMail("gina");
    await app.call("POST", `/conversations/${id}/messages`, { text: "We are sorry." }, app.admin);
    const { messageId } = await mailTo(address);
    await receive([
      "From: MAILER-DAEMON@mx.buyer.example",
      "Subject: Undelivered Mail Returned to Sender",
      "Auto-Submitted: auto-replied",
      "MIME-Version: 1.0",
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain",
      "",
      "The mail could not be delivered.",
      "--b",
      "Content-Type: message/delivery-status",
      "",
      "Reporting-MTA: dns; mx.buyer.example",
      "",
      `Final-Recipient: rfc822; ${address}`,
      "Action: failed",
      "Status: 5.1.1",
      "Diagnostic-Code: smtp; 550 5.1.1 no such user",
      "--b",
      "Content-Type: text/rfc822-headers",
      "",
      `Message-ID: ${messageId}`,
      "--b--",
      "",
    ]);
    const failed = page.locator("article", { hasText: "This address does not exist" });
    await failed.getByRole("button", { name: "Correct the address" }).click();
    await failed.getByRole("textbox", { name: "Correct address" }).fill("gina.b@buyer.example");
    await failed.getByRole("button", { name: "Send there" }).click();
    await page.getByText("This address does not exist").waitFor({ state: "detached" });
    expect((await mailTo("gina.b@buyer.example")).text).toContain("We are sorry.");
    await page.context().close();
  });

  it("passes it on, and writes to somebody first", async () => {
    const { page } = await openMail("hugo");
    await page.getByRole("button", { name: "Forward" }).first().click();
    const forward = page.getByRole("dialog", { name: "Forward this message" });
    await forward.getByLabel("To").fill("pottery@works.example");
    await forward.getByRole("button", { name: "Forward" }).click();
    await forward.waitFor({ state: "detached" });
    const passedOn = await mailTo("pottery@works.example");
    expect(passedOn.subject).toBe("Fwd: A broken cup");
    expect(passedOn.text).toContain("One cup is broken.");
    await page.getByRole("button", { name: "Write", exact: true }).click();
    const write = page.getByRole("dialog", { name: "Write to a buyer" });
    await write.getByLabel("To").fill("dana@buyer.example");
    await write.getByLabel("Subject").fill("Your new cup");
    await write.getByLabel("Message").fill("It leaves today.");
    await write.getByRole("button", { name: "Send" }).click();
    await page.locator("article", { hasText: "It leaves today." }).waitFor();
    expect((await mailTo("dana@buyer.example")).subject).toBe("Your new cup");
    await page.context().close();
  });
});

describe("a seller", () => {
  it("is told in words why a mail server can not be used", async () => {
    const page = await newPage(browser);
    await logIn(app, page);
    await page.goto(`${app.url}/console/settings/channels`);
    await page.getByRole("link", { name: /support@/ }).click();
    await page.getByRole("button", { name: "Set up sending" }).click();
    const card = page.locator("section", { has: page.getByRole("heading", { name: "Send mail (SMTP)" }) });
    await card.getByLabel("Server").fill("127.0.0.1");
    // Nothing listens on the port of the discard service.
    await card.getByLabel("Port").fill("9");
    await card.getByRole("button", { name: "Test the connection" }).click();
    await card.getByText(/Nothing answers at this server and port/).waitFor();
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByText("parley._domainkey.parley.localhost").waitFor();
    await expectAccessible(page);
    await page.context().close();
  });
});

// What is in a mail's frame is its writer's matter; a tool that waits for scripts in it would wait in vain.
describe("every screen of email", () => {
  it.each(["light", "dark"] as const)("meets WCAG AA in the %s theme", async (colorScheme) => {
    const { page, id, address } = await openMail(`ines.${colorScheme}`, { colorScheme });
    await page.getByRole("button", { name: "Write with formatting" }).click();
    await page.getByRole("toolbar", { name: "Formatting" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Full original" }).click();
    await page.getByRole("tab", { name: "All headers" }).click();
    await page.getByRole("cell", { name: "A broken cup" }).waitFor();
    await expectAccessible(page);
    await app.call("POST", `/conversations/${id}/messages`, { text: "We are sorry." }, app.admin);
    await mailTo(address);
    await page.goto(`${app.url}/mailbox`);
    await page.locator(".row").first().click();
    await page.getByRole("button", { name: "Plain text" }).click();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Write a mail" }).click();
    await page.getByLabel("Your address").waitFor();
    await expectAccessible(page);
    await page.context().close();
  });
});
