import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildHttpContext, errorOf, serveHttp, type TestHttp } from "../../support/http.ts";

const PAGE = '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><title>NAME</title>';
const BUILT = {
  "console/index.html": PAGE.replace("NAME", "console"),
  "console/assets/index-Bx3kQ9_z.js": `export const screens = ${JSON.stringify("x".repeat(3000))};`,
  "pages/index.html": PAGE.replace("NAME", "start"),
  "pages/demo.html": PAGE.replace("NAME", "demo shop"),
  "pages/mailbox.html": PAGE.replace("NAME", "demo mailbox"),
  "widget.js": "console.log('widget')",
  "widget/chat-Ab3kQ9_z.js": "export {}",
  "widget.js.map": "{}",
  ".secret": "hidden",
};

async function start(
  environment: Record<string, string> = {},
  files: Record<string, string> = BUILT,
): Promise<TestHttp> {
  const webDirectory = mkdtempSync(join(tmpdir(), "parley-web-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(webDirectory, path)), { recursive: true });
    writeFileSync(join(webDirectory, path), text);
  }
  return serveHttp(buildHttpContext({ DEMO: "true", ...environment }).ctx, { webDirectory });
}

function policyOf(response: Response): Map<string, string> {
  const policy = response.headers.get("content-security-policy") ?? "";
  return new Map(policy.split(";").map((part) => [part.split(" ")[0] ?? "", part.slice(part.indexOf(" ") + 1)]));
}

describe("the hub's pages", () => {
  test.each([
    ["/", "start"],
    ["/demo", "demo shop"],
    ["/console", "console"],
    ["/console/", "console"],
    ["/console/conversations/64f0", "console"],
  ])("%s opens", async (path, title) => {
    const { fetch } = await start();
    const response = await fetch(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(await response.text()).toContain(`<title>${title}</title>`);
  });

  test("run no script and no style but the hub's own, and show in no frame", async () => {
    const { fetch } = await start();
    const response = await fetch("/console");
    const policy = policyOf(response);
    expect(policy.get("script-src")).toBe("'self'");
    expect(policy.get("frame-ancestors")).toBe("'none'");
    expect(policy.get("object-src")).toBe("'none'");
    const nonce = /'nonce-(.+)'/.exec(policy.get("style-src") ?? "")?.[1];
    expect(await response.text()).toContain(`nonce="${nonce}"`);
    expect(policyOf(await fetch("/console")).get("style-src")).not.toContain(nonce);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("x-powered-by")).toBeNull();
  });

  test("ask browsers for https only where the hub has it", async () => {
    expect((await (await start()).fetch("/")).headers.get("strict-transport-security")).toBeNull();
    const { fetch } = await start({ PUBLIC_URL: "https://help.example.com" });
    expect((await fetch("/")).headers.get("strict-transport-security")).toMatch(/max-age=\d+/);
  });

  test("lead through the login to the demo mailbox", async () => {
    const { fetch } = await start();
    const response = await fetch("/mailbox", { redirect: "manual" });
    expect({ status: response.status, to: response.headers.get("location") }).toEqual({
      status: 303,
      to: "/console/mailbox",
    });
  });

  test.each([
    ["the demo is off", { DEMO: "false" }],
    ["mail leaves by a server", { SMTP_URL: "smtp://mail.example.com" }],
  ])("have no demo mailbox when %s", async (_when, environment) => {
    const { fetch } = await start(environment);
    expect((await fetch("/mailbox")).status).toBe(404);
  });

  test("have no demo shop when the demo is off", async () => {
    const { fetch } = await start({ DEMO: "false" });
    expect((await fetch("/demo")).status).toBe(404);
    expect((await fetch("/pages/demo.html")).status).toBe(404);
  });

  test("say so when they were not built", async () => {
    const { fetch } = await start({}, {});
    expect((await fetch("/console")).status).toBe(503);
  });
});

describe("files", () => {
  test("whose name carries their content's hash are kept by browsers for good", async () => {
    const { fetch } = await start();
    const response = await fetch("/console/assets/index-Bx3kQ9_z.js");
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(response.headers.get("content-encoding")).toMatch(/br|gzip/);
  });

  test("of the widget may be loaded by any shop and are asked for again soon", async () => {
    const { fetch } = await start();
    const script = await fetch("/widget.js");
    expect(script.headers.get("cache-control")).toBe("public, max-age=300");
    expect(script.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    expect((await fetch("/widget/chat-Ab3kQ9_z.js")).headers.get("access-control-allow-origin")).toBe("*");
    const etag = script.headers.get("etag") ?? "";
    const again = await fetch("/widget.js", { headers: { "If-None-Match": etag, "Cache-Control": "max-age=0" } });
    expect(again.status).toBe(304);
  });

  test("of texts may be loaded by any shop", async () => {
    const { fetch } = await start();
    const response = await fetch("/locales/en/server.json");
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });

  test.each([
    "/.secret",
    "/widget.js.map",
    "/console/assets/gone-Bx3kQ9_z.js",
    "/../package.json",
    "/%2e%2e/package.json",
    "/locales/%2e%2e/package.json",
    "/server/config.ts",
  ])("%s is not served", async (path) => {
    const { fetch } = await start();
    expect((await fetch(path)).status).toBe(404);
  });
});

describe("an address where nothing is", () => {
  test("shows a person a page in their language, with a way back", async () => {
    const { fetch } = await start();
    const response = await fetch("/nowhere", { headers: { Accept: "text/html", "Accept-Language": "ar" } });
    expect(response.status).toBe(404);
    const html = await response.text();
    expect(html).toContain('<html lang="ar" dir="rtl">');
    expect(html).toContain('<a href="/">');
    expect(html).toContain(/'nonce-(.+?)'/.exec(response.headers.get("content-security-policy") ?? "")?.[1] ?? "none");
  });

  test("tells a program in JSON", async () => {
    const { fetch } = await start();
    expect((await errorOf(await fetch("/nowhere"))).code).toBe("unknown_route");
    expect((await errorOf(await fetch("/", { method: "POST" }))).code).toBe("unknown_route");
  });
});
