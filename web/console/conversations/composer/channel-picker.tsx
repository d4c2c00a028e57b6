import { Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import type { ChannelName } from "../../../../contract/message.ts";
import { useText } from "../../texts.ts";
import { ChannelIcon } from "../channel-icon.tsx";
import styles from "./composer.module.css";

interface ChannelPickerProps {
  channels: readonly ChannelName[];
  channel: ChannelName;
  disabled: boolean;
  onChoose(channel: ChannelName): void;
}

/** Says where the reply goes, and lets the agent choose where there is a choice. */
export function ChannelPicker({ channels, channel, disabled, onChoose }: ChannelPickerProps) {
  const { t } = useText();
  const label = (
    <>
      <ChannelIcon channel={channel} size={14} decorative />
      {t("thread.via", { channel: t(`channels.${channel}`) })}
    </>
  );
  if (channels.length < 2 || disabled) return <span className={styles.via}>{label}</span>;
  return (
    <Menu position="top-end">
      <Menu.Target>
        <button type="button" className={styles.viaButton}>
          {label}
          <IconChevronDown size={13} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {channels.map((each) => (
          <Menu.Item
            key={each}
            leftSection={<ChannelIcon channel={each} decorative />}
            fw={each === channel ? 650 : undefined}
            aria-current={each === channel}
            onClick={() => onChoose(each)}
          >
            {t(`channels.${each}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
