import { Button, Switch } from "@mantine/core";
import { IconFileText, IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ProductDocument } from "../../../../contract/document.ts";
import { LOCALE_NAMES, LOCALES } from "../../../../contract/locales.ts";
import { deleteDocument, listDocuments, updateDocument } from "../../api/bot-calls.ts";
import { keys } from "../../api/keys.ts";
import { Pages } from "../../shell/pages.tsx";
import { Empty } from "../../shell/states.tsx";
import { usePages } from "../../shell/use-pages.ts";
import { useText } from "../../texts.ts";
import { EntryActions } from "../entry-actions.tsx";
import { Card, Screen } from "../frame.tsx";
import page from "../page.module.css";
import { useSave } from "../use-save.ts";
import { DocumentDialog } from "./document-dialog.tsx";

/** Manuals, guides and size charts that the bot sends to buyers who ask for them, in their language. */
export function DocumentsScreen() {
  const { t } = useText();
  const [editing, setEditing] = useState<ProductDocument | "new">();
  const list = usePages(keys.documents, listDocuments);
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing("new")}>
      {t("copilot.documents.add")}
    </Button>
  );
  return (
    <Screen title={t("settings.documents.title")} lead={t("settings.documents.lead")} action={add}>
      <Card>
        <Pages
          query={list}
          empty={
            <Empty
              icon={<IconFileText size={28} stroke={1.5} />}
              title={t("copilot.documents.none")}
              text={t("copilot.documents.noneText")}
            />
          }
        >
          {(documents) => (
            <ul className={page.rows}>
              {documents.map((document) => (
                <Row key={document.id} document={document} onEdit={() => setEditing(document)} />
              ))}
            </ul>
          )}
        </Pages>
      </Card>
      {editing && (
        <DocumentDialog
          key={editing === "new" ? "new" : editing.id}
          document={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Screen>
  );
}

function Row({ document, onEdit }: { document: ProductDocument; onEdit(): void }) {
  const { t } = useText();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: keys.documents });
  const toggle = useSave({
    save: (enabled: boolean) => updateDocument(document.id, { enabled }),
    onSaved: refresh,
    said: false,
  });
  const remove = useSave({
    save: () => deleteDocument(document.id),
    onSaved: refresh,
    said: t("copilot.documents.deleted"),
  });
  const languages = LOCALES.filter((locale) => document.files[locale]);
  const missing = LOCALES.length - languages.length;
  return (
    <li className={page.rowItem}>
      <div className={page.rowText}>
        <strong dir="auto">{document.title}</strong>
        <small>
          {[t(`copilot.documents.kinds.${document.kind}`), ...document.products].join(" · ")}
          <br />
          {languages.map((locale) => LOCALE_NAMES[locale]).join(", ")}
          {missing > 0 && ` · ${t("copilot.documents.missing", { count: missing })}`}
        </small>
      </div>
      <Switch
        aria-label={t("copilot.documents.use", { title: document.title })}
        checked={toggle.isPending ? toggle.variables : document.enabled}
        onChange={(event) => toggle.mutate(event.currentTarget.checked)}
      />
      <EntryActions
        question={{
          title: t("copilot.documents.deleteTitle", { title: document.title }),
          text: t("copilot.documents.deleteText"),
        }}
        deleting={remove.isPending}
        onEdit={onEdit}
        onDelete={() => remove.mutate()}
      />
    </li>
  );
}
