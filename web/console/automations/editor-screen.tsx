import { ActionIcon, Alert, Button, Group, Menu, Switch, TextInput, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconCopy, IconDots, IconFlask, IconHistory, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useLocation, useNavigate, useParams } from "react-router-dom";
import type { Automation } from "../../../contract/automation.ts";
import { ApiError } from "../../ui/http.ts";
import { Confirm, Screen } from "../settings/frame.tsx";
import { useSave } from "../settings/use-save.ts";
import { Failed, Loading } from "../shell/states.tsx";
import { listTemplates, templateKeys } from "../templates/calls.ts";
import { useText } from "../texts.ts";
import styles from "./automations.module.css";
import { automationKeys, createAutomation, deleteAutomation, getAutomation, updateAutomation } from "./calls.ts";
import { DoCard } from "./do-card.tsx";
import { DryRun } from "./dry-run.tsx";
import { History } from "./history.tsx";
import { IfCard } from "./if-card.tsx";
import { LimitsCard } from "./limits-card.tsx";
import { LostRace, PausedNote } from "./notes.tsx";
import { PreviewCard } from "./preview-card.tsx";
import { differs, draftOf, duplicateOf, EMPTY_RULE, problemsOf, type RuleDraft, templatesOf } from "./rule-draft.ts";
import { useUnsavedGuard } from "./use-unsaved-guard.tsx";
import { WaitCard, WhenCard } from "./when-card.tsx";
import { ruleDescription, ruleName } from "./words.ts";

/** One rule, or a new one: `state.from` is the rule that it begins as a copy of. */
export function EditorScreen() {
  const { t } = useText();
  const { ruleId } = useParams();
  const { state, key } = useLocation();
  const from = (state as { from?: RuleDraft } | null)?.from;
  if (ruleId !== "new") return <StoredRule key={ruleId} id={ruleId!} />;
  return (
    <Screen title={t("automations.editor.newTitle")} lead={t("automations.editor.lead")} wide>
      <Editor key={key} baseline={from ?? EMPTY_RULE} />
    </Screen>
  );
}

