import { Modal } from "@mantine/core";
import type { Template } from "../../../contract/template.ts";
import { useText } from "../texts.ts";
import { PreviewFields } from "./preview-card.tsx";

interface PreviewDialogProps {
  name: string;
  templates: readonly Template[];
  opened: boolean;
  onClose(): void;
}

/** A rule's messages as buyers read them, beside the list. */
export function PreviewDialog({ name, templates, opened, onClose }: PreviewDialogProps) {
  const { t } = useText();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={<bdi>{name}</bdi>}
      size="lg"
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      <PreviewFields templates={templates} />
    </Modal>
  );
}
