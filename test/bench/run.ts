import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** `npm run bench -- NAME`: runs ./NAME.ts and prints its result as one JSON line. */
const name = process.argv[2] ?? "";
const file = join(import.meta.dirname, `${name}.ts`);
if (!/^[a-z-]+$/.test(name) || name === "run" || !existsSync(file)) {
  const names = readdirSync(import.meta.dirname).map((entry) => entry.replace(/\.ts$/, ""));
  process.stderr.write(`usage: npm run bench -- NAME, one of: ${names.filter((one) => one !== "run").join(", ")}\n`);
  process.exit(2);
}
const { default: bench } = (await import(file)) as { default: () => Promise<unknown> };
process.stdout.write(`${JSON.stringify(await bench())}\n`);
process.exit(0);
