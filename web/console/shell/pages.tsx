import type { ReactNode } from "react";
import { MoreButton } from "./more-button.tsx";
import { Failed, Loading } from "./states.tsx";
import type { usePages } from "./use-pages.ts";

interface PagesProps<T> {
  query: ReturnType<typeof usePages<T>>;
  /** What stands there when there is nothing. */
  empty: ReactNode;
  children(items: readonly T[]): ReactNode;
}

/** A list that is read page by page: loading, failed, empty, or its items and the button for more. */
export function Pages<T>({ query, empty, children }: PagesProps<T>) {
  const { items, error } = query;
  if (!items) return error ? <Failed error={error} retry={() => void query.refetch()} /> : <Loading />;
  if (items.length === 0) return empty;
  return (
    <>
      {children(items)}
      <MoreButton query={query} />
    </>
  );
}
