import { useQuery } from "@tanstack/react-query";
import type { DecisionSource } from "../../contract/bot.ts";
import { getFaq } from "./api/calls.ts";
import { keys } from "./api/keys.ts";
import { titleOf } from "./settings/faq/faq-draft.ts";
import { useText } from "./texts.ts";

/** The line by which people know a source: as the decision named it, else the entry's first question now. */
export function useFaqTitle(source: DecisionSource): string {
  const { locale } = useText();
  const { data } = useQuery({
    queryKey: keys.faq(source.faqId),
    queryFn: ({ signal }) => getFaq(source.faqId, signal),
    enabled: source.title === undefined && isEntry(source),
    // An entry may be gone since; then its id has to do.
    retry: false,
  });
  const named = source.faqId.slice(source.faqId.indexOf(":") + 1);
  return source.title ?? (data && titleOf(data, locale)) ?? source.externalId ?? named;
}

/** Beside FAQ entries, the bot decides by documents (`document:ID`) and by subjects that go to a person (`topic:NAME`). */
function isEntry({ faqId }: DecisionSource): boolean {
  return !faqId.includes(":");
}

/** Where in the console a source is edited. */
export function sourcePath(source: DecisionSource): string {
  if (isEntry(source)) return `/settings/faq/${source.faqId}`;
  return source.faqId.startsWith("document:") ? "/settings/documents" : "/settings/bot";
}
