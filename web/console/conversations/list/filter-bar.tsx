import { Menu } from "@mantine/core";
import { IconCheck, IconChevronDown, IconTag } from "@tabler/icons-react";
import type { Filter } from "../../sync/conversation-list.ts";
import { useText } from "../../texts.ts";
import styles from "./list.module.css";
import { useConversationList } from "./use-conversation-list.ts";

const SHOWN = ["all", "mine", "unassigned"] as const;
const FOLDED = ["bot", "snoozed", "resolved", "automatic"] as const;

interface FilterBarProps {
  filter: Filter;
  /** A search looks everywhere: no filter is on. */
  searching: boolean;
  onChoose(filter: Filter): void;
  /** Labels of the conversations at hand. */
  labels: readonly string[];
  onChooseLabel(label: string): void;
  raised: boolean;
  urgentFirst: boolean;
  onPriority(change: { raised?: boolean; urgentFirst?: boolean }): void;
}

export function FilterBar({ filter, searching, onChoose, labels, onChooseLabel, ...priority }: FilterBarProps) {
  const { t } = useText();
  const mine = useConversationList({ filter: "mine", q: "" });
  const unassigned = useConversationList({ filter: "unassigned", q: "" });
  const counts: Partial<Record<Filter, string>> = {
    mine: count(mine.rows.length, mine.hasNextPage),
    unassigned: count(unassigned.rows.length, unassigned.hasNextPage),
  };
  const { raised, urgentFirst, onPriority } = priority;
  const folded = FOLDED.find((each) => each === filter);
  return (
    <fieldset className={styles.filters} aria-label={t("list.filter")}>
      {SHOWN.map((each) => (
        <button
          key={each}
          type="button"
          className={styles.filter}
          aria-pressed={!searching && filter === each}
          onClick={() => onChoose(each)}
        >
          {t(`filters.${each}`)}
          {counts[each] && <span className={styles.count}>{counts[each]}</span>}
        </button>
      ))}
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <button type="button" className={styles.filter} aria-pressed={!searching && folded !== undefined}>
            {folded ? t(`filters.${folded}`) : t("filters.more")}
            <IconChevronDown size={14} aria-hidden="true" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {FOLDED.map((each) => (
            <Menu.Item key={each} onClick={() => onChoose(each)}>
              {t(`filters.${each}`)}
            </Menu.Item>
          ))}
          <Menu.Label>{t("priority.title")}</Menu.Label>
          <Menu.Item
            role="menuitemcheckbox"
            aria-checked={raised}
            leftSection={<Check shown={raised} />}
            onClick={() => onPriority({ raised: !raised })}
          >
            {t("priority.raised")}
          </Menu.Item>
          <Menu.Item
            role="menuitemcheckbox"
            aria-checked={urgentFirst}
            leftSection={<Check shown={urgentFirst} />}
            onClick={() => onPriority({ urgentFirst: !urgentFirst })}
          >
            {t("priority.urgentFirst")}
          </Menu.Item>
          {labels.length > 0 && <Menu.Label>{t("contact.labels")}</Menu.Label>}
          {labels.map((label) => (
            <Menu.Item key={label} leftSection={<IconTag size={14} />} onClick={() => onChooseLabel(label)}>
              <bdi>{label}</bdi>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </fieldset>
  );
}

/** The same room whether it is on or not. */
function Check({ shown }: { shown: boolean }) {
  return <IconCheck size={14} aria-hidden="true" visibility={shown ? undefined : "hidden"} />;
}

function count(rows: number, more: boolean): string | undefined {
  if (rows === 0) return undefined;
  return more ? `${rows}+` : String(rows);
}
