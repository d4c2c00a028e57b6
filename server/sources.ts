/**
 * Platforms number their buyers, threads and orders by themselves, so what two of them report is kept apart by their source's
 * name before the id. Without one, an id is the shop's own.
 */
export function within(source: string | undefined, id: string): string {
  return source === undefined ? id : `${source}:${id}`;
}

/** An id as its source knows it. */
export function withoutSource(source: string | undefined, id: string): string {
  return source !== undefined && id.startsWith(`${source}:`) ? id.slice(source.length + 1) : id;
}
