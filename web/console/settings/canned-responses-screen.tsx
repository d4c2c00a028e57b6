import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { IconMessageBolt, IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type CannedResponse, cannedResponseInputSchema } from "../../../contract/canned-response.ts";
import { MESSAGE_MAX_LENGTH } from "../../../contract/common.ts";
import { directionOf, LOCALE_NAMES, LOCALES, type Locale, localized } from "../../../contract/locales.ts";
import {
  allCannedResponses,
  createCannedResponse,
  deleteCannedResponse,
  updateCannedResponse,
} from "../api/canned-calls.ts";
import { keys } from "../api/keys.ts";
import { useSession } from "../session/use-session.ts";
import { Empty, Failed, Loading } from "../shell/states.tsx";
import { useText } from "../texts.ts";
import { EntryActions } from "./entry-actions.tsx";
import { Card, Screen } from "./frame.tsx";
import { LanguagePills } from "./language-pills.tsx";
import styles from "./page.module.css";
import { useSave } from "./use-save.ts";

/** Texts that agents insert into their replies by a shortcut. */
export function CannedResponsesScreen() {
  const { t } = useText();
  const [editing, setEditing] = useState<CannedResponse | "new">();
  const list = useQuery({ queryKey: keys.cannedResponses, queryFn: ({ signal }) => allCannedResponses(signal) });
  return (
    <Screen
      title={t("settings.canned-responses.title")}
      lead={t("settings.canned-responses.lead")}
      action={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing("new")}>
          {t("settings.canned-responses.add")}
        </Button>
      }
    >
      <Card>
        {list.data?.length === 0 ? (
          <Empty
            icon={<IconMessageBolt size={28} stroke={1.5} />}
            title={t("settings.canned-responses.none")}
            text={t("settings.canned-responses.noneText")}
          />
        ) : list.data ? (
          <ul className={styles.rows}>
            {list.data.map((response) => (
              <Row key={response.id} response={response} onEdit={() => setEditing(response)} />
            ))}
          </ul>
        ) : list.error ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : (
          <Loading />
        )}
      </Card>
      {editing && (
        <EditDialog
          key={editing === "new" ? "new" : editing.id}
          response={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Screen>
  );
}

function Row({ response, onEdit }: { response: CannedResponse; onEdit(): void }) {
  const { t } = useText();
  const client = useQueryClient();
  const { workspace } = useSession();
  const remove = useSave({
    save: () => deleteCannedResponse(response.id),
    onSaved: () => client.invalidateQueries({ queryKey: keys.cannedResponses }),
    said: t("settings.canned-responses.deleted"),
  });
  const languages = LOCALES.filter((locale) => response.texts[locale]);
  return (
    <li className={styles.rowItem}>
      <div className={styles.rowText}>
        <strong dir="auto">/{response.shortcut}</strong>
        <p className={styles.rowExcerpt} dir="auto">
          {localized(response.texts, workspace.locale, workspace.locale)}
        </p>
        <small>{languages.map((locale) => LOCALE_NAMES[locale]).join(", ")}</small>
      </div>
      <EntryActions
        question={{
          title: t("settings.canned-responses.deleteTitle", { shortcut: response.shortcut }),
          text: t("settings.canned-responses.deleteText"),
        }}
        deleting={remove.isPending}
        onEdit={onEdit}
        onDelete={() => remove.mutate()}
      />
    </li>
  );
}

function EditDialog({ response, onClose }: { response: CannedResponse | undefined; onClose(): void }) {
  const { t } = useText();
  const client = useQueryClient();
  const { workspace } = useSession();
  const [shortcut, setShortcut] = useState(response?.shortcut ?? "");
  const [texts, setTexts] = useState(response?.texts ?? {});
  const [language, setLanguage] = useState<Locale>(
    LOCALES.find((locale) => locale === workspace.locale && texts[locale]) ??
      LOCALES.find((locale) => texts[locale]) ??
      workspace.locale,
  );
  const written = LOCALES.filter((locale) => texts[locale]?.trim());
  const input = cannedResponseInputSchema.safeParse({
    shortcut,
    texts: Object.fromEntries(written.map((locale) => [locale, texts[locale]?.trim()])),
  });
  const wrongShortcut = shortcut.trim() !== "" && !cannedResponseInputSchema.shape.shortcut.safeParse(shortcut).success;
  const save = useSave({
    save: () => {
      const parsed = cannedResponseInputSchema.parse(input.data);
      return response ? updateCannedResponse(response.id, parsed) : createCannedResponse(parsed);
    },
    onSaved: async () => {
      await client.invalidateQueries({ queryKey: keys.cannedResponses });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (input.success) save.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(response ? "settings.canned-responses.editTitle" : "settings.canned-responses.add")}
      size="lg"
      // What was written would be lost by a click beside it.
      closeOnClickOutside={false}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("settings.canned-responses.shortcut")}
            description={t("settings.canned-responses.shortcutHint")}
            error={wrongShortcut && t("settings.canned-responses.shortcutHint")}
            required
            maxLength={40}
            leftSection="/"
            dir="auto"
            data-autofocus
            value={shortcut}
            onChange={(event) => setShortcut(event.currentTarget.value)}
          />
          <LanguagePills languages={written} chosen={language} onChoose={setLanguage} />
          <Textarea
            label={t("settings.canned-responses.text")}
            description={t("settings.canned-responses.textHint", {
              names: "{{buyer.name}}, {{agent.name}}, {{shop.name}}",
            })}
            autosize
            minRows={5}
            maxRows={14}
            maxLength={MESSAGE_MAX_LENGTH}
            lang={language}
            dir={directionOf(language)}
            value={texts[language] ?? ""}
            onChange={(event) => setTexts({ ...texts, [language]: event.currentTarget.value })}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("actions.cancel")}
            </Button>
            <Button type="submit" disabled={!input.success} loading={save.isPending}>
              {t("actions.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
