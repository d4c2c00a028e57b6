import { expect, test } from "vitest";
import { summarize } from "../../scripts/ci-summary.ts";

const passed = { status: "passed", assertionResults: [{ status: "passed" }] };

test("a green run has no failures", () => {
  expect(summarize({ numPassedTests: 1, testResults: [passed] }, 0)).toEqual({ passed: 1, failed: 0 });
});

test("failed tests count, and so does a file that could not run", () => {
  const failing = {
    status: "failed",
    assertionResults: [{ status: "failed" }, { status: "failed" }, { status: "passed" }],
  };
  const broken = { status: "failed", assertionResults: [] };
  expect(summarize({ numPassedTests: 2, testResults: [passed, failing, broken] }, 1)).toEqual({ passed: 2, failed: 3 });
});

test("a run that failed outside of any test is not called green", () => {
  expect(summarize({ numPassedTests: 1, testResults: [passed] }, 1)).toEqual({ passed: 1, failed: 1 });
  expect(summarize(undefined, 2)).toEqual({ passed: 0, failed: 1 });
  expect(summarize(undefined, 0)).toEqual({ passed: 0, failed: 1 });
});