function StoredRule({ id }: { id: string }) {
  const { t } = useText();
  const { data, error, refetch } = useQuery({
    queryKey: automationKeys.rule(id),
    queryFn: ({ signal }) => getAutomation(id, signal),
    // What is being edited is not exchanged under the hands; a save finds out.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return (
    <Screen title={data ? ruleName(data, t) : t("automations.title")} lead={t("automations.editor.lead")} wide>
      {data ? (
        // A new version of the rule starts the form anew.
        <Editor key={data.version} rule={data} baseline={draftOf(data)} />
      ) : error ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Screen>
  );
}

interface EditorProps {
  rule?: Automation;
  /** What the form begins with. */
  baseline: RuleDraft;
}

function Editor({ rule, baseline }: EditorProps) {
  const { t } = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(baseline);
  const [tried, setTried] = useState(false);
  const [open, setOpen] = useState<"dryRun" | "history" | "delete">();
  const templates = useQuery({ queryKey: templateKeys.list, queryFn: listTemplates });
  const dirty = differs(draft, baseline);
  const guard = useUnsavedGuard(dirty);
  const found = problemsOf(draft);
  // A default rule's own words are read in the reader's language until somebody writes others.
  const named = { ...draft, ...(rule?.key !== undefined && { key: rule.key }) };
  const problems = tried ? found : new Map<string, string>();

  const learn = (saved: Automation) => {
    client.setQueryData(automationKeys.rule(saved.id), saved);
    void client.invalidateQueries({ queryKey: automationKeys.list });
  };
  const save = useSave({
    save: ({ version }: { version?: number | undefined }) =>
      rule ? updateAutomation(rule.id, draft, version) : createAutomation({ ...draft, enabled: false }),
    onSaved: learn,
  });
  // Once what was saved is the baseline, so that leaving is no question.
  const created = rule ? undefined : save.data;
  useEffect(() => {
    if (!created) return;
    setDraft(baseline);
    navigate(`/automations/rules/${created.id}`, { replace: true });
  }, [created, baseline, navigate]);
  const toggle = useSave({ save: (enabled: boolean) => updateAutomation(rule!.id, { enabled }), onSaved: learn });
  const remove = useSave({
    save: () => deleteAutomation(rule!.id),
    onSaved: () => {
      void client.invalidateQueries({ queryKey: automationKeys.list });
      navigate("/automations/rules", { replace: true });
    },
    said: t("automations.editor.deleted"),
  });

  const check = (then: () => void) => {
    setTried(true);
    if (found.size === 0) then();
  };
  const lost = save.error instanceof ApiError && save.error.code === "version_mismatch";
  const known = templates.data ?? [];
  const sent = templatesOf(draft).flatMap((each) => known.filter(({ key }) => key === each));
  return (
    <>
      <form
        className={styles.editor}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          check(() => save.mutate({ version: rule?.version }));
        }}
      >
        <div className={styles.bar}>
          <Link to="/automations/rules" className={styles.back}>
            <IconArrowLeft size={15} aria-hidden="true" className="parley-flip" />
            {t("automations.editor.all")}
          </Link>
          <Group gap="xs" className={styles.barEnd}>
            {rule && (
              <Switch
                label={t(rule.enabled ? "automations.on" : "automations.off")}
                checked={toggle.isPending ? toggle.variables : rule.enabled}
                disabled={dirty || toggle.isPending}
                onChange={(event) => toggle.mutate(event.currentTarget.checked)}
              />
            )}
            <Button
              variant="default"
              leftSection={<IconFlask size={16} stroke={1.7} />}
              onClick={() => check(() => setOpen("dryRun"))}
            >
              {t("automations.dryRun.open")}
            </Button>
            <Button
              type="submit"
              loading={save.isPending}
              disabled={!dirty && (rule !== undefined || baseline === EMPTY_RULE)}
            >
              {t("actions.save")}
            </Button>
            {rule && (
              <Menu position="bottom-end" width={220}>
                <Menu.Target>
                  <Tooltip label={t("thread.more")}>
                    <ActionIcon aria-label={t("thread.more")}>
                      <IconDots size={18} />
                    </ActionIcon>
                  </Tooltip>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item leftSection={<IconHistory size={16} />} onClick={() => setOpen("history")}>
                    {t("automations.history.title")}
                  </Menu.Item>
                  <Menu.Item
                    leftSection={<IconCopy size={16} />}
                    disabled={dirty}
                    onClick={() =>
                      navigate("/automations/rules/new", {
                        state: { from: duplicateOf(rule, t("automations.list.copyOf", { name: rule.name })) },
                      })
                    }
                  >
                    {t("automations.list.duplicate")}
                  </Menu.Item>
                  <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setOpen("delete")}>
                    {t("actions.delete")}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            )}
          </Group>
        </div>
        {lost && rule && (
          <LostRace
            id={rule.id}
            busy={save.isPending}
            onTheirs={(theirs) => {
              learn(theirs);
              save.reset();
            }}
            onMine={() => save.mutate({})}
          />
        )}
        {rule?.paused && <PausedNote paused={rule.paused} />}
        {tried && found.size > 0 && (
          <Alert color="red" variant="light" role="alert">
            {t("automations.editor.incomplete")}
          </Alert>
        )}
        <div className={styles.columns}>
          <div className={styles.flow}>
            <section className={styles.names} aria-label={t("automations.editor.about")}>
              <TextInput
                label={t("automations.editor.name")}
                value={ruleName(named, t)}
                required
                maxLength={100}
                error={problems.has("name") ? t("automations.editor.fillIn") : undefined}
                onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
              />
              <TextInput
                label={t("automations.editor.description")}
                value={ruleDescription(named, t)}
                maxLength={500}
                onChange={(event) => setDraft({ ...draft, description: event.currentTarget.value })}
              />
            </section>
            <WhenCard draft={draft} onChange={setDraft} />
            <WaitCard draft={draft} onChange={setDraft} />
            <IfCard draft={draft} problems={problems} onChange={setDraft} />
            <DoCard draft={draft} templates={known} problems={problems} onChange={setDraft} />
            <LimitsCard draft={draft} onChange={setDraft} />
          </div>
          <div className={styles.side}>
            <PreviewCard templates={templates.isPending ? undefined : sent} />
          </div>
        </div>
      </form>
      <DryRun draft={draft} opened={open === "dryRun"} onClose={() => setOpen(undefined)} />
      {rule && (
        <History rule={rule} opened={open === "history"} onClose={() => setOpen(undefined)} onRestored={learn} />
      )}
      <Confirm
        opened={open === "delete"}
        title={t("automations.editor.deleteTitle")}
        text={t("automations.editor.deleteText")}
        confirm={t("actions.delete")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setOpen(undefined)}
      />
      {guard.question(() => setDraft(baseline))}
    </>
  );
}
