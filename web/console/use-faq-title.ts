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
    enabled: source.title === undefined,
    // An entry may be gone since; then its id has to do.
    retry: false,
  });
  return source.title ?? (data && titleOf(data, locale)) ?? source.externalId ?? source.faqId;
}
