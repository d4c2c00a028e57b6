import { LOCALES, type Locale } from "../../../contract/locales.ts";
import type { ChannelName } from "../../../contract/message.ts";
import type { Template, TemplateInput, TemplateText, Written } from "../../../contract/template.ts";

/** A template while it is edited. Languages without a text are not saved. */
export interface TemplateDraft {
  name: string;
  key: string;
  fallback: Locale;
  texts: TemplateInput["texts"];
}

/** What all channels say, or what one says otherwise. */
export type Form = "all" | ChannelName;

export function newTemplate(fallback: Locale): TemplateDraft {
  return { name: "", key: "", fallback, texts: {} };
}

export function draftOf({ name, key, fallback, texts }: Template): TemplateDraft {
  return { name, key, fallback, texts };
}

/** A template's key from its name: `Order shipped` → `order_shipped`; names without Latin letters give none. */
export function keyFrom(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60)
    .replace(/_+$/, "");
}

/** The text of a form in a language; undefined where a channel says what all say, or nothing is written. */
export function writtenOf(draft: TemplateDraft, locale: Locale, form: Form): Written | undefined {
  const text = draft.texts[locale];
  return form === "all" ? text : text?.channels?.[form];
}

/** The draft with a part of a form changed. An emptied subject or rich text goes; a text stays, empty, until it is saved. */
export function withPart(
  draft: TemplateDraft,
  locale: Locale,
  form: Form,
  part: keyof Written,
  value: string,
): TemplateDraft {
  const change = (written: Written | undefined): Written => {
    const next: Written = { ...written, text: written?.text ?? "" };
    if (part === "text") next.text = value;
    else if (value === "") delete next[part];
    else next[part] = value;
    return next;
  };
  const text = draft.texts[locale];
  const next: TemplateText =
    form === "all"
      ? { ...text, ...change(text), ...(part !== "text" && value === "" ? { [part]: undefined } : {}) }
      : { ...text, text: text?.text ?? "", channels: { ...text?.channels, [form]: change(text?.channels?.[form]) } };
  return { ...draft, texts: { ...draft.texts, [locale]: withoutUndefined(next) } };
}

/** The draft with a channel's own words for a language, begun from what all say, or without them. */
export function withOwnWords(draft: TemplateDraft, locale: Locale, channel: ChannelName, own: boolean): TemplateDraft {
  const text = draft.texts[locale];
  const { [channel]: _gone, ...others } = text?.channels ?? {};
  const { channels: _channels, ...shared } = text ?? { text: "" };
  const channels = own ? { ...others, [channel]: shared } : others;
  return { ...draft, texts: { ...draft.texts, [locale]: { ...shared, channels } } };
}

/** What is saved: languages and channels with a text, nothing empty. */
export function inputOf({ name, key, fallback, texts }: TemplateDraft): TemplateInput {
  const written: TemplateInput["texts"] = {};
  for (const locale of LOCALES) {
    const text = texts[locale];
    if (!text?.text.trim()) continue;
    const channels = Object.fromEntries(
      Object.entries(text.channels ?? {})
        .filter(([, own]) => own.text.trim() !== "")
        .map(([channel, own]) => [channel, withoutEmpty(own)]),
    );
    const { channels: _channels, ...shared } = text;
    written[locale] = { ...withoutEmpty(shared), ...(Object.keys(channels).length > 0 && { channels }) };
  }
  return { name: name.trim(), key, fallback, texts: written };
}

function withoutEmpty(written: Written): Written {
  const { subject, text, html } = written;
  return { ...(subject?.trim() && { subject }), text, ...(html?.trim() && { html }) };
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}

export function languagesOf(draft: TemplateDraft): Locale[] {
  return LOCALES.filter((locale) => draft.texts[locale]?.text.trim());
}

export type DraftProblem = "noName" | "noKey" | "noFallback";

/** Why a template can not be saved, before anything is sent. */
export function problemOf(draft: TemplateDraft): DraftProblem | undefined {
  if (!draft.name.trim()) return "noName";
  if (!/^[a-z0-9]+(_[a-z0-9]+)*$/.test(draft.key)) return "noKey";
  if (!draft.texts[draft.fallback]?.text.trim()) return "noFallback";
  return undefined;
}

export function differs(draft: TemplateDraft, saved: TemplateDraft): boolean {
  return JSON.stringify(inputOf(draft)) !== JSON.stringify(inputOf(saved));
}
