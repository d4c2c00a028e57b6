import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconArrowsMinimize, IconLanguage, IconMoodSmile, IconPencil, IconSparkles } from "@tabler/icons-react";
import { COPILOT_KINDS, type CopilotKind } from "../../../../contract/copilot.ts";
import { useText } from "../../texts.ts";
import { useModel } from "./use-model.ts";

const ICONS: Record<CopilotKind, typeof IconPencil> = {
  draft: IconPencil,
  shorter: IconArrowsMinimize,
  friendlier: IconMoodSmile,
  translate: IconLanguage,
};

interface CopilotMenuProps {
  /** There is a text that can be rewritten. */
  written: boolean;
  /** The buyer's language by its name, for "translate into …". */
  language: string;
  disabled: boolean;
  onChoose(kind: CopilotKind): void;
}

/** The copilot's button: a draft, or another form of what is written. */
export function CopilotMenu({ written, language, disabled, onChoose }: CopilotMenuProps) {
  const { t } = useText();
  const model = useModel();
  return (
    <Menu position="top-start" withinPortal>
      <Menu.Target>
        <Tooltip label={t("copilot.menu.title")}>
          <ActionIcon aria-label={t("copilot.menu.title")} variant="subtle" color="gray" disabled={disabled}>
            <IconSparkles size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {COPILOT_KINDS.map((kind) => {
          const Icon = ICONS[kind];
          const possible = kind === "draft" || (written && model !== false);
          return (
            <Menu.Item
              key={kind}
              leftSection={<Icon size={16} stroke={1.7} />}
              disabled={!possible}
              onClick={() => onChoose(kind)}
            >
              {t(`copilot.menu.${kind}`, { language })}
            </Menu.Item>
          );
        })}
        {model === false && <Menu.Label maw={280}>{t("copilot.menu.noModel")}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  );
}
