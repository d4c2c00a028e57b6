import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { directionOf, LOCALES } from "../../../contract/locales.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { launchBrowser } from "../../support/browser.ts";
import { expectAccessible, newPage } from "../../support/e2e.ts";
import { startProxy } from "../../support/proxy.ts";
import { buildScreens } from "./built.ts";
import { collectProblems, startShop } from "./shop.ts";

let app: TestApp;
let browser: Browser;
let screens: Awaited<ReturnType<typeof buildScreens>>;
let shop: Awaited<ReturnType<typeof startShop>>;

beforeAll(async () => {
  screens = await buildScreens();
  [app, browser] = await Promise.all([
    startTestApp({ http: { webDirectory: screens.directory, verifyResponses: true } }),
    launchBrowser(),
  ]);
  shop = await startShop(app.url);
});
afterAll(async () => {
  await browser?.close();
  await shop?.close();
  await app?.dispose();
  await screens?.remove();
});

async function open(page: Page, url = shop.url): Promise<void> {
  await page.goto(url);
  await page.locator("button.launcher").click();
  await page.locator("textarea").waitFor();
}

describe("where a proxy never answers a WebSocket", () => {
  it("the shopper is served all the same, and the shop's next page does not try again first", async () => {
    const proxy = await startProxy(app.url, { upgrades: "hang" });
    const behind = await startShop(proxy.url);
    const page = await newPage(browser);
    const first: string[] = [];
    page.on("request", (request) => {
      const transport = /socket\.io\/.*transport=(\w+)/.exec(request.url())?.[1];
      if (transport) first.push(transport);
    });
    await open(page, behind.url);
    await page.locator("textarea").fill("Where is my parcel?");
    await page.keyboard.press("Enter");
    await page.getByText("Automatic answer").waitFor();
    first.length = 0;
    await page.goto(behind.url);
    await expect.poll(() => first[0]).toBe("polling");
    await page.context().close();
    await behind.close();
    await proxy.close();
  });
});

describe("on a page of a shop on another origin", () => {
  it("the chat works under the shop's own strict policy, and changes nothing on its page", async () => {
    const page = await newPage(browser);
    const problems = collectProblems(page);
    await page.addInitScript(() => Object.assign(window, { before: new Set(Object.keys(window)) }));
    await page.goto(shop.url);
    const buy = () =>
      page.locator("#buy").evaluate((element) => {
        const { font, color, background, display, direction } = getComputedStyle(element);
        return { font, color, background, display, direction };
      });
    const look = await buy();
    await open(page);
    await page.locator("textarea").fill("Where is my parcel?");
    await page.keyboard.press("Enter");
    await page.getByText("Automatic answer").waitFor();
    expect(await buy()).toEqual(look);
    expect(
      await page.evaluate(() => {
        const { before } = window as unknown as { before: Set<string> };
        return {
          globals: Object.keys(window).filter((name) => !before.has(name) && name !== "before"),
          styles: document.styleSheets.length + document.querySelectorAll("style").length,
          added: document.body.children.length,
        };
      }),
    ).toEqual({ globals: ["Parley"], styles: 1, added: 3 });
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it("the shop's styles do not reach the chat", async () => {
    const page = await newPage(browser);
    await open(page);
    const panel = page.locator(".panel");
    expect(await panel.evaluate((element) => getComputedStyle(element).fontFamily)).not.toContain("fantasy");
    expect(await panel.evaluate((element) => getComputedStyle(element).letterSpacing)).toBe("normal");
    expect(await panel.evaluate((element) => getComputedStyle(element).direction)).toBe("ltr");
    expect((await panel.boundingBox())?.width).toBe(384);
    await page.context().close();
  });

  it("is there for keyboard and screen reader, and the page's shortcuts stay quiet", async () => {
    const page = await newPage(browser);
    await page.goto(shop.url);
    await page.evaluate(() => document.addEventListener("keydown", () => document.body.append("shortcut!")));
    const launcher = page.getByRole("button", { name: "Chat with us" });
    await launcher.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: /^Chat with / }).waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.className ?? "page");
    expect(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName)).toBe("TEXTAREA");
    await page.keyboard.type("hello");
    expect(await page.locator("textarea").inputValue()).toBe("hello");
    expect(await page.getByText("shortcut!").count()).toBe(0);
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await focused()).toBe("launcher");
    await page.context().close();
  });

  it.each([
    ["dark", "en-US"],
    ["light", "ar"],
    ["dark", "zh-CN"],
  ] as const)("is accessible in %s colours in %s, with a conversation in it", async (colorScheme, locale) => {
    const page = await newPage(browser, { colorScheme, locale });
    await open(page);
    await page.locator(".suggestions button").first().click();
    await page.locator(".message.automatic").waitFor();
    await expectAccessible(page);
    await page.context().close();
  });

  it("fills a phone's screen when open, and is a small button when not", async () => {
    const page = await newPage(browser, { viewport: { width: 390, height: 800 }, hasTouch: true });
    await page.goto(shop.url);
    const launcher = page.locator("button.launcher");
    expect((await launcher.boundingBox())?.width).toBeLessThanOrEqual(48);
    await launcher.click();
    expect(await page.locator(".panel").boundingBox()).toMatchObject({ x: 0, y: 0, width: 390, height: 800 });
    expect(await launcher.isVisible()).toBe(false);
    // Focus goes round inside of it, and comes back to the button.
    for (let press = 0; press < 20; press++) await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement !== null)).toBe(true);
    await page.getByRole("button", { name: "Close chat" }).click();
    expect(await launcher.isVisible()).toBe(true);
    await page.context().close();
  });

  it.each(LOCALES)("speaks %s, and loads no other language", async (locale) => {
    const texts = JSON.parse(
      await readFile(join(import.meta.dirname, `../../../locales/${locale}/widget.json`), "utf8"),
    );
    const page = await newPage(browser, { locale });
    const loaded: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/locales/")) loaded.push(new URL(request.url()).pathname);
    });
    await open(page);
    expect(loaded).toEqual([`/locales/${locale}/widget.json`]);
    expect(await page.locator(".panel").evaluate((element) => getComputedStyle(element).direction)).toBe(
      directionOf(locale),
    );
    expect(await page.locator(".suggestions button").allTextContents()).toEqual(
      ["parcel", "return", "refund", "change"].map((name) => texts.suggestions[name]),
    );
    const wide = await page.locator(".panel").evaluate(
      (panel) =>
        [...panel.querySelectorAll("button, p, h2, legend")].filter((element) => {
          const box = element.getBoundingClientRect();
          const frame = panel.getBoundingClientRect();
          return box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1);
        }).length,
    );
    expect(wide).toBe(0);
    await page.context().close();
  });
});

