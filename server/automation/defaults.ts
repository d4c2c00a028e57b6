import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { createAutomationSchema } from "../../contract/automation.ts";
import { templateInputSchema } from "../../contract/template.ts";

const DIRECTORY = join(import.meta.dirname, "..", "..", "templates", "messages");

const ruleSchema = z.record(z.string(), z.unknown()).transform(({ key, ...rule }, issues) => {
  const parsed = createAutomationSchema.safeParse({ ...rule, name: key });
  if (parsed.success && typeof key === "string") return { ...parsed.data, key };
  issues.addIssue({ code: "custom", message: `rule ${key}: ${parsed.error?.message}` });
  return z.NEVER;
});
export type DefaultRule = z.output<typeof ruleSchema>;
const messageSchema = z
  .object({ key: z.string(), fallback: z.literal("en"), texts: z.unknown() })
  .strict()
  .transform((file) => templateInputSchema.parse({ ...file, name: file.key }));

/** The message templates that Parley comes with, by file name. Their names are texts at `automations:messages.<key>`. */
export function readDefaultTemplates(): z.output<typeof templateInputSchema>[] {
  return readdirSync(DIRECTORY)
    .filter((name) => name.endsWith(".json") && name !== "rules.json")
    .sort()
    .map((name) => messageSchema.parse(JSON.parse(readFileSync(join(DIRECTORY, name), "utf8"))));
}

/** The rules that Parley comes with. Their names are texts at `automations:defaults.<key>.name`. */
export function readDefaultRules(): DefaultRule[] {
  return z.array(ruleSchema).parse(JSON.parse(readFileSync(join(DIRECTORY, "rules.json"), "utf8")));
}

let standard: Map<string, z.output<typeof templateInputSchema>> | undefined;

/** The same by key, read once. */
export function standardTemplates(): ReadonlyMap<string, z.output<typeof templateInputSchema>> {
  standard ??= new Map(readDefaultTemplates().map((template) => [template.key, template]));
  return standard;
}
