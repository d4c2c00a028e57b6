import { useMemo } from "react";
import { linkify } from "./linkify.ts";

/** Untrusted text as text, with its web addresses clickable. */
export function PlainText({ text }: { text: string }) {
  const parts = useMemo(() => linkify(text), [text]);
  let at = 0;
  return parts.map((part) => {
    const key = at;
    at += part.text.length;
    return part.href ? (
      <a key={key} href={part.href} target="_blank" rel="noopener noreferrer nofollow ugc">
        {part.text}
      </a>
    ) : (
      part.text
    );
  });
}
