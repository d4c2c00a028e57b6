import type { Locale } from "../../contract/locales.ts";
import type { Written } from "../../contract/template.ts";
import type { Context } from "../context.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";
import { asAppError } from "./copilot.ts";

const PARTS = ["subject", "text", "html"] as const;
/** What fills a template in is not words: it goes through as it is. */
const LIQUID = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;

/**
 * A template's words in another language, as a draft for a person to read; writes nothing.
 * @throws AppError model_required, budget_spent, model_failed
 */
export async function translateTemplate(
  ctx: Context,
  { viewer, written, to, signal }: { viewer: Viewer; written: Written; to: Locale; signal: AbortSignal },
): Promise<Written> {
  requirePermission(viewer, "automations.edit");
  const parts = PARTS.filter((part) => written[part]?.trim());
  const hidden = parts.map((part) => hide(written[part] ?? ""));
  const bot = await ctx.knowledge.botFor(viewer.workspaceId);
  try {
    const done = await bot.translate({ texts: hidden.map(({ text }) => text), to, signal });
    const translated = parts.map((part, at) => {
      const { text, tags } = hidden[at]!;
      return [part, reveal(done[at]?.text ?? text, tags)];
    });
    return { ...written, ...Object.fromEntries(translated) };
  } catch (error) {
    throw asAppError(error);
  }
}

function hide(source: string): { text: string; tags: string[] } {
  const tags: string[] = [];
  const text = source.replace(LIQUID, (tag) => `⟦${tags.push(tag)}⟧`);
  return { text, tags };
}

function reveal(text: string, tags: readonly string[]): string {
  return text.replace(/⟦(\d+)⟧/g, (whole, number: string) => tags[Number(number) - 1] ?? whole);
}
