import { IconAlertTriangle, IconClock } from "@tabler/icons-react";
import { formatDuration } from "../../../ui/format.ts";
import { useNow } from "../../../ui/now.ts";
import { Tag } from "../../../ui/tag.tsx";
import { useText } from "../../texts.ts";

/** E2: a buyer is answered within half an hour. */
const LATE = 30 * 60_000;

/** How long the buyer has been waiting, ticking. Late is said in a word, not by colour alone. */
export function WaitingLabel({ since }: { since: string }) {
  const { t, locale } = useText();
  const span = useNow() - new Date(since).getTime();
  const late = span >= LATE;
  const short = formatDuration(span, locale);
  const spoken = t(late ? "list.lateFor" : "list.waitingFor", { time: formatDuration(span, locale, "long") });
  return (
    <Tag
      tone={late ? "late" : "waiting"}
      icon={late ? <IconAlertTriangle size={12} aria-hidden="true" /> : <IconClock size={12} aria-hidden="true" />}
    >
      <span aria-hidden="true">{late ? t("list.late", { time: short }) : short}</span>
      <span className="parley-hidden">{spoken}</span>
    </Tag>
  );
}
