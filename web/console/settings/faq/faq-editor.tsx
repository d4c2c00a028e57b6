import { ActionIcon, Button, Group, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router-dom";
import { directionOf, LOCALE_NAMES, type Locale } from "../../../../contract/locales.ts";
import { createFaq, deleteFaq, getFaq, updateFaq } from "../../api/calls.ts";
import { keys } from "../../api/keys.ts";
import { useSession } from "../../session/use-session.ts";
import { Failed, Loading } from "../../shell/states.tsx";
import { useText } from "../../texts.ts";
import { Card, Confirm } from "../frame.tsx";
import { LanguagePills } from "../language-pills.tsx";
import { ReplayDialog } from "../replay/replay-dialog.tsx";
import { useSave } from "../use-save.ts";
import { EntryDocuments } from "./entry-documents.tsx";
import styles from "./faq.module.css";
import {
  differs,
  draftOf,
  type FaqDraft,
  incompleteLanguages,
  inputOf,
  languagesOf,
  NEW_FAQ,
  problemOf,
  titleOf,
} from "./faq-draft.ts";
import { Translations } from "./translations.tsx";

export function NewFaq() {
  const { t } = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const save = useSave({
    save: (draft: FaqDraft) => createFaq(inputOf(draft)),
    onSaved: (faq) => {
      client.setQueryData(keys.faq(faq.id), faq);
      void client.invalidateQueries({ queryKey: ["faqs", "list"] });
      navigate(`/settings/faq/${faq.id}`, { replace: true });
    },
  });
  return (
    <Card title={t("settings.faq.newTitle")}>
      <FaqForm saved={NEW_FAQ} saving={save.isPending} onSave={(draft) => save.mutate(draft)} />
    </Card>
  );
}

export function FaqEditor({ id }: { id: string }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const {
    data: faq,
    error,
    refetch,
  } = useQuery({ queryKey: keys.faq(id), queryFn: ({ signal }) => getFaq(id, signal) });
  const save = useSave({
    save: (draft: FaqDraft) => updateFaq(id, inputOf(draft)),
    onSaved: (saved) => {
      client.setQueryData(keys.faq(id), saved);
      void client.invalidateQueries({ queryKey: ["faqs", "list"] });
    },
  });
  const remove = useSave({
    save: () => deleteFaq(id),
    onSaved: () => {
      void client.invalidateQueries({ queryKey: ["faqs", "list"] });
      navigate("/settings/faq", { replace: true });
    },
    said: t("settings.faq.deleted"),
  });
  if (!faq) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <>
      <Card title={titleOf(faq, locale) ?? t("settings.faq.untitled")}>
        {/* A new version of the entry starts the form anew. */}
        <FaqForm
          key={faq.updatedAt}
          id={id}
          saved={draftOf(faq)}
          saving={save.isPending}
          onSave={(draft) => save.mutate(draft)}
          onDelete={() => setDeleting(true)}
        />
        <Confirm
          opened={deleting}
          title={t("settings.faq.deleteTitle")}
          text={t("settings.faq.deleteText")}
          confirm={t("actions.delete")}
          busy={remove.isPending}
          onConfirm={() => remove.mutate()}
          onClose={() => setDeleting(false)}
        />
      </Card>
      <Translations faq={faq} />
    </>
  );
}

interface FaqFormProps {
  /** Of an entry that there is. */
  id?: string;
  saved: FaqDraft;
  saving: boolean;
  onSave(draft: FaqDraft): void;
  onDelete?: () => void;
}

