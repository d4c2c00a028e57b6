import type { ChannelName, UndoneReply } from "../../../../contract/message.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import type { ComposerMode, DraftExtras } from "../../sync/composer-drafts.ts";

interface PutBackOptions {
  id: string;
  /** Formatting, copies and channel of the reply are those of what was taken back. */
  restore(extras: DraftExtras, channel: ChannelName): void;
  /** Shows what stands in a draft now. */
  show(mode: ComposerMode): void;
}

/** Puts a reply that was taken back into the composer: before what has been written since, with its files and recipients. */
export function usePutBack({ id, restore, show }: PutBackOptions): (reply: UndoneReply["reply"]) => void {
  const { drafts, uploads } = useServices();
  return (reply) => {
    // What was meant for somebody else must not stand where the buyer's answer is written.
    const mode = reply.forwardTo ? "note" : "reply";
    const since = drafts.get(id, mode);
    drafts.set(id, mode, since.trim() ? `${reply.text}\n\n${since}` : reply.text);
    if (mode === "reply") {
      const { html } = drafts.extras(id);
      restore(
        { html: reply.html === undefined ? undefined : reply.html + (html ?? ""), cc: reply.cc, bcc: reply.bcc },
        reply.channel,
      );
      uploads.restore(id, reply.attachments);
    }
    show(mode);
  };
}
