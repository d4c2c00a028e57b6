import { ActionIcon, Button, Group, Menu, Switch, Tooltip } from "@mantine/core";
import { IconBolt, IconCopy, IconDots, IconEye, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate } from "react-router-dom";
import type { Automation, AutomationFigures } from "../../../contract/automation.ts";
import type { Template } from "../../../contract/template.ts";
import { formatNumber } from "../../ui/format.ts";
import { Tag } from "../../ui/tag.tsx";
import { Confirm, Screen } from "../settings/frame.tsx";
import { useSave } from "../settings/use-save.ts";
import { Empty, Failed, Loading } from "../shell/states.tsx";
import { listTemplates, templateKeys } from "../templates/calls.ts";
import { useText } from "../texts.ts";
import styles from "./automations.module.css";
import { automationKeys, deleteAutomation, getFigures, listAutomations, updateAutomation } from "./calls.ts";
import { NewRule } from "./new-rule.tsx";
import { PreviewDialog } from "./preview-dialog.tsx";
import { duplicateOf, templatesOf } from "./rule-draft.ts";
import { RuleFiles } from "./rule-files.tsx";
import { flowOf, pausedWords, ruleDescription, ruleName } from "./words.ts";

/** All rules: what each does, whether it is on, and what came of it. */
export function ListScreen() {
  const { t } = useText();
  const rules = useQuery({ queryKey: automationKeys.list, queryFn: listAutomations });
  const templates = useQuery({ queryKey: templateKeys.list, queryFn: listTemplates });
  const figures = useQuery({ queryKey: automationKeys.figures, queryFn: getFigures });
  const [adding, setAdding] = useState(false);
  const byKey = new Map((templates.data ?? []).map((template) => [template.key, template]));
  return (
    <Screen
      title={t("automations.title")}
      lead={t("automations.lead")}
      wide
      action={
        <Group gap="xs">
          <RuleFiles />
          <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
            {t("automations.list.add")}
          </Button>
        </Group>
      }
    >
      {rules.data ? (
        rules.data.length > 0 ? (
          <>
            <p className={styles.span}>{t("automations.figures.span")}</p>
            <ul className={styles.rules}>
              {rules.data.map((rule) => (
                <Rule
                  key={rule.id}
                  rule={rule}
                  templates={byKey}
                  figures={figures.data?.find(({ id }) => id === rule.id)}
                />
              ))}
            </ul>
          </>
        ) : (
          <Empty
            icon={<IconBolt size={28} stroke={1.5} />}
            title={t("automations.list.none")}
            text={t("automations.list.noneText")}
          >
            <Button onClick={() => setAdding(true)}>{t("automations.list.add")}</Button>
          </Empty>
        )
      ) : rules.error ? (
        <Failed error={rules.error} retry={() => void rules.refetch()} />
      ) : (
        <Loading />
      )}
      <NewRule opened={adding} rules={rules.data ?? []} onClose={() => setAdding(false)} />
    </Screen>
  );
}

interface RuleProps {
  rule: Automation;
  templates: ReadonlyMap<string, Template>;
  figures: AutomationFigures | undefined;
}

function Rule({ rule, templates, figures }: RuleProps) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"preview" | "delete">();
  const refresh = () => client.invalidateQueries({ queryKey: automationKeys.list });
  const toggle = useSave({
    save: (enabled: boolean) => updateAutomation(rule.id, { enabled }),
    onSaved: (saved) => {
      client.setQueryData<Automation[]>(automationKeys.list, (before) =>
        before?.map((each) => (each.id === saved.id ? { ...saved, counters: each.counters } : each)),
      );
      client.removeQueries({ queryKey: automationKeys.rule(rule.id) });
    },
    said: false,
  });
  const remove = useSave({
    save: () => deleteAutomation(rule.id),
    onSaved: refresh,
    said: t("automations.editor.deleted"),
  });
  const sent = templatesOf(rule).flatMap((key) => templates.get(key) ?? []);
  const name = ruleName(rule, t);
  const path = `/automations/rules/${rule.id}`;
  return (
    <li className={styles.rule} data-off={!rule.enabled || undefined}>
      <Switch
        className={styles.ruleSwitch}
        aria-label={t("automations.list.use", { name })}
        checked={toggle.isPending ? toggle.variables : rule.enabled}
        onChange={(event) => toggle.mutate(event.currentTarget.checked)}
      />
      <div className={styles.ruleText}>
        <Link to={path} className={styles.ruleName}>
          <bdi>{name}</bdi>
        </Link>
        {rule.description && (
          <p className={styles.ruleAbout}>
            <bdi>{ruleDescription(rule, t)}</bdi>
          </p>
        )}
        <ol className={styles.ruleFlow}>
          {flowOf(rule, templates, t, locale).map((step, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps may say the same
            <li key={at}>{step}</li>
          ))}
        </ol>
        {rule.paused && (
          <p className={styles.rulePaused}>
            <Tag tone="late">{t("automations.paused.mark")}</Tag>
            <span>{pausedWords(rule.paused.reason, t)}</span>
          </p>
        )}
      </div>
      <dl className={styles.figures}>
        {(["sent", "answered", "held"] as const).map((figure) => (
          <div key={figure}>
            <dt>{t(`automations.figures.${figure}`)}</dt>
            <dd>{figures ? formatNumber(figures[figure], locale) : "–"}</dd>
          </div>
        ))}
      </dl>
      <Group gap={2} wrap="nowrap" className={styles.ruleTools}>
        <Tooltip label={t("automations.preview.title")}>
          <ActionIcon
            aria-label={t("automations.list.preview", { name })}
            disabled={sent.length === 0}
            onClick={() => setOpen("preview")}
          >
            <IconEye size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
        <Menu position="bottom-end" width={200}>
          <Menu.Target>
            <ActionIcon aria-label={t("automations.list.more", { name })}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component={Link} to={path} leftSection={<IconPencil size={16} />}>
              {t("automations.list.edit")}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconCopy size={16} />}
              onClick={() =>
                navigate("/automations/rules/new", {
                  state: { from: duplicateOf(rule, t("automations.list.copyOf", { name })) },
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
      </Group>
      <PreviewDialog name={name} templates={sent} opened={open === "preview"} onClose={() => setOpen(undefined)} />
      <Confirm
        opened={open === "delete"}
        title={t("automations.editor.deleteTitle")}
        text={t("automations.editor.deleteText")}
        confirm={t("actions.delete")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setOpen(undefined)}
      />
    </li>
  );
}
