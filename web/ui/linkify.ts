/** A piece of a message: plain text, or text that leads somewhere. */
export interface TextPart {
  text: string;
  href?: string;
}

// Stops at white space, quotes and angle brackets, and at full-width punctuation, which no URL contains unescaped
// but which follows one directly in Chinese and Japanese text.
const CANDIDATE = /https?:\/\/[^\s<>"'`\u3000-\u303f\uff01-\uff0f\uff1a-\uff1f]+/giu;
const TRAILING = /[.,;:!?*_~…]+$/u;

/**
 * Splits untrusted text into text and links. Only http and https become links; the parts joined give the text back
 * unchanged, and nothing is ever read as markup.
 */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const url = trimUrl(match[0]);
    const href = safeHref(url);
    if (!href) continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: url, href });
    from = match.index + url.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** Leaves out punctuation that ends the sentence, and a bracket that was opened before the address. */
function trimUrl(candidate: string): string {
  let url = candidate.replace(TRAILING, "");
  while (/[)\]}]$/.test(url)) {
    const close = url.slice(-1);
    const open = { ")": "(", "]": "[", "}": "{" }[close]!;
    if (url.split(open).length >= url.split(close).length) break;
    url = url.slice(0, -1).replace(TRAILING, "");
  }
  return url;
}

function safeHref(url: string): string | undefined {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return undefined;
  }
  if (!parsed.hostname) return undefined;
  // "https://bank.example@evil.example" reads as the first and leads to the second.
  if (parsed.username || parsed.password) return undefined;
  return parsed.href;
}
