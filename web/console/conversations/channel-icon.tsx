import { IconBuildingStore, IconMail, IconMessageCircle } from "@tabler/icons-react";
import type { ChannelName } from "../../../contract/message.ts";
import { useText } from "../texts.ts";

const ICONS: Record<ChannelName, typeof IconMail> = {
  chat: IconMessageCircle,
  email: IconMail,
  insite: IconBuildingStore,
};

/** A channel as a picture; says its name unless `decorative` (when the name stands beside it). */
export function ChannelIcon({
  channel,
  size = 16,
  decorative,
}: {
  channel: ChannelName;
  size?: number;
  decorative?: boolean;
}) {
  const { t } = useText();
  const Icon = ICONS[channel];
  return decorative ? (
    <Icon size={size} stroke={1.7} aria-hidden="true" />
  ) : (
    <Icon size={size} stroke={1.7} role="img" aria-label={t(`channels.${channel}`)} />
  );
}
