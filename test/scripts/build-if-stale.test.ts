import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildIfStale } from "../../scripts/build-if-stale.ts";

/** A checkout with one screen, and a build that counts how often it ran. */
function buildCheckout(): { root: string; run: () => number; builds: () => number } {
  const root = mkdtempSync(join(tmpdir(), "parley-build-"));
  mkdirSync(join(root, "web", "console"), { recursive: true });
  mkdirSync(join(root, "node_modules", "vite"), { recursive: true });
  writeFileSync(join(root, "package.json"), "{}");
  writeFileSync(join(root, "node_modules", "vite", "package.json"), "{}");
  writeFileSync(join(root, "web", "console", "main.tsx"), "one");
  let count = 0;
  const run = () =>
    buildIfStale(root, () => {
      count += 1;
      mkdirSync(join(root, "dist", "web"), { recursive: true });
      return 0;
    });
  return { root, run, builds: () => count };
}

test("the screens are built on the first start and not on the next", () => {
  const { root, run, builds } = buildCheckout();
  expect(run()).toBe(0);
  utimesSync(join(root, "web", "console", "main.tsx"), new Date(), new Date());
  expect(run()).toBe(0);
  expect(builds()).toBe(1);
});

test("a changed, added or removed source builds them again, and so does a missing build", () => {
  const { root, run, builds } = buildCheckout();
  run();
  writeFileSync(join(root, "web", "console", "main.tsx"), "two");
  run();
  writeFileSync(join(root, "web", "console", "more.tsx"), "");
  run();
  rmSync(join(root, "web", "console", "more.tsx"));
  run();
  rmSync(join(root, "dist"), { recursive: true });
  run();
  expect(builds()).toBe(5);
});

test("a build that fails fails the start, and is tried again", () => {
  const { root, run, builds } = buildCheckout();
  mkdirSync(join(root, "dist", "web"), { recursive: true });
  expect(buildIfStale(root, () => 2)).toBe(2);
  run();
  expect(builds()).toBe(1);
});

test("an installation without build tools serves what was built", () => {
  const { root, run, builds } = buildCheckout();
  run();
  rmSync(join(root, "node_modules"), { recursive: true });
  writeFileSync(join(root, "web", "console", "main.tsx"), "two");
  expect(run()).toBe(0);
  expect(builds()).toBe(1);
});
