import type { Response } from "express";
import { directionOf } from "../../../../contract/locales.ts";
import type { Translate } from "../../../i18n.ts";
import { escapeHtml } from "../../html.ts";
import { nonceOf } from "../../middleware/security-headers.ts";

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:16vh auto;padding:0 1rem}
h1{font-size:1.25rem;margin:0 0 .5rem}p{margin:0 0 1.25rem}
button{font:inherit;padding:.625rem 1.25rem;border:0;border-radius:.5rem;background:#4338ca;color:#fff;cursor:pointer}
button:hover{background:#3730a3}button:focus-visible{outline:3px solid light-dark(#4338ca,#c7d2fe);outline-offset:2px}`;

/** The page behind a link in mails: a question, and the button that answers it. Opening it changes nothing: mail scanners open every link. */
export function renderQuestionPage(
  locale: string,
  res: Response,
  { title, text, button = "" }: { title: string; text: string; button?: string },
): string {
  return `<!doctype html>
<html lang="${locale}" dir="${directionOf(locale)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>${title}</title><style nonce="${nonceOf(res)}">${STYLE}</style></head>
<body><main><h1>${title}</h1>
<p role="status">${text}</p>
${button && `<form method="post">${button}</form>`}</main></body></html>`;
}

export function renderUnsubscribePage(
  translate: Translate,
  locale: string,
  res: Response,
  { shop, optedOut }: { shop: string; optedOut: boolean },
): string {
  const say = (key: string) => escapeHtml(translate(locale, `proactive.${key}`, { shop }));
  const button = optedOut
    ? `<button name="again" value="1">${say("again")}</button>`
    : `<button>${say("button")}</button>`;
  return renderQuestionPage(locale, res, {
    title: say("title"),
    text: say(optedOut ? "done" : "question"),
    button,
  });
}
