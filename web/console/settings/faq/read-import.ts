import { type FaqInput, faqImportSchema } from "../../../../contract/faq.ts";

export type ReadImport =
  | { ok: true; entries: FaqInput[] }
  | { ok: false; problem: "notJson" | "empty" }
  /** `at` counts from 1, for people; `path` and `detail` name the field. */
  | { ok: false; problem: "wrongEntry"; at: number; path: string; detail: string }
  | { ok: false; problem: "notAList" };

/** Reads a file of FAQ entries, and tells where it is wrong before anything is sent. */
export function readImport(text: string): ReadImport {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return { ok: false, problem: "notJson" };
  }
  if (!Array.isArray(parsed)) return { ok: false, problem: "notAList" };
  if (parsed.length === 0) return { ok: false, problem: "empty" };
  const checked = faqImportSchema.safeParse(parsed);
  if (checked.success) return { ok: true, entries: checked.data };
  const issue = checked.error.issues[0]!;
  const [at, ...path] = issue.path;
  return { ok: false, problem: "wrongEntry", at: Number(at ?? 0) + 1, path: path.join("."), detail: issue.message };
}
