import type { parseDocument } from "htmlparser2";

export type Node = ReturnType<typeof parseDocument>["children"][number];
export type Element = Extract<Node, { attribs: unknown }>;

export function isElement(node: Node): node is Element {
  return "attribs" in node;
}
export function textOf(node: Node): string | undefined {
  return node.nodeType === 3 && "data" in node ? node.data : undefined;
}

/**
 * How mail programs mark quoted history and signatures in HTML. Names of classes, ids and attributes come from the
 * programs' own output; Outlook on the web prefixes ids and classes of what it quotes with `x_`.
 */

/** Everything inside is quoted history, though no blockquote says so. */
const QUOTE_CLASSES =
  /^(?:yahoo_quoted|ydp[0-9a-z]*yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra|freshdesk_quote|sh-quoted-content|ntes-mailmaster-quote|mailmaster-quote|qmbox|quotedreplytext|gmail_extra_quote|mail-quote-collapse|moz-email-headers-table|hs_reply|airmail_quote|mailbird-quote|cafe24_quote|front-blockquote|quoted-history)$/i;
const QUOTE_IDS =
  /^(?:yahoo_quoted_\w+|isreplycontent|replycontent|qqmail_quote|quoted-?content|reply_content|ntes-quote|zmquote|mail-editor-reference-message-container)$/i;
const QUOTE_TAGS = /^(?:includetail|quote)$/;

/** Quoted history begins here and goes on to the end of the mail, through whatever follows. */
const CUT_IDS = /^(?:divrplyfwdmsg|replysplit|stopspelling|zwchr|lg_reply|replyforwardheader)$/i;
const CUT_CLASSES = /^(?:outlookmessageheader|reply-delimiter|zwchr)$/i;

const ATTRIBUTION_CLASSES =
  /^(?:gmail_attr|moz-cite-prefix|airmail_on|mailspring-quote-header|protonmail_quote_header)$/i;

const SIGNATURE_CLASSES =
  /^(?:gmail_signature|gmail_signature_prefix|moz-signature|moz-txt-sig|yahoo-signature|ydp[0-9a-z]*signature|protonmail_signature_block(?:-\w+)?|tutanota_signature|mailmaster-signature|bloop_sign\w*|mailspring-signature|elementtoproof-signature|zm_signature|sh-signature|front-signature)$/i;
const SIGNATURE_IDS =
  /^(?:signature|applemailsignature|ms-outlook-mobile-signature|ms-outlook-mobile-body-separator-line|spneditorsign\w*|ntes-pcmac-signature|bloop_sign_\w+|bloop_customfont|mailbirdsignature|outlooksignature|yahoo_mail_signature|signature-\w+|zm_signature)$/i;

const bare = (name: string) => name.replace(/^(?:x_)+/i, "");

function matches(value: string | undefined, pattern: RegExp): boolean {
  return (value ?? "").split(/\s+/).some((name) => pattern.test(bare(name)));
}

export type Mark = "quote" | "cut" | "attribution" | "signature";

/** What the element is, as far as its own name, class, id and style tell. */
export function markOf(element: Element): Mark | undefined {
  const { name, attribs } = element;
  if (name === "blockquote") return isIndent(element) ? undefined : "quote";
  if (QUOTE_TAGS.test(name) || matches(attribs.class, QUOTE_CLASSES) || matches(attribs.id, QUOTE_IDS)) return "quote";
  if (attribs["data-marker"] === "__QUOTED_TEXT__") return "quote";
  if (attribs.name === "messageReplySection" || attribs.name === "quote") return "quote";
  if (matches(attribs.id, CUT_IDS) || matches(attribs.class, CUT_CLASSES)) return "cut";
  if (attribs["data-marker"] === "__DIVIDER__") return "cut";
  if (matches(attribs.class, ATTRIBUTION_CLASSES)) return "attribution";
  if (matches(attribs.class, SIGNATURE_CLASSES) || matches(attribs.id, SIGNATURE_IDS)) return "signature";
  if (matches(attribs["data-smartmail"], /^gmail_signature$/i) || "data-signature-widget" in attribs)
    return "signature";
  if (attribs["data-marker"] === "__SIG_PRE__" || attribs["data-marker"] === "__SIG_POST__") return "signature";
  if (attribs.name === "messageSignatureSection") return "signature";
  if (name === "div" && hasQuoteBar(attribs.style)) return "quote";
  return undefined;
}

/** Gmail and Outlook indent a paragraph with a blockquote that has no border and is no citation. */
function isIndent(element: Element): boolean {
  const { attribs } = element;
  if (attribs.type === "cite" || attribs.cite !== undefined || attribs.class) return false;
  const style = (attribs.style ?? "").toLowerCase();
  if (style === "" || hasQuoteBar(style)) return false;
  return /border\s*:\s*none|margin(?:-left)?\s*:[^;]*40px/.test(style) && !/border-left\s*:\s*(?!none|0)/.test(style);
}

/** A bar at the left with room beside it, as Mail.ru, Outlook and Naver draw quotes. */
function hasQuoteBar(style: string | undefined): boolean {
  if (!style) return false;
  return (
    /border-left\s*:\s*(?!none|0)[^;]*(?:solid|#|rgb)/i.test(style) && /(?:padding|margin)(?:-left)?\s*:/i.test(style)
  );
}

/** The thin line that Outlook draws above "From: … Sent: …": the top border of an otherwise borderless block. */
export function isOutlookDivider(element: Element): boolean {
  const style = element.attribs.style ?? "";
  return (
    element.name === "div" &&
    /border\s*:\s*none/i.test(style) &&
    /border-top\s*:\s*solid\s+(?:#[0-9a-f]{3,6}|windowtext)\s+1(?:\.0)?pt/i.test(style)
  );
}

/** Nobody sees it: preheaders, tracking and reset markup. */
export function isHidden(element: Element): boolean {
  if ("hidden" in element.attribs) return true;
  const style = (element.attribs.style ?? "").replace(/\s+/g, "").toLowerCase();
  return /(?:^|;)(?:display:none|visibility:hidden|mso-hide:all|font-size:0(?:px|pt)?(?:;|$)|max-height:0(?:px)?(?:;|$))/.test(
    style,
  );
}
