import { ActionIcon, Tooltip } from "@mantine/core";
import { IconMessageBolt } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useText } from "../../texts.ts";
import styles from "./composer.module.css";
import type { Canned } from "./use-canned.ts";

export const CANNED_LIST = "canned-list";
export const cannedOption = (at: number) => `canned-${at}`;

/** Above the box: the canned responses that fit what is typed after the slash. */
export function CannedList({ canned }: { canned: Canned }) {
  const { t } = useText();
  const list = useRef<HTMLDivElement>(null);
  const { open, empty, found, active } = canned;
  useEffect(() => {
    if (open) list.current?.querySelector(`#${cannedOption(active)}`)?.scrollIntoView({ block: "nearest" });
  }, [open, active]);
  if (open && empty) {
    return (
      <p className={styles.cannedNone} role="status">
        {t("settings.canned-responses.none")}
      </p>
    );
  }
  if (!open || found.length === 0) return null;
  return (
    <div ref={list} id={CANNED_LIST} role="listbox" aria-label={t("composer.canned")} className={styles.canned}>
      {found.map((response, at) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the box keeps the focus and has the keys
        <div
          key={response.id}
          id={cannedOption(at)}
          role="option"
          tabIndex={-1}
          aria-selected={at === active}
          className={styles.cannedOption}
          // The box must not lose the focus to the press.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => canned.choose(response)}
        >
          <strong dir="auto">/{response.shortcut}</strong>
          <span dir="auto">{canned.textOf(response)}</span>
        </div>
      ))}
    </div>
  );
}

/** Opens the list for who does not type the slash. */
export function CannedButton({ canned }: { canned: Canned }) {
  const { t } = useText();
  return (
    <Tooltip label={`${t("composer.canned")} · /`}>
      <ActionIcon aria-label={t("composer.canned")} onClick={canned.begin}>
        <IconMessageBolt size={18} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}
