import type { Message } from "../../../../contract/message.ts";
import { formatDate } from "../../../ui/format.ts";
import type { Translate } from "../../texts.ts";

/** An activity in words: who did it where that is known, and why. */
export function activityText({ activity, author, text }: Message, t: Translate, locale: string): string {
  if (!activity) return text;
  const actor = author.type === "user" ? author.name : undefined;
  const about = activity.name ?? actor;
  const { kind } = activity;
  switch (kind) {
    case "claimed":
      return about ? t("activity.claimedBy", { name: about }) : t("activity.claimed");
    case "assigned":
      return about ? t("activity.assignedTo", { name: about }) : t("activity.assigned");
    case "handed_off":
      return activity.reason ? t(`handedOff.${activity.reason}`) : t("activity.handed_off");
    case "snoozed":
      return activity.until
        ? t("activity.snoozedUntil", { time: formatDate(activity.until, "weekdayTime", locale) })
        : t("activity.snoozed");
    case "merged":
    case "split":
    case "address_refused":
      return t(`activity.${kind}`, { name: activity.name ?? "" });
    case "released":
    case "resolved":
    case "reopened":
    case "taken_back":
    case "handed_to_bot":
    case "marked_person":
    case "marked_automatic":
    case "marked_spam":
      return actor ? t(`activity.${kind}By`, { name: actor }) : t(`activity.${kind}`);
    default:
      return t(`activity.${kind}`);
  }
}