describe("when the shop's page is wrong", () => {
  it("an unknown inbox shows nothing, and tells the developer once", async () => {
    const wrong = await startShop(app.url, 'data-inbox="nonsense"');
    const page = await newPage(browser);
    const problems = collectProblems(page);
    const warned = page.waitForEvent("console", (message) => message.text().startsWith("[Parley]"));
    await page.goto(wrong.url);
    expect((await warned).text()).toContain("nonsense");
    expect(await page.locator("button.launcher").count()).toBe(0);
    expect(problems.filter((text) => text.includes("[Parley]"))).toHaveLength(1);
    await page.context().close();
    await wrong.close();
  });

  it("a missing inbox shows nothing, and tells the developer", async () => {
    const wrong = await startShop(app.url, "data-locale=en data-inbox");
    const page = await newPage(browser);
    const warned = page.waitForEvent("console", (message) => message.text().includes("data-inbox"));
    await page.goto(wrong.url);
    await warned;
    expect(await page.evaluate(() => window.Parley)).toBeUndefined();
    await page.context().close();
    await wrong.close();
  });

  it("a forged identity leaves the shopper anonymous, able to write, and tells the developer", async () => {
    const identity = JSON.stringify({ externalId: "7", hash: "0".repeat(64) });
    const wrong = await startShop(app.url, `data-inbox="chat" data-identity='${identity}'`);
    const page = await newPage(browser);
    const warned = page.waitForEvent("console", (message) => message.text().includes("identity was refused"));
    await open(page, wrong.url);
    await warned;
    await page.locator("textarea").fill("Where is my parcel?");
    await page.keyboard.press("Enter");
    await page.getByText("Automatic answer").waitFor();
    await page.context().close();
    await wrong.close();
  });

  it("the shop may insist on a language", async () => {
    const german = await startShop(app.url, 'data-inbox="chat" data-locale="de-AT"');
    const page = await newPage(browser);
    await open(page, german.url);
    await page.getByText("Wo ist mein Paket?").waitFor();
    await page.context().close();
    await german.close();
  });
});

declare global {
  interface Window {
    Parley?: { open(): void; close(): void; identify(identity: unknown): void; logout(): void };
  }
}
