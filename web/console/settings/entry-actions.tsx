import { Button } from "@mantine/core";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useText } from "../texts.ts";
import { Confirm } from "./frame.tsx";

interface EntryActionsProps {
  /** What is asked before it is deleted. */
  question: { title: string; text: string };
  deleting: boolean;
  onEdit(): void;
  onDelete(): void;
}

/** At the end of a list's row: edit, and delete once that is confirmed. */
export function EntryActions({ question, deleting, onEdit, onDelete }: EntryActionsProps) {
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button size="xs" variant="default" leftSection={<IconPencil size={15} />} onClick={onEdit}>
        {t("copilot.documents.edit")}
      </Button>
      <Button
        size="xs"
        variant="subtle"
        color="red"
        leftSection={<IconTrash size={15} />}
        onClick={() => setAsking(true)}
      >
        {t("actions.delete")}
      </Button>
      <Confirm
        opened={asking}
        title={question.title}
        text={question.text}
        confirm={t("actions.delete")}
        busy={deleting}
        onConfirm={onDelete}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
