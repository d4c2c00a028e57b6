import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { listConversations } from "../../api/calls.ts";
import { keys } from "../../api/keys.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { type ListSpec, queryOf, rowsOf } from "../../sync/conversation-list.ts";

/** A list of conversations, loaded page by page and kept up to date by the live events. */
export function useConversationList(spec: ListSpec) {
  const services = useServices();
  const query = useInfiniteQuery({
    queryKey: keys.list(spec),
    queryFn: ({ pageParam, signal }) => listConversations(queryOf(spec), pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    // Events keep it fresh; opening it again after a while asks once more all the same.
    staleTime: 60_000,
  });
  const rows = useMemo(() => rowsOf(query.data), [query.data]);
  useEffect(() => services.remember(rows), [services, rows]);
  return { ...query, rows };
}
