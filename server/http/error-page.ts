import type { Response } from "express";
import type { ErrorBody } from "../../contract/errors.ts";
import { directionOf } from "../../contract/locales.ts";
import type { Translate } from "../i18n.ts";
import { escapeHtml } from "./html.ts";
import { nonceOf } from "./middleware/security-headers.ts";

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}
h1{font-size:1.25rem;margin:0 0 .5rem}p{margin:0 0 1rem}small{color:light-dark(#475569,#cbd5e1)}`;

/** What a person sees in a browser when a page can not be shown. */
export function renderErrorPage(
  translate: Translate,
  locale: string,
  res: Response,
  status: number,
  error: ErrorBody,
): string {
  return `<!doctype html>
<html lang="${locale}" dir="${directionOf(locale)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(translate(locale, "page.title"))}</title><style nonce="${nonceOf(res)}">${STYLE}</style></head>
<body><main><h1>${escapeHtml(error.message)}</h1>
<p><a href="/">${escapeHtml(translate(locale, "page.home"))}</a></p>
<small>${status} · ${error.code}</small></main></body></html>`;
}
