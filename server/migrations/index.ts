import { migration as identity } from "./001-identity.ts";
import { migration as insite } from "./002-insite.ts";
import { migration as mailin } from "./003-mailin.ts";
import type { Migration } from "./migration.ts";

/** Every migration, in the order in which they run. A new one is a file here and a line below. */
export const MIGRATIONS: readonly Migration[] = [identity, insite, mailin];
