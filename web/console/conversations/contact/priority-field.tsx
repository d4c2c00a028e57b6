import { Select } from "@mantine/core";
import { PRIORITIES, type Priority } from "../../../../contract/conversation.ts";
import { useText } from "../../texts.ts";

interface PriorityFieldProps {
  priority: Priority;
  onChange(priority: Priority): void;
}

export function PriorityField({ priority, onChange }: PriorityFieldProps) {
  const { t } = useText();
  return (
    <Select
      size="xs"
      aria-label={t("priority.title")}
      data={PRIORITIES.toReversed().map((value) => ({ value, label: t(`automations.priorities.${value}`) }))}
      value={priority}
      allowDeselect={false}
      onChange={(next) => next && next !== priority && onChange(next)}
    />
  );
}
