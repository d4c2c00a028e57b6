import type { Response } from "express";
import type { ErrorBody } from "../../contract/errors.ts";
import { directionOf } from "../../contract/locales.ts";
import type { Translate } from "../i18n.ts";
import { escapeHtml } from "./html.ts";
import { nonceOf } from "./middleware/security-headers.ts";

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:18vh auto;padding:0 1rem;
background:light-dark(#f1f5f9,#0b1120);color:light-dark(#0f172a,#e2e8f0)}main{padding:2rem;border:1px solid light-dark(#e2e8f0,#334155);
border-radius:12px;background:light-dark(#fff,#0f172a)}h1{font-size:1.25rem;margin:0 0 .75rem}p{margin:0 0 1rem}
a{color:light-dark(#4338ca,#a5b4fc)}small{color:light-dark(#475569,#a5b4c8)}`;

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
