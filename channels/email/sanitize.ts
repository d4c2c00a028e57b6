import sanitizeHtml from "sanitize-html";
import { boundedHtml } from "./html-depth.ts";

/** Where a picture that the mail carries itself can be fetched: the address of the file with that Content-ID. */
export type CidUrl = (cid: string) => string | undefined;

export interface SanitizeOptions {
  cidUrl: CidUrl;
  /** The reader asked to see pictures from elsewhere. They tell the sender that and where the mail is read. */
  remoteImages: boolean;
}

export interface SafeHtml {
  html: string;
  /** Pictures from elsewhere that were left out. */
  blockedImages: number;
}

const MAX_HTML = 1_000_000;
const SIZE = [/^\d{1,4}(?:\.\d+)?(?:px|pt|em|rem|%)?$/, /^auto$/];
const LENGTHS = [/^(?:-?\d{1,4}(?:\.\d+)?(?:px|pt|em|rem|%)?\s*|auto\s*){1,4}$/];
const COLOR = [/^#[0-9a-f]{3,8}$/i, /^(?:rgb|rgba|hsl|hsla)\([\d\s.,%/-]{1,40}\)$/i, /^[a-z]{3,20}$/i];
const BORDER = [/^[\w\s.#(),%-]{1,60}$/];

/** Nothing that loads, positions over the page, or runs. */
const STYLES = {
  "*": {
    color: COLOR,
    "background-color": COLOR,
    "text-align": [/^(?:left|right|center|justify|start|end)$/],
    "text-decoration": [/^[a-z\s-]{1,40}$/],
    "font-weight": [/^(?:\d{3}|bold|normal|bolder|lighter)$/],
    "font-style": [/^(?:italic|normal|oblique)$/],
    "font-size": [/^\d{1,2}(?:\.\d+)?(?:px|pt|em|rem|%)$/, /^(?:x-small|small|medium|large|x-large)$/],
    "font-family": [/^[\w\s"',.-]{1,200}$/],
    "line-height": [/^\d{1,2}(?:\.\d+)?(?:px|pt|em|%)?$/, /^normal$/],
    "white-space": [/^(?:pre|pre-wrap|pre-line|normal|nowrap)$/],
    "vertical-align": [/^[a-z-]{1,20}$/],
    direction: [/^(?:ltr|rtl)$/],
    width: SIZE,
    height: SIZE,
    "max-width": SIZE,
    padding: LENGTHS,
    "padding-left": LENGTHS,
    "padding-right": LENGTHS,
    "padding-top": LENGTHS,
    "padding-bottom": LENGTHS,
    margin: [/^(?:\d{1,3}(?:\.\d+)?(?:px|pt|em|rem)?\s*|auto\s*){1,4}$/],
    border: BORDER,
    "border-left": BORDER,
    "border-right": BORDER,
    "border-top": BORDER,
    "border-bottom": BORDER,
    "border-collapse": [/^(?:collapse|separate)$/],
  },
};

/**
 * HTML of a stranger, safe to show in a sandboxed frame: no scripts, forms, frames or style sheets, links that open
 * apart and tell nothing of where they were opened, pictures of the mail itself in place, those from elsewhere counted
 * and left out unless asked for. What is left is well-formed.
 */
export function sanitizeMailHtml(html: string, { cidUrl, remoteImages }: SanitizeOptions): SafeHtml {
  let blockedImages = 0;
  const safe = sanitizeHtml(boundedHtml(html.slice(0, MAX_HTML)).html, {
    allowedTags: ALLOWED_TAGS,
    allowedAttributes: {
      "*": ["style", "dir", "lang", "align", "valign", "title"],
      a: ["href", "rel", "target"],
      img: ["src", "alt", "width", "height", "data-blocked"],
      table: ["width", "border", "cellpadding", "cellspacing", "bgcolor"],
      td: ["width", "height", "colspan", "rowspan", "bgcolor"],
      th: ["width", "height", "colspan", "rowspan", "bgcolor"],
      tr: ["bgcolor"],
      ol: ["start", "type"],
      font: ["color", "size", "face"],
    },
    allowedStyles: STYLES,
    allowedSchemes: ["http", "https", "mailto", "tel"],
    allowedSchemesByTag: { img: ["http", "https"] },
    allowProtocolRelative: false,
    nonTextTags: ["style", "script", "textarea", "option", "noscript", "title", "head", "xmp", "noembed", "noframes"],
    nestingLimit: 200,
    transformTags: {
      a: (tagName, { href, ...rest }) => ({
        tagName,
        attribs: {
          ...rest,
          // A relative address would point into the hub.
          ...(href !== undefined && /^\s*(?:https?:\/\/|mailto:|tel:)/i.test(href) && { href }),
          target: "_blank",
          rel: "noopener noreferrer nofollow",
        },
      }),
      img: (_tagName, attribs) => {
        const { src = "", alt = "", width, height } = attribs;
        const kept = { alt: alt.slice(0, 500), ...(width && { width }), ...(height && { height }) };
        const own = /^cid:(.+)$/i.exec(src.trim());
        const url = own ? cidUrl(decoded(own[1]!)) : undefined;
        if (url !== undefined) return { tagName: "img", attribs: { ...kept, src: url } };
        if (!own && /^https?:\/\//i.test(src.trim())) {
          if (remoteImages) return { tagName: "img", attribs: { ...kept, src } };
          blockedImages++;
          return { tagName: "img", attribs: { ...kept, "data-blocked": "remote" } };
        }
        return { tagName: "img", attribs: kept };
      },
    },
    // A relative address passes no scheme check; only the ones made above may stay.
    exclusiveFilter: (frame) => frame.tag === "img" && !("src" in frame.attribs) && !("data-blocked" in frame.attribs),
  });
  return { html: safe, blockedImages };
}

const ALLOWED_TAGS =
  "a abbr address article b bdi bdo big blockquote br caption center cite code col colgroup dd del div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr".split(
    " ",
  );

function decoded(cid: string): string {
  try {
    return decodeURIComponent(cid.trim());
  } catch {
    return cid.trim();
  }
}

/**
 * What may load in the frame that shows a mail: its own pictures, and others only once the reader asked. Nothing in it
 * runs; being of the hub's origin lets the page around it measure how tall it is.
 */
export function frameCsp(remoteImages: boolean): string {
  return `default-src 'none'; img-src 'self' data:${remoteImages ? " https: http:" : ""}; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox`;
}

/** A whole document around safe HTML, for the frame. */
export function frameDocument(safe: string, locale: string | undefined): string {
  const lang = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(locale ?? "") ? locale! : "en";
  return `<!doctype html><html lang="${lang}" dir="auto"><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><style>:root{color-scheme:light;background:#fff;color:#0f172a}body{margin:0;padding:12px;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}img{max-width:100%;height:auto}table{max-width:100%}blockquote{margin-inline:0;padding-inline-start:12px;border-inline-start:2px solid #cbd5e1}</style></head><body>${safe}</body></html>`;
}

/** Plain text as safe HTML: what a person typed, with its line breaks. */
export function textToHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replace(/\r\n?|\n/g, "<br>\n");
}
