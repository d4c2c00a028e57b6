import { TagsInput } from "@mantine/core";
import { useRef } from "react";
import { useServices } from "../../realtime/console-provider.tsx";
import { useShortcuts } from "../../shell/shortcuts.tsx";
import { useText } from "../../texts.ts";

interface LabelsProps {
  labels: readonly string[];
  onChange(labels: string[]): void;
}

/** A conversation's labels; those of other conversations are offered, so that one thing keeps one name. */
export function Labels({ labels, onChange }: LabelsProps) {
  const { t } = useText();
  const services = useServices();
  const input = useRef<HTMLInputElement>(null);
  useShortcuts({ label: () => input.current?.focus() });
  return (
    <TagsInput
      ref={input}
      size="xs"
      aria-label={t("contact.labels")}
      placeholder={labels.length === 0 ? t("contact.addLabel") : undefined}
      value={[...labels]}
      data={services.knownLabels()}
      maxTags={20}
      maxLength={60}
      onChange={(next) => onChange(next.map((label) => label.trim()).filter(Boolean))}
    />
  );
}
