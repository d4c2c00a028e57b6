import { IconArrowDown, IconArrowUp, IconFlame } from "@tabler/icons-react";
import type { Priority } from "../../../contract/conversation.ts";
import { Tag, type Tone } from "../../ui/tag.tsx";
import { useText } from "../texts.ts";

const SHOWN = {
  urgent: { tone: "late", Icon: IconFlame },
  high: { tone: "waiting", Icon: IconArrowUp },
  low: { tone: "neutral", Icon: IconArrowDown },
} as const satisfies Partial<Record<Priority, { tone: Tone; Icon: typeof IconFlame }>>;

/** How urgent a conversation is, where that is out of the ordinary. */
export function PriorityTag({ priority }: { priority: Priority }) {
  const { t } = useText();
  if (priority === "normal") return null;
  const { tone, Icon } = SHOWN[priority];
  return (
    <Tag tone={tone} icon={<Icon size={13} aria-hidden="true" />}>
      <span className="parley-hidden">{t("priority.title")}: </span>
      {t(`automations.priorities.${priority}`)}
    </Tag>
  );
}
