import { ApiError } from "../ui/http.ts";
import type { Translate } from "./texts.ts";

/** An error in words for the person: the server's own text where it gave one. */
export function explainError(error: unknown, t: Translate): string {
  if (!(error instanceof ApiError)) return t("errors.unexpected");
  if (error.code === "network") return t("errors.network");
  const owner = takenBy(error);
  if (owner) return t("errors.alreadyClaimed", { name: owner });
  return error.message || t("errors.unexpected");
}

/** Who has the conversation, when an error says that somebody was faster. */
export function takenBy(error: unknown): string | undefined {
  if (!(error instanceof ApiError) || error.code !== "already_claimed") return undefined;
  const details = error.details as { assignee?: { name?: unknown } } | undefined;
  return typeof details?.assignee?.name === "string" ? details.assignee.name : undefined;
}
