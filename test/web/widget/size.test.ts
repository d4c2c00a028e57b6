import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildScreens } from "./built.ts";

let screens: Awaited<ReturnType<typeof buildScreens>>;
beforeAll(async () => {
  screens = await buildScreens();
});
afterAll(() => screens?.remove());

describe("what a shop's page loads for the widget", () => {
  it("is at most 40 KB, its Socket.IO client included", async () => {
    const script = await readFile(join(screens.directory, "widget.js"));
    expect(script.toString()).toContain("socket.io");
    expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(40_000);
  });

  it("runs on phones of 2020, and evaluates no text as code", async () => {
    const script = (await readFile(join(screens.directory, "widget.js"))).toString();
    expect(script).not.toMatch(/\beval\(|new Function\(|\?\?=|\|\|=|\.at\(-1\)|\bimport\(/);
  });
});
