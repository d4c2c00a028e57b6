import type { FaqPreviewInput, FaqPreviewResult } from "../../contract/faq.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { readCsv } from "../faq-import/csv.ts";
import type { ImportDraft } from "../faq-import/draft.ts";
import { readPage } from "../faq-import/page.ts";
import { readMarkdown } from "../faq-import/sections.ts";
import { OutboundError } from "../outbound-http.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";
import { workspaceLocale } from "../queries/workspace.ts";
import { effectOf, indexFaqs } from "./faqs.ts";

const PAGE_TIMEOUT_MS = 15_000;
const PAGE_BYTES = 5 * 1024 * 1024;

/**
 * What importing a file or a help-centre page would do; writes nothing.
 * @throws AppError forbidden, import_unreadable, page_unreadable
 */
export async function previewFaqImport(
  ctx: Context,
  { viewer, input }: { viewer: Viewer; input: FaqPreviewInput },
): Promise<FaqPreviewResult> {
  requirePermission(viewer, "faqs.edit");
  const locale = input.locale ?? (await workspaceLocale(viewer.workspaceId));
  let draft: ImportDraft;
  if (input.format === "url") draft = readPage(await fetchPage(ctx, input.url), input.url, locale);
  else draft = input.format === "csv" ? readCsv(input.content, locale) : readMarkdown(input.content, locale);
  if (draft.entries.length === 0 && draft.problems.length === 0) throw new AppError("import_unreadable");
  const existing = await indexFaqs(viewer.workspaceId);
  return { ...draft, effects: draft.entries.map((entry) => effectOf(existing, entry).effect) };
}

async function fetchPage(ctx: Context, url: string): Promise<string> {
  try {
    const { status, text } = await ctx.outbound.request(url, {
      method: "GET",
      headers: { accept: "text/html,application/xhtml+xml", "user-agent": "Parley (FAQ import)" },
      timeoutMs: PAGE_TIMEOUT_MS,
      maxBytes: PAGE_BYTES,
      redirects: 5,
    });
    if (status < 200 || status > 299) throw new AppError("page_unreadable", { status });
    return text;
  } catch (error) {
    if (error instanceof OutboundError)
      throw new AppError("page_unreadable", { reason: error.reason }, { cause: error });
    throw error;
  }
}
