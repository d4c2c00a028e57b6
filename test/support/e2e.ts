import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { ADMIN, type TestApp } from "./app.ts";

/** A page of its own visitor: no cookies or storage shared with others. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  return page;
}

/** The demo shop with the widget open. */
export async function openWidget(app: TestApp, page: Page): Promise<void> {
  await page.goto(`${app.url}/demo`);
  await page.locator("button.launcher").click();
  await page.getByRole("textbox").last().waitFor();
}

/** Logs in to the console. */
export async function logIn(app: TestApp, page: Page, account: typeof ADMIN = ADMIN): Promise<void> {
  await page.goto(`${app.url}/console`);
  await page.getByLabel("Email").fill(account.email);
  await page.locator("input[type=password]").fill(account.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "Conversations" }).waitFor();
}

/** No violation of WCAG 2.2 A and AA on the page as it stands, the widget's shadow tree included. */
export async function expectAccessible(page: Page): Promise<void> {
  // biome-ignore lint/suspicious/noExplicitAny: the package's own Playwright types are another version's
  const { violations } = await new AxeBuilder({ page: page as any })
    // Mails' frames run no scripts: the tool would wait half a minute for an answer from them.
    .exclude("iframe[sandbox]")
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual(
    [],
  );
}
