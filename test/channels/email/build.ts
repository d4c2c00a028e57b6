import type { ParsedMail } from "../../../channels/email/mail.ts";
import { parseMail } from "../../../channels/email/parse.ts";

/** A raw mail of these lines, with the line ends of the standard. */
export function raw(...lines: string[]): Buffer {
  return Buffer.from(lines.join("\n").replaceAll("\n", "\r\n"), "utf8");
}

/** A parsed mail of some headers and a plain body. */
export function mailOf(headers: Record<string, string>, body = "Hello"): Promise<ParsedMail> {
  const all = {
    From: "Ana Ruiz <ana@buyer.example>",
    To: "support@shop.example",
    Subject: "My order",
    Date: "Mon, 05 Aug 2024 10:12:00 +0200",
    "Message-ID": "<1@buyer.example>",
    "Content-Type": "text/plain; charset=utf-8",
    ...headers,
  };
  const lines = Object.entries(all)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}: ${value}`);
  return parseMail(raw(...lines, "", body));
}
