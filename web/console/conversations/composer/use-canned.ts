import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type RefObject, useRef, useState } from "react";
import type { CannedResponse } from "../../../../contract/canned-response.ts";
import type { Conversation } from "../../../../contract/conversation.ts";
import { localized } from "../../../../contract/locales.ts";
import { allCannedResponses } from "../../api/canned-calls.ts";
import { keys } from "../../api/keys.ts";
import { useSession } from "../../session/use-session.ts";
import { fillCanned, matchCanned, type SlashWord, slashWordAt } from "../../sync/canned.ts";

/** The canned responses at the caret of the composer's box: offered while a slash and a word are typed. */
export function useCanned(
  box: RefObject<HTMLTextAreaElement | null>,
  conversation: Conversation,
  write: (text: string) => void,
) {
  const { user, workspace } = useSession();
  const [slash, setSlash] = useState<SlashWord>();
  const [active, setActive] = useState(0);
  const dismissed = useRef<number>(undefined);
  const { data: all } = useQuery({
    queryKey: keys.cannedResponses,
    queryFn: ({ signal }) => allCannedResponses(signal),
    enabled: slash !== undefined,
    staleTime: 60_000,
  });
  const found = slash && all ? matchCanned(all, slash.word) : [];
  const textOf = (response: CannedResponse) =>
    fillCanned(localized(response.texts, conversation.locale, workspace.locale) ?? "", {
      "buyer.name": conversation.contact.name,
      "agent.name": user.name,
      "shop.name": workspace.name,
    });

  const close = () => setSlash(undefined);
  /** To be called when text or caret changed. */
  const look = () => {
    const element = box.current;
    const at = element ? slashWordAt(element.value, element.selectionStart) : undefined;
    if (at?.start !== dismissed.current) dismissed.current = undefined;
    if (at?.word !== slash?.word) setActive(0);
    setSlash(at && dismissed.current === undefined ? at : undefined);
  };
  const put = (text: string, from: number, to: number) => {
    const element = box.current;
    if (!element) return;
    write(element.value.slice(0, from) + text + element.value.slice(to));
    const caret = from + text.length;
    // The caret's place is known once the new text stands there.
    requestAnimationFrame(() => {
      element.focus();
      element.setSelectionRange(caret, caret);
      look();
    });
  };
  const choose = (response: CannedResponse) => {
    if (!slash) return;
    close();
    put(textOf(response), slash.start, slash.end);
  };
  /** Types the slash for who clicks instead. */
  const begin = () => {
    const element = box.current;
    if (!element) return;
    dismissed.current = undefined;
    const { value, selectionStart, selectionEnd } = element;
    const apart = /(^|\s)$/.test(value.slice(0, selectionStart)) ? "/" : " /";
    put(apart, selectionStart, selectionEnd);
  };
  /** Whether the key was for the list. */
  const pressed = (event: KeyboardEvent): boolean => {
    if (!slash || event.nativeEvent.isComposing) return false;
    if (event.key === "Escape") {
      dismissed.current = slash.start;
      close();
      return true;
    }
    const chosen = found[active];
    if (!chosen) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      setActive((active + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
      return true;
    }
    if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") {
      choose(chosen);
      return true;
    }
    return false;
  };
  return {
    open: slash !== undefined,
    empty: all?.length === 0,
    found,
    active,
    textOf,
    look,
    begin,
    choose,
    close,
    pressed,
  };
}
export type Canned = ReturnType<typeof useCanned>;
