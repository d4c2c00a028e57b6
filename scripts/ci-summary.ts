import { readFileSync } from "node:fs";

/** The part of vitest's JSON report that counts. */
interface Report {
  numPassedTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/**
 * `N passed, N failed` from vitest's JSON report. A test file that could not run counts as one failure, and so does
 * a run that failed before or outside of any test.
 */
export function summarize(report: Report | undefined, exitStatus: number): { passed: number; failed: number } {
  let failed = 0;
  for (const file of report?.testResults ?? []) {
    const failures = file.assertionResults.filter(({ status }) => status === "failed").length;
    failed += failures === 0 && file.status === "failed" ? 1 : failures;
  }
  if (failed === 0 && (exitStatus !== 0 || !report)) failed = 1;
  return { passed: report?.numPassedTests ?? 0, failed };
}

function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Report;
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const [path = "", exitStatus = "1"] = process.argv.slice(2);
  const { passed, failed } = summarize(readReport(path), Number(exitStatus));
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
