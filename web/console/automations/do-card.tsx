import { ActionIcon, Button, Menu, SegmentedControl, Select, Switch, TagsInput, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { Link } from "react-router-dom";
import { ACTION_NAMES, type Action } from "../../../contract/automation.ts";
import { PRIORITIES } from "../../../contract/conversation.ts";
import { CHANNELS, type ChannelName } from "../../../contract/message.ts";
import type { Template } from "../../../contract/template.ts";
import { listUsers } from "../api/calls.ts";
import { keys } from "../api/keys.ts";
import { useText } from "../texts.ts";
import styles from "./automations.module.css";
import { DurationField } from "./duration-field.tsx";
import { moved, newAction, type RuleDraft } from "./rule-draft.ts";
import { Step } from "./step.tsx";
import { templateName } from "./words.ts";

interface DoCardProps {
  draft: RuleDraft;
  templates: readonly Template[];
  problems: ReadonlyMap<string, string>;
  onChange(draft: RuleDraft): void;
}

/** The steps, one after the other. Alt and an arrow key move the one that has the focus. */
export function DoCard({ draft, templates, problems, onChange }: DoCardProps) {
  const { t } = useText();
  const list = useRef<HTMLOListElement>(null);
  const { actions } = draft;
  const set = (next: Action[], focus?: number) => {
    onChange({ ...draft, actions: next });
    if (focus !== undefined) {
      requestAnimationFrame(() => list.current?.querySelectorAll<HTMLElement>("li[data-step]")[focus]?.focus());
    }
  };
  const move = (from: number, to: number) => {
    if (to >= 0 && to < actions.length) set(moved(actions, from, to), to);
  };
  return (
    <Step kind="do" title={t("automations.editor.do")}>
      <ol className={styles.steps} ref={list}>
        {actions.map((action, at) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place until it is saved
            key={at}
            data-step
            className={styles.action}
            tabIndex={-1}
            aria-label={`${at + 1}. ${t(`automations.actions.${action.type}`)}`}
            onKeyDown={(event) => {
              if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
              event.preventDefault();
              move(at, event.key === "ArrowUp" ? at - 1 : at + 1);
            }}
          >
            <div className={styles.actionHead}>
              <h3>{t(`automations.actions.${action.type}`)}</h3>
              <span className={styles.tools}>
                <ActionIcon
                  size={28}
                  aria-label={t("automations.editor.moveUp", { number: at + 1 })}
                  disabled={at === 0}
                  onClick={() => move(at, at - 1)}
                >
                  <IconArrowUp size={15} />
                </ActionIcon>
                <ActionIcon
                  size={28}
                  aria-label={t("automations.editor.moveDown", { number: at + 1 })}
                  disabled={at === actions.length - 1}
                  onClick={() => move(at, at + 1)}
                >
                  <IconArrowDown size={15} />
                </ActionIcon>
                <ActionIcon
                  size={28}
                  aria-label={t("automations.editor.removeAction", { number: at + 1 })}
                  disabled={actions.length === 1}
                  onClick={() => set(actions.filter((_, index) => index !== at))}
                >
                  <IconTrash size={15} stroke={1.7} />
                </ActionIcon>
              </span>
            </div>
            <ActionFields
              action={action}
              templates={templates}
              wrong={[...problems.keys()].some((key) => key.startsWith(`actions.${at}.`))}
              onChange={(next) => set(actions.map((each, index) => (index === at ? next : each)))}
            />
          </li>
        ))}
      </ol>
      <Menu position="bottom-start" width={260}>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} disabled={actions.length >= 20}>
            {t("automations.editor.addAction")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {ACTION_NAMES.map((type) => (
            <Menu.Item key={type} onClick={() => set([...actions, newAction(type)], actions.length)}>
              {t(`automations.actions.${type}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Step>
  );
}

interface ActionFieldsProps {
  action: Action;
  templates: readonly Template[];
  wrong: boolean;
  onChange(action: Action): void;
}

function ActionFields({ action, templates, wrong, onChange }: ActionFieldsProps) {
  const { t } = useText();
  const users = useQuery({ queryKey: keys.users, queryFn: listUsers, enabled: action.type === "assign" });
  const error = wrong ? t("automations.editor.fillIn") : undefined;
  switch (action.type) {
    case "send_template": {
      const chosen = templates.find(({ key }) => key === action.template);
      return (
        <div className={styles.fields}>
          <Select
            label={t("automations.fieldsOf.template")}
            placeholder={t("automations.editor.choose")}
            data={templates.map((template) => ({ value: template.key, label: templateName(template, t) }))}
            value={action.template || null}
            allowDeselect={false}
            searchable
            error={error}
            onChange={(template) => template && onChange({ ...action, template })}
          />
          <Select
            label={t("automations.fieldsOf.channel")}
            data={[
              { value: "auto", label: t("automations.fieldsOf.channelAuto") },
              ...CHANNELS.map((channel) => ({ value: channel, label: t(`channels.${channel}`) })),
            ]}
            value={action.channel}
            allowDeselect={false}
            onChange={(channel) => channel && onChange({ ...action, channel: channel as ChannelName | "auto" })}
          />
          {chosen && (
            <Link className={styles.aside} to={`/automations/templates/${chosen.id}`}>
              {t("automations.fieldsOf.editTemplate")}
            </Link>
          )}
        </div>
      );
    }
    case "label":
      return (
        <div className={styles.fields}>
          <TagsInput
            label={t("automations.fieldsOf.labels")}
            value={action.labels}
            maxTags={20}
            acceptValueOnBlur
            error={error}
            onChange={(labels) => onChange({ ...action, labels })}
          />
          <Switch
            label={t("automations.fieldsOf.remove")}
            checked={action.remove}
            onChange={(event) => onChange({ ...action, remove: event.currentTarget.checked })}
          />
        </div>
      );
    case "assign":
      return (
        <Select
          label={t("automations.fieldsOf.user")}
          placeholder={t("automations.editor.choose")}
          data={(users.data ?? [])
            .filter(({ disabled }) => !disabled)
            .map(({ id, name }) => ({ value: id, label: name }))}
          value={action.userId || null}
          allowDeselect={false}
          searchable
          error={error}
          onChange={(userId) => userId && onChange({ ...action, userId })}
        />
      );
    case "set_priority":
      return (
        <SegmentedControl
          aria-label={t("automations.actions.set_priority")}
          data={PRIORITIES.map((priority) => ({ value: priority, label: t(`automations.priorities.${priority}`) }))}
          value={action.priority}
          onChange={(priority) => onChange({ ...action, priority: priority as (typeof PRIORITIES)[number] })}
        />
      );
    case "credit_compensation":
      return (
        <TextInput
          label={t("automations.fieldsOf.reason")}
          description={t("automations.fieldsOf.reasonHint")}
          value={action.reason}
          maxLength={60}
          error={error}
          onChange={(event) => onChange({ ...action, reason: event.currentTarget.value })}
        />
      );
    case "webhook":
      return (
        <TextInput
          type="url"
          label={t("automations.fieldsOf.url")}
          description={t("automations.fieldsOf.urlHint")}
          placeholder="https://shop.example/hooks/parley"
          dir="ltr"
          value={action.url}
          maxLength={2_000}
          error={wrong ? t("automations.editor.wrongUrl") : undefined}
          onChange={(event) => onChange({ ...action, url: event.currentTarget.value })}
        />
      );
    case "wait":
      return (
        <DurationField
          label={t("automations.actions.wait")}
          value={action.duration}
          onChange={(duration) => onChange({ ...action, duration })}
        />
      );
    default:
      return <p className={styles.stepLead}>{t("automations.fieldsOf.stop")}</p>;
  }
}
