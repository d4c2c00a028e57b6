import { defineConfig } from "vitest/config";

/** Tests that put something else in place of a module; the others share what they import, which halves the time of a run. */
const ALONE = ["test/server/database/embedded/storage/store.test.ts"];

export default defineConfig({
  test: {
    testTimeout: 90_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "shared",
          isolate: false,
          include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
          exclude: ["test/bench/**", "node_modules/**", ...ALONE],
        },
      },
      { extends: true, test: { name: "alone", include: ALONE } },
    ],
  },
});
