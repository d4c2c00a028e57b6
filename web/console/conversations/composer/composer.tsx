import { Button } from "@mantine/core";
import { IconLock, IconRobot, IconSend } from "@tabler/icons-react";
import { type ClipboardEvent, type DragEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { MESSAGE_MAX_LENGTH } from "../../../../contract/common.ts";
import type { Conversation } from "../../../../contract/conversation.ts";
import type { ChannelName } from "../../../../contract/message.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { useSession } from "../../session/use-session.ts";
import { useShortcuts } from "../../shell/shortcuts.tsx";
import type { ComposerMode } from "../../sync/composer-drafts.ts";
import { useText } from "../../texts.ts";
import { useContact } from "../contact/use-contact.ts";
import type { Actions } from "../use-actions.tsx";
import { useInbox, useThread } from "../use-conversation.ts";
import { ChannelPicker } from "./channel-picker.tsx";
import styles from "./composer.module.css";
import { FilePicker, UploadList } from "./files.tsx";
import { defaultChannel, reachableChannels } from "./reply-channel.ts";
import { useTypingMark } from "./use-typing-mark.ts";
import { useUploads } from "./use-uploads.ts";

interface ComposerProps {
  conversation: Conversation;
  mine: boolean;
  actions: Actions;
}

export function Composer({ conversation, mine, actions }: ComposerProps) {
  const { t } = useText();
  const { id } = conversation;
  const services = useServices();
  const { view } = useThread(id);
  const { data: contact } = useContact(conversation.contact.id);
  const inbox = useInbox(conversation.inboxId);
  const typing = useTypingMark(id);
  const files = useUploads();
  const box = useRef<HTMLTextAreaElement>(null);
  const [mode, setMode] = useState<ComposerMode>("reply");
  const [text, setText] = useState(() => services.drafts.get(id, "reply"));
  const [chosenChannel, setChosenChannel] = useState<ChannelName>();
  const [dropping, setDropping] = useState(false);

  const usual = defaultChannel(conversation, view.messages);
  const channels = reachableChannels(conversation, contact?.identities);
  const channel = chosenChannel && channels.includes(chosenChannel) ? chosenChannel : usual;
  const note = mode === "note";
  const resolved = conversation.status === "resolved";
  const locked = !note && (!mine || resolved);
  const limit =
    !note && inbox?.channel === channel ? inbox.capabilities.maxLength || MESSAGE_MAX_LENGTH : MESSAGE_MAX_LENGTH;
  const tooLong = text.length > limit;
  const attachable = !locked && (note || inbox?.channel !== channel || inbox.capabilities.attachments);
  const uploading = files.uploads.some((each) => !each.attachment && !each.error);
  const broken = files.uploads.some((each) => each.error);
  const attached = files.uploads.flatMap((each) => each.attachment ?? []);
  const empty = !text.trim() && attached.length === 0;
  const sendable = !locked && !empty && !tooLong && !uploading && !broken;

  const write = (value: string) => {
    setText(value);
    services.drafts.set(id, mode, value);
    if (!note && value) typing.typed();
  };
  const switchTo = (next: ComposerMode, focus = true) => {
    setMode(next);
    if (next !== mode) setText(services.drafts.get(id, next));
    typing.stop();
    if (focus) requestAnimationFrame(() => box.current?.focus());
  };
  useShortcuts({ reply: () => switchTo("reply"), note: () => switchTo("note") });

  // Having just taken over, the next thing is to write.
  const wasMine = useRef(mine);
  useEffect(() => {
    if (mine && !wasMine.current) box.current?.focus();
    wasMine.current = mine;
  }, [mine]);

  const send = () => {
    if (!sendable) return;
    services.outbox.send({
      echoId: crypto.randomUUID(),
      conversationId: id,
      text: text.trim(),
      private: note,
      channel: note ? undefined : channel,
      attachments: attached,
      createdAt: new Date().toISOString(),
    });
    setText("");
    services.drafts.set(id, mode, "");
    files.clear();
    typing.stop();
    box.current?.focus();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Escape") box.current?.blur();
    // Enter that chooses a character in an input method is not ours: keyCode 229 is Safari's way to say so.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    // With the modifier it takes over first; taking over and sending are two decisions.
    if (locked) return;
    send();
  };
  const pasted = (event: ClipboardEvent) => {
    if (!attachable || event.clipboardData.files.length === 0) return;
    event.preventDefault();
    files.add(event.clipboardData.files);
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setDropping(false);
    if (attachable) files.add(event.dataTransfer.files);
  };

  return (
    <form
      className={styles.composer}
      data-mode={mode}
      data-dropping={dropping || undefined}
      aria-label={t("composer.title")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => {
        event.preventDefault();
        setDropping(attachable);
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={dropped}
    >
      <div className={styles.tabs}>
        <button type="button" className={styles.tab} aria-pressed={!note} onClick={() => switchTo("reply")}>
          {t("composer.reply")}
        </button>
        <button type="button" className={styles.tab} aria-pressed={note} onClick={() => switchTo("note")}>
          <IconLock size={13} aria-hidden="true" />
          {t("composer.note")}
        </button>
        <span className={styles.where}>
          {note ? (
            t("composer.noteHint")
          ) : (
            <ChannelPicker channels={channels} channel={channel} onChoose={setChosenChannel} disabled={locked} />
          )}
        </span>
      </div>
      {locked ? (
        <Locked conversation={conversation} resolved={resolved} actions={actions} />
      ) : (
        <>
          <textarea
            ref={box}
            className={styles.box}
            // Empty, it follows the page, for the placeholder's sake.
            dir={text ? "auto" : undefined}
            rows={2}
            value={text}
            placeholder={note ? t("composer.notePlaceholder") : t("composer.placeholder")}
            aria-label={note ? t("composer.note") : t("composer.replyVia", { channel: t(`channels.${channel}`) })}
            aria-invalid={tooLong}
            aria-describedby={tooLong ? "composer-too-long" : undefined}
            onChange={(event) => write(event.currentTarget.value)}
            onKeyDown={pressed}
            onPaste={pasted}
            onBlur={typing.stop}
          />
          <UploadList uploads={files.uploads} onRemove={files.remove} />
          <div className={styles.foot}>
            {attachable && <FilePicker onFiles={files.add} />}
            <span className={styles.hint}>
              {tooLong ? (
                <span id="composer-too-long" className={styles.tooLong} role="alert">
                  {t("composer.tooLong", { count: text.length - limit })}
                </span>
              ) : (
                t("composer.keys")
              )}
            </span>
            {mine && conversation.status === "open" && (
              <Button
                size="xs"
                variant="subtle"
                color="gray"
                className={styles.toBot}
                leftSection={<IconRobot size={15} />}
                disabled={actions.busy}
                onClick={() => void actions.handToBot()}
              >
                {t("thread.handToBot")}
              </Button>
            )}
            <Button
              type="submit"
              size="xs"
              disabled={!sendable}
              rightSection={<IconSend size={14} className="parley-flip" />}
            >
              {note ? t("composer.addNote") : t("composer.send")}
            </Button>
          </div>
        </>
      )}
    </form>
  );
}

/** Why no reply can be written now, and the one step that changes it. */
function Locked({
  conversation,
  resolved,
  actions,
}: {
  conversation: Conversation;
  resolved: boolean;
  actions: Actions;
}) {
  const { t } = useText();
  const { user } = useSession();
  const { assignee, status } = conversation;
  return (
    <div className={styles.locked}>
      <span>
        {resolved
          ? t("composer.resolved")
          : assignee
            ? t("composer.taken", { name: assignee.name })
            : status === "pending"
              ? t(conversation.draft ? "composer.withDraft" : "composer.withBot")
              : t("composer.unclaimed")}
      </span>
      {resolved ? (
        <Button size="xs" variant="default" loading={actions.busy} onClick={() => void actions.reopen()}>
          {t("thread.reopen")}
        </Button>
      ) : assignee ? (
        // Agents do not take from a colleague; who leads the shift may.
        user.role !== "agent" && (
          <Button size="xs" variant="default" loading={actions.busy} onClick={() => void actions.assign(user.id)}>
            {t("claim.takeFrom", { name: assignee.name })}
          </Button>
        )
      ) : (
        <Button size="xs" loading={actions.busy} onClick={() => void actions.claim()}>
          {t("claim.action")}
        </Button>
      )}
    </div>
  );
}
