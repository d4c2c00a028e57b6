import { Button, Input, Menu, Textarea, TextInput } from "@mantine/core";
import { IconBraces } from "@tabler/icons-react";
import { type ChangeEvent, type KeyboardEvent, type RefObject, useId, useRef, useState } from "react";
import { directionOf, type Locale } from "../../../contract/locales.ts";
import type { TemplateProblem } from "../../../contract/template.ts";
import { type TextKey, useText } from "../texts.ts";
import type { TemplateCatalog } from "./calls.ts";
import { type Completion, complete, completionAt, insertVariable, matching, offsetOf } from "./completion.ts";
import { problemWords } from "./message-preview.tsx";
import styles from "./templates.module.css";

interface VariableFieldProps {
  label: string;
  description?: string;
  value: string;
  locale: Locale;
  catalog: TemplateCatalog | undefined;
  problems: readonly TemplateProblem[];
  /** One line, such as a subject. */
  single?: boolean;
  maxLength: number;
  /** HTML is written from left to right. */
  code?: boolean;
  onChange(value: string): void;
}

/** Shown at once; typing on narrows them down. */
const MOST_SHOWN = 8;

/**
 * A text with variables: `{{` opens a list of them that arrow keys go through, Enter or Tab takes and Escape closes. What is
 * wrong with the text stands below it and leads to its place.
 */
export function VariableField(props: VariableFieldProps) {
  const { label, description, value, locale, catalog, problems, single, maxLength, code, onChange } = props;
  const { t } = useText();
  const id = useId();
  const field = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
  const [open, setOpen] = useState<Completion>();
  const [active, setActive] = useState(0);
  const names =
    open?.kind === "filter"
      ? (catalog?.filters ?? [])
      : (catalog?.variables ?? []).map(({ name, example }) => ({ name, example }));
  const found = open ? matching(names, open.typed).slice(0, MOST_SHOWN) : [];
  const shown = found.length > 0;

  const put = ({ text, caret }: { text: string; caret: number }) => {
    onChange(text);
    setOpen(undefined);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(caret, caret);
    });
  };
  const take = (name: string) => open && put(complete(value, field.current?.selectionStart ?? 0, open, name));
  const look = (text: string, caret: number | null) => {
    setOpen(completionAt(text, caret ?? text.length));
    setActive(0);
  };
  const pressed = (event: KeyboardEvent) => {
    if (!shown || event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setActive((active + step + found.length) % found.length);
    else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) take(found[active]!.name);
    else if (event.key === "Escape") setOpen(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const input = {
    id,
    value,
    maxLength,
    dir: code ? "ltr" : directionOf(locale),
    lang: locale,
    spellCheck: !code,
    "aria-autocomplete": "list" as const,
    "aria-controls": shown ? `${id}-list` : undefined,
    "aria-activedescendant": shown ? `${id}-${active}` : undefined,
    "aria-invalid": problems.length > 0 || undefined,
    "aria-describedby": problems.length > 0 ? `${id}-problems` : undefined,
    ref: field as RefObject<never>,
    onChange: (event: ChangeEvent<HTMLTextAreaElement | HTMLInputElement>) => {
      onChange(event.currentTarget.value);
      look(event.currentTarget.value, event.currentTarget.selectionStart);
    },
    onKeyDown: pressed,
    onBlur: () => setOpen(undefined),
  };
  return (
    <div className={styles.field}>
      <div className={styles.fieldHead}>
        <Input.Label htmlFor={id}>{label}</Input.Label>
        <VariableMenu
          catalog={catalog}
          onChoose={(variable) => {
            const { selectionStart = value.length, selectionEnd = value.length } = field.current ?? {};
            put(insertVariable(value, selectionStart ?? value.length, selectionEnd ?? value.length, variable));
          }}
        />
      </div>
      {description && <Input.Description className={styles.hint}>{description}</Input.Description>}
      {single ? (
        <TextInput {...input} />
      ) : (
        <Textarea
          {...input}
          autosize
          minRows={code ? 5 : 7}
          maxRows={22}
          classNames={code ? { input: styles.code! } : {}}
        />
      )}
      {shown && (
        <div className={styles.options} id={`${id}-list`} role="listbox" aria-label={t("automations.template.insert")}>
          {found.map(({ name, example }, at) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the text field keeps the focus and handles the keys
            <div
              key={name}
              id={`${id}-${at}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === active}
              className={styles.option}
              // The field must keep the focus.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(name)}
            >
              <code dir="ltr">{name}</code>
              <span dir="auto">{example}</span>
            </div>
          ))}
        </div>
      )}
      <span className="parley-hidden" role="status">
        {shown && t("automations.template.choices", { count: found.length })}
      </span>
      {problems.length > 0 && (
        <ul className={styles.problems} id={`${id}-problems`}>
          {problems.map((problem) => (
            <li key={`${problem.kind} ${problem.detail} ${problem.line} ${problem.column}`}>
              <button
                type="button"
                onClick={() => {
                  const at = offsetOf(value, problem.line ?? 1, problem.column ?? 1);
                  field.current?.focus();
                  field.current?.setSelectionRange(at, at);
                }}
              >
                {problemWords(problem, t)}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface VariableMenuProps {
  catalog: TemplateCatalog | undefined;
  onChoose(variable: TemplateCatalog["variables"][number]): void;
}

/** All variables by what they belong to, with their examples. */
function VariableMenu({ catalog, onChoose }: VariableMenuProps) {
  const { t } = useText();
  const groups = Map.groupBy(catalog?.variables ?? [], ({ group }) => group);
  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <Button size="compact-sm" variant="subtle" leftSection={<IconBraces size={13} />} disabled={!catalog}>
          {t("automations.template.insert")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={340} style={{ overflowY: "auto" }}>
        {[...groups].map(([group, variables]) => (
          <div key={group} role="none">
            <Menu.Label>{t(`automations.variables.${group}` as TextKey)}</Menu.Label>
            {variables.map((variable) => (
              <Menu.Item key={variable.name} onClick={() => onChoose(variable)}>
                <code dir="ltr">{variable.name}</code>
                <span className={styles.example} dir="auto">
                  {variable.example}
                </span>
              </Menu.Item>
            ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
