import { Alert, Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconRestore, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { Link, useNavigate } from "react-router-dom";
import { LOCALE_NAMES, type Locale } from "../../../contract/locales.ts";
import { type Template, type TemplateProblem, templateProblemSchema } from "../../../contract/template.ts";
import { ApiError } from "../../ui/http.ts";
import { useUnsavedGuard } from "../automations/use-unsaved-guard.tsx";
import { ruleTitle, templateName } from "../automations/words.ts";
import { useSession } from "../session/use-session.ts";
import { Card, Confirm } from "../settings/frame.tsx";
import { useSave } from "../settings/use-save.ts";
import { Failed, Loading } from "../shell/states.tsx";
import { type TextKey, useText } from "../texts.ts";
import {
  createTemplate,
  deleteTemplate,
  getTemplate,
  resetTemplate,
  type TemplateChange,
  templateKeys,
  updateTemplate,
} from "./calls.ts";
import {
  differs,
  draftOf,
  inputOf,
  keyFrom,
  languagesOf,
  newTemplate,
  problemOf,
  type TemplateDraft,
} from "./template-draft.ts";
import styles from "./templates.module.css";
import { TextsEditor } from "./texts-editor.tsx";

export function NewTemplate() {
  const { t } = useText();
  const { workspace } = useSession();
  const [baseline] = useState(() => newTemplate(workspace.locale));
  return (
    <Card title={t("automations.template.add")}>
      <TemplateForm baseline={baseline} />
    </Card>
  );
}

export function StoredTemplate({ id }: { id: string }) {
  const { t } = useText();
  const { data, error, refetch } = useQuery({
    queryKey: templateKeys.template(id),
    queryFn: ({ signal }) => getTemplate(id, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (!data) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Card title={templateName(data, t)}>
      <p className={styles.usedBy}>
        {data.usedBy.length === 0 ? t("automations.template.unusedLong") : t("automations.template.usedBy")}{" "}
        {data.usedBy.map((rule, at) => (
          <span key={rule.id}>
            {at > 0 && " · "}
            <Link to={`/automations/rules/${rule.id}`}>
              <bdi>{ruleTitle(rule.name, t)}</bdi>
            </Link>
          </span>
        ))}
      </p>
      {/* A new version of the template starts the form anew. */}
      <TemplateForm key={data.version} template={data} baseline={draftOf(data)} />
    </Card>
  );
}

function TemplateForm({ template, baseline }: { template?: Template; baseline: TemplateDraft }) {
  const { t } = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { workspace } = useSession();
  const [draft, setDraft] = useState(baseline);
  const [tried, setTried] = useState(false);
  const [asking, setAsking] = useState<"delete" | "reset">();
  const languages = languagesOf(draft);
  const [locale, setLocale] = useState<Locale>(
    languages.length === 0 || languages.includes(workspace.locale) ? workspace.locale : baseline.fallback,
  );
  const dirty = differs(draft, baseline);
  const guard = useUnsavedGuard(dirty);
  const problem = problemOf(draft);

  const learn = (saved: Template) => {
    client.setQueryData(templateKeys.template(saved.id), saved);
    void client.invalidateQueries({ queryKey: templateKeys.list });
    client.removeQueries({ queryKey: ["templates", "preview"] });
  };
  const save = useSave({
    save: ({ version }: { version: number }) => {
      const { key, ...change } = inputOf(draft);
      return template
        ? updateTemplate(template.id, change as TemplateChange, version)
        : createTemplate({ key, ...change });
    },
    onSaved: learn,
  });
  const created = template ? undefined : save.data;
  useEffect(() => {
    if (!created) return;
    setDraft(baseline);
    navigate(`/automations/templates/${created.id}`, { replace: true });
  }, [created, baseline, navigate]);
  const reset = useSave({
    save: () => resetTemplate(template!.id, template!.version),
    onSaved: (saved) => {
      setAsking(undefined);
      learn(saved);
    },
  });
  const remove = useSave({
    save: () => deleteTemplate(template!.id),
    onSaved: () => {
      void client.invalidateQueries({ queryKey: templateKeys.list });
      navigate("/automations/templates", { replace: true });
    },
    said: t("automations.template.deleted"),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!problem) save.mutate({ version: template?.version ?? 0 });
  };
  const lost = save.error instanceof ApiError && save.error.code === "version_mismatch";
  const overwrite = async () => save.mutate({ version: (await getTemplate(template!.id)).version });
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <div className={styles.names}>
          <TextInput
            label={t("automations.editor.name")}
            value={template ? templateName({ key: template.key, name: draft.name }, t) : draft.name}
            required
            maxLength={100}
            error={tried && problem === "noName" ? t("automations.editor.fillIn") : undefined}
            onChange={(event) => {
              const name = event.currentTarget.value;
              const follows = !template && draft.key === keyFrom(draft.name);
              setDraft({ ...draft, name, ...(follows && { key: keyFrom(name) }) });
            }}
          />
          {!template && (
            <TextInput
              label={t("automations.template.key")}
              description={t("automations.template.keyHint")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              value={draft.key}
              required
              maxLength={60}
              dir="ltr"
              error={tried && problem === "noKey" ? t("automations.template.wrongKey") : undefined}
              onChange={(event) => setDraft({ ...draft, key: event.currentTarget.value })}
            />
          )}
          <Select
            label={t("automations.template.fallback")}
            description={t("automations.template.fallbackHint")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            data={[...new Set([draft.fallback, ...languages])].map((code) => ({
              value: code,
              label: LOCALE_NAMES[code],
            }))}
            value={draft.fallback}
            allowDeselect={false}
            onChange={(code) => code && setDraft({ ...draft, fallback: code as Locale })}
          />
        </div>
        <TextsEditor
          draft={draft}
          locale={locale}
          refused={refusedOf(save.error)}
          onLocale={setLocale}
          onChange={(next) => {
            setDraft(next);
            if (save.error) save.reset();
          }}
        />
        {tried && problem === "noFallback" && (
          <Text c="red" size="sm" role="alert">
            {t("automations.template.noFallback", { language: LOCALE_NAMES[draft.fallback] })}
          </Text>
        )}
        {lost && (
          <Alert color="yellow" variant="light" role="alert" title={t("claim.lostTitle")}>
            {t("automations.template.lost")}
            <Group gap="xs" mt="xs">
              <Button
                size="xs"
                variant="default"
                onClick={() => void getTemplate(template!.id).then((theirs) => learn(theirs))}
              >
                {t("automations.lost.theirs")}
              </Button>
              <Button size="xs" variant="light" color="red" onClick={() => void overwrite()}>
                {t("automations.lost.mine")}
              </Button>
            </Group>
          </Alert>
        )}
        <Group justify="space-between">
          <Button type="submit" loading={save.isPending} disabled={!dirty}>
            {t("actions.save")}
          </Button>
          {template && (
            <Group gap="xs">
              {template.standard && (
                <Button
                  variant="subtle"
                  color="gray"
                  leftSection={<IconRestore size={16} />}
                  onClick={() => setAsking("reset")}
                >
                  {t("automations.template.reset")}
                </Button>
              )}
              <Button
                variant="subtle"
                color="red"
                leftSection={<IconTrash size={16} />}
                disabled={template.usedBy.length > 0}
                onClick={() => setAsking("delete")}
              >
                {t("actions.delete")}
              </Button>
            </Group>
          )}
        </Group>
      </Stack>
      {template && (
        <>
          <Confirm
            opened={asking === "reset"}
            title={t("automations.template.resetTitle", {
              name: template.standard ? t(`automations.messages.${template.key}` as TextKey) : template.name,
            })}
            text={t("automations.template.resetText")}
            confirm={t("automations.template.reset")}
            busy={reset.isPending}
            onConfirm={() => reset.mutate()}
            onClose={() => setAsking(undefined)}
          />
          <Confirm
            opened={asking === "delete"}
            title={t("automations.template.deleteTitle")}
            text={t("automations.template.deleteText")}
            confirm={t("actions.delete")}
            busy={remove.isPending}
            onConfirm={() => remove.mutate()}
            onClose={() => setAsking(undefined)}
          />
        </>
      )}
      {guard.question(() => setDraft(baseline))}
    </form>
  );
}

/** The places that the server refused a template for. */
function refusedOf(error: unknown): TemplateProblem[] {
  if (!(error instanceof ApiError) || error.code !== "template_invalid") return [];
  const { problems } = (error.details ?? {}) as { problems?: unknown };
  return templateProblemSchema.array().safeParse(problems).data ?? [];
}
