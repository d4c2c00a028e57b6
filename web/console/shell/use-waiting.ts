import { useEffect } from "react";
import { useConversationList } from "../conversations/list/use-conversation-list.ts";
import { waitingCount } from "../sync/alerts.ts";
import { useText } from "../texts.ts";

/** How many buyers wait for this agent or for anybody, at least; keeps the number in the page's title. */
export function useWaiting(): { count: number; label: string } {
  const { t } = useText();
  const mine = useConversationList({ filter: "mine", q: "" });
  const unassigned = useConversationList({ filter: "unassigned", q: "" });
  const count = waitingCount([mine.rows, unassigned.rows]);
  // Only the first page is loaded here: more wait than were counted.
  const more = mine.hasNextPage || unassigned.hasNextPage;
  const label = count > 99 ? "99+" : `${count}${more ? "+" : ""}`;
  const name = t("app.name");
  useEffect(() => {
    document.title = count > 0 ? `(${label}) ${name}` : name;
  }, [count, label, name]);
  return { count, label };
}
