import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { listDocuments } from "../../api/bot-calls.ts";
import { keys } from "../../api/keys.ts";
import { useText } from "../../texts.ts";

const MOST = 5;

interface EntryDocumentsProps {
  /** Ids. */
  chosen: readonly string[];
  onChange(ids: string[]): void;
}

/** Which documents go out with an answer. Nothing is shown while the shop has none. */
export function EntryDocuments({ chosen, onChange }: EntryDocumentsProps) {
  const { t } = useText();
  const { data } = useQuery({ queryKey: [...keys.documents, "all"], queryFn: () => listDocuments(null) });
  const documents = data?.items ?? [];
  if (documents.length === 0 && chosen.length === 0) return null;
  return (
    <MultiSelect
      label={t("copilot.entry.documents")}
      description={t("copilot.entry.documentsHint")}
      data={documents.map(({ id, title }) => ({ value: id, label: title }))}
      value={[...chosen]}
      maxValues={MOST}
      searchable
      clearable
      onChange={onChange}
    />
  );
}
