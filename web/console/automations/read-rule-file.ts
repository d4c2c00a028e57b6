import { automationFileSchema } from "../../../contract/automation.ts";

export type ReadRuleFile =
  | { ok: true; file: unknown; rules: number; templates: number }
  | { ok: false; where?: string };

/** Checks a file before anything is sent. */
export function readRuleFile(text: string): ReadRuleFile {
  let file: unknown;
  try {
    file = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return { ok: false };
  }
  const parsed = automationFileSchema.safeParse(file);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { ok: false, where: `${issue?.path.join(".") || "–"}: ${issue?.message}` };
  }
  return { ok: true, file, rules: parsed.data.automations.length, templates: parsed.data.templates.length };
}
