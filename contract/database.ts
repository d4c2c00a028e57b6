import { z } from "zod";
import { instantSchema } from "./common.ts";

/** How the hub's database and its disk are, for whoever runs the hub. */
export const databaseHealthSchema = z.object({
  /** `mongodb` for the one of MONGODB_URI, which has tools of its own: nothing more is known of it here. */
  engine: z.enum(["embedded", "mongodb"]),
  /** Whether the disk takes writes. It is `ok` again some time after writing succeeds again. */
  disk: z.enum(["ok", "full", "read_only", "failing"]),
  /** What was found damaged since the start, in English. */
  damage: z.array(z.string()),
  /** When everything that is stored was last checked, since the start. */
  checkedAt: instantSchema.nullable(),
});
export type DatabaseHealth = z.infer<typeof databaseHealthSchema>;
