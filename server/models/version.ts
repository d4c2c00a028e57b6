/** A document whose every change counts up; 0 for one that was never changed. */
export interface Versioned {
  version?: number;
}

/** What a document must match so that a change meets the version its author saw. */
export function versionFilter(version: number | undefined): { version?: number | { $in: (number | null)[] } } {
  if (version === undefined) return {};
  return { version: version === 0 ? { $in: [0, null] } : version };
}