function FaqForm({ id, saved, saving, onSave, onDelete }: FaqFormProps) {
  const { t } = useText();
  const { workspace } = useSession();
  const [draft, setDraft] = useState(saved);
  const languages = languagesOf(draft);
  const [language, setLanguage] = useState<Locale>(
    languages.includes(workspace.locale) || languages.length === 0 ? workspace.locale : languages[0]!,
  );
  const [tried, setTried] = useState(false);
  const [replaying, setReplaying] = useState(false);
  const problem = problemOf(draft);
  const incomplete = incompleteLanguages(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!problem) onSave(draft);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <LanguagePills languages={languages} chosen={language} incomplete={incomplete} onChoose={setLanguage} />
        <Questions
          key={language}
          language={language}
          questions={draft.questions[language] ?? []}
          onChange={(questions) => setDraft({ ...draft, questions: { ...draft.questions, [language]: questions } })}
        />
        <Textarea
          label={t("settings.faq.answer")}
          description={t("settings.faq.answerHint", { language: LOCALE_NAMES[language] })}
          autosize
          minRows={4}
          maxRows={16}
          maxLength={10_000}
          dir={directionOf(language)}
          lang={language}
          value={draft.answers[language] ?? ""}
          onChange={(event) =>
            setDraft({ ...draft, answers: { ...draft.answers, [language]: event.currentTarget.value } })
          }
        />
        {incomplete.has(language) && (
          <Text size="sm" className={styles.warning}>
            {t("settings.faq.incomplete")}
          </Text>
        )}
        <Switch
          label={t("copilot.entry.orderStatus")}
          description={t("copilot.entry.orderStatusHint")}
          checked={draft.orderStatus}
          onChange={(event) => setDraft({ ...draft, orderStatus: event.currentTarget.checked })}
        />
        <EntryDocuments chosen={draft.documents} onChange={(documents) => setDraft({ ...draft, documents })} />
        <Switch
          label={t("settings.faq.enabled")}
          description={t("settings.faq.enabledHint")}
          checked={draft.enabled}
          onChange={(event) => setDraft({ ...draft, enabled: event.currentTarget.checked })}
        />
        {tried && problem && (
          <Text c="red" size="sm" role="alert">
            {t(`settings.faq.problems.${problem}`)}
          </Text>
        )}
        <Group justify="space-between">
          <Group gap="xs">
            <Button type="submit" loading={saving} disabled={!differs(draft, saved)}>
              {t("actions.save")}
            </Button>
            {differs(draft, saved) && !problem && (
              <Button variant="default" onClick={() => setReplaying(true)}>
                {t("copilot.replay.open")}
              </Button>
            )}
          </Group>
          {onDelete && (
            <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={onDelete}>
              {t("actions.delete")}
            </Button>
          )}
        </Group>
      </Stack>
      {replaying && <ReplayDialog input={{ faqs: [replayed(id, draft)] }} onClose={() => setReplaying(false)} />}
    </form>
  );
}

/** An entry as a replay takes it. */
function replayed(id: string | undefined, draft: FaqDraft) {
  const { questions, answers, enabled } = inputOf(draft);
  return { ...(id !== undefined && { id }), questions, answers, enabled };
}

interface QuestionsProps {
  language: Locale;
  questions: readonly string[];
  onChange(questions: string[]): void;
}

/** The ways to ask, one line each; an empty line at the end takes the next one. */
function Questions({ language, questions, onChange }: QuestionsProps) {
  const { t } = useText();
  const lines = questions.length === 0 ? [""] : questions;
  const change = (at: number, value: string) => onChange(lines.map((line, each) => (each === at ? value : line)));
  return (
    <fieldset className={styles.questions}>
      <legend>{t("settings.faq.questions")}</legend>
      <p>{t("settings.faq.questionsHint")}</p>
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place while they are typed
        <div key={at} className={styles.question}>
          <TextInput
            aria-label={t("settings.faq.question", { number: at + 1 })}
            dir={directionOf(language)}
            lang={language}
            maxLength={1_000}
            value={line}
            onChange={(event) => change(at, event.currentTarget.value)}
          />
          <ActionIcon
            aria-label={t("settings.faq.removeQuestion", { number: at + 1 })}
            disabled={lines.length === 1 && !line}
            onClick={() => onChange(lines.filter((_, each) => each !== at))}
          >
            <IconTrash size={16} stroke={1.7} />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="xs"
        variant="subtle"
        leftSection={<IconPlus size={14} />}
        disabled={lines.length >= 100 || lines.at(-1) === ""}
        onClick={() => onChange([...lines, ""])}
      >
        {t("settings.faq.addQuestion")}
      </Button>
    </fieldset>
  );
}
