import { isForwardSubject } from "../subject.ts";
import { htmlToPlain, visibleHtml } from "./html.ts";
import type { Visible } from "./lines.ts";
import { visiblePlain } from "./plain.ts";

export { htmlToPlain } from "./html.ts";
export type { Visible } from "./lines.ts";

/**
 * What a person wrote in a mail, without quoted history and signature. HTML tells more than the plain part, so it
 * comes first; the plain part serves where the HTML is empty or missing. Never throws.
 */
export function visibleText(body: { html?: string; text?: string; subject?: string }): Visible {
  const forward = isForwardSubject(body.subject ?? "");
  const ofPlain = () => (body.text?.trim() ? visiblePlain(body.text, forward) : undefined);
  if (!body.html?.trim()) return ofPlain() ?? NOTHING;
  const ofHtml = visibleHtml(body.html, forward);
  if (ofHtml.text !== "" || htmlToPlain(body.html) !== "") return ofHtml;
  return ofPlain() ?? ofHtml;
}

const NOTHING: Visible = { text: "", quoted: "", signature: "", inline: false, forwarded: false };
