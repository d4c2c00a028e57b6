import { TagsInput } from "@mantine/core";
import { useText } from "../../texts.ts";

interface LabelsProps {
  labels: readonly string[];
  onChange(labels: string[]): void;
}

export function Labels({ labels, onChange }: LabelsProps) {
  const { t } = useText();
  return (
    <TagsInput
      size="xs"
      aria-label={t("contact.labels")}
      placeholder={labels.length === 0 ? t("contact.addLabel") : undefined}
      value={[...labels]}
      maxTags={20}
      maxLength={60}
      onChange={(next) => onChange(next.map((label) => label.trim()).filter(Boolean))}
    />
  );
}
