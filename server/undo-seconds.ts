import type { Channels } from "../channels/index.ts";
import type { ChannelName } from "../contract/message.ts";

/** Where an inbox says nothing, and the buyer is not there waiting. */
const USUAL_SECONDS = 5;

/** How long a reply from the console waits before it leaves; in a live conversation, unless the shop says so, not at all. */
export function undoSecondsOf(channels: Channels, channel: ChannelName, chosen: number | undefined): number {
  return chosen ?? (channels.get(channel).capabilities.live ? 0 : USUAL_SECONDS);
}
