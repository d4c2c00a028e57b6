import type { MessageRecord } from "./records.ts";

/** What the buyer reads of a message: its translation where it was sent in one, else the text as it was written. */
export function buyersText({ text, sentIn, translations }: Pick<MessageRecord, "text" | "sentIn" | "translations">) {
  return (sentIn && translations?.[sentIn]?.text) ?? text;
}
