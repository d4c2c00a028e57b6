import type { ContactIdentity } from "../../contract/contact.ts";
import type { ContactIdentityRecord } from "../models/contact.ts";

/** An address of a contact. */
export function presentIdentity({ _id, channel, key, verified, createdAt }: ContactIdentityRecord): ContactIdentity {
  return { id: _id.toHexString(), channel, key, verified, createdAt: createdAt.toISOString() };
}
