import { type Locale, localized, nearestLocale, SOURCE_LOCALE } from "../../contract/locales.ts";
import type { ChannelName } from "../../contract/message.ts";
import type { TemplateInput, TemplateProblem, TemplateText, Written } from "../../contract/template.ts";
import { check, type Problem, type Reader, render, type Scope } from "./liquid.ts";

export type Texts = Pick<TemplateInput, "texts" | "fallback">;

/** The text for a language and channel, in the fallback language where there is none. */
export function pickText(
  { texts, fallback }: Texts,
  wanted: string | undefined,
  channel: ChannelName,
): { locale: Locale; written: Written } | undefined {
  const near = nearestLocale(wanted);
  const locale = [near, fallback, SOURCE_LOCALE].find((each) => each && texts[each]);
  const text: TemplateText | undefined = locale ? texts[locale] : localized(texts, wanted);
  if (!text) return undefined;
  const own = text.channels?.[channel];
  const subject = own?.subject ?? text.subject;
  const written: Written = own
    ? { ...own, ...(subject !== undefined && { subject }) }
    : {
        text: text.text,
        ...(subject !== undefined && { subject }),
        ...(text.html !== undefined && { html: text.html }),
      };
  return { locale: locale ?? fallback, written };
}

export interface Message {
  subject?: string;
  text: string;
  html?: string;
}

/** Fills a message in, or tells the first thing that is missing. */
export function renderMessage(
  written: Written,
  scope: Scope,
  reader: Reader,
  { html: shows, subjects }: { html: boolean; subjects: boolean },
): { ok: true; message: Message } | { ok: false; problem: Problem & { part: TemplateProblem["part"] } } {
  const message: Message = { text: "" };
  const parts = [
    ["text", written.text, false],
    ...(subjects && written.subject ? [["subject", written.subject, false] as const] : []),
    ...(shows && written.html ? [["html", written.html, true] as const] : []),
  ] as const;
  for (const [part, text, asHtml] of parts) {
    const rendered = render(text, scope, reader, { asHtml });
    if (!rendered.ok) return { ok: false, problem: { ...rendered.problem, part } };
    message[part] = part === "text" ? tidy(rendered.text) : rendered.text.trim();
  }
  return { ok: true, message };
}

/** Lines that a condition left empty close up. */
function tidy(text: string): string {
  return text
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** Everything that is wrong with a template's texts. */
export function checkTexts({ texts }: Pick<Texts, "texts">): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  for (const [locale, text] of Object.entries(texts)) {
    if (!text) continue;
    const forms: [string | undefined, Written][] = [
      [undefined, text],
      ...(Object.entries(text.channels ?? {}) as [string, Written][]),
    ];
    for (const [channel, written] of forms) {
      for (const part of ["subject", "text", "html"] as const) {
        const source = written[part];
        if (source === undefined) continue;
        for (const problem of check(source, { asHtml: part === "html" })) {
          problems.push({ locale, ...(channel && { channel }), part, ...problem });
        }
      }
    }
  }
  return problems;
}
