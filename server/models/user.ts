import { model, Schema, type Types } from "mongoose";
import type { Locale } from "../../contract/locales.ts";
import type { Role } from "../../contract/settings.ts";
import type { Versioned } from "./version.ts";

export interface UserRecord extends Versioned {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  name: string;
  /** Lower case; unique in the hub, since it alone names who logs in. */
  email: string;
  role: Role;
  locale?: Locale;
  /** The language they read messages in, where it is not the console's. */
  readsIn?: Locale | null;
  disabled: boolean;
  /** Argon2id in its own encoded form. */
  passwordHash: string;
  /** The password was given by someone else and is to be replaced. */
  mustChangePassword: boolean;
  createdAt: Date;
}

const schema = new Schema<UserRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    name: { type: String, required: true },
    email: { type: String, required: true },
    role: { type: String, required: true },
    locale: String,
    readsIn: String,
    disabled: { type: Boolean, default: false },
    passwordHash: { type: String, required: true },
    mustChangePassword: { type: Boolean, default: false },
    version: Number,
    createdAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
schema.index({ email: 1 }, { unique: true });
schema.index({ workspaceId: 1, role: 1 });

export const UserModel = model("user", schema, "users");
