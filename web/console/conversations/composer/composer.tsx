import { ActionIcon, Button, Skeleton, Tooltip } from "@mantine/core";
import { IconEyeOff, IconLock, IconRobot, IconSend, IconTextSize } from "@tabler/icons-react";
import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  lazy,
  Suspense,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";
import { MESSAGE_MAX_LENGTH } from "../../../../contract/common.ts";
import type { Conversation } from "../../../../contract/conversation.ts";
import type { ChannelName } from "../../../../contract/message.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { useShortcuts } from "../../shell/shortcuts.tsx";
import type { ComposerMode } from "../../sync/composer-drafts.ts";
import { composerChord, SHORTCUTS } from "../../sync/shortcuts.ts";
import { useText } from "../../texts.ts";
import { useContact } from "../contact/use-contact.ts";
import { CopilotBar } from "../copilot/copilot-bar.tsx";
import { CopilotMenu } from "../copilot/copilot-menu.tsx";
import { SendIn, useSendIn } from "../copilot/send-in.tsx";
import { useCopilot } from "../copilot/use-copilot.ts";
import type { Actions } from "../use-actions.tsx";
import { useInbox, useInboxes, useThread, useWritableInboxes } from "../use-conversation.ts";
import { CANNED_LIST, CannedButton, CannedList, cannedOption } from "./canned-list.tsx";
import { ChannelPicker } from "./channel-picker.tsx";
import styles from "./composer.module.css";
import { FilePicker, UploadList } from "./files.tsx";
import { Locked } from "./locked.tsx";
import { Recipients } from "./recipients.tsx";
import { defaultChannel, isAddress, reachableChannels, usualCopies } from "./reply-channel.ts";
import { paragraphsOf } from "./rich-text.ts";
import { UndoStrip } from "./undo-strip.tsx";
import { useCanned } from "./use-canned.ts";
import { usePutBack } from "./use-put-back.ts";
import { type EditorHandle, useTextPlace } from "./use-text-place.ts";
import { useTypingMark } from "./use-typing-mark.ts";
import { useUploads } from "./use-uploads.ts";

const RichEditor = lazy(() => import("./rich-editor.tsx"));

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** Out of the field: the next letter is a shortcut again. */
function leave() {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

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
  const own = useInbox(conversation.inboxId);
  const inboxes = useInboxes();
  const writable = useWritableInboxes();
  const typing = useTypingMark(id);
  const files = useUploads(id);
  const box = useRef<HTMLTextAreaElement>(null);
  const editor = useRef<EditorHandle>(null);
  const [mode, setMode] = useState<ComposerMode>("reply");
  const [text, setText] = useState(() => services.drafts.get(id, "reply"));
  const [chosenChannel, setChosenChannel] = useState<ChannelName>();
  const [extras, setExtras] = useState(() => services.drafts.extras(id));
  const [dropping, setDropping] = useState(false);
  const [sent, setSent] = useState(0);

  const usual = defaultChannel(conversation, view.messages);
  const channels = reachableChannels(
    conversation,
    contact?.identities,
    writable.map((each) => each.channel),
  );
  const channel = chosenChannel && channels.includes(chosenChannel) ? chosenChannel : usual;
  const note = mode === "note";
  const resolved = conversation.status === "resolved";
  const locked = !note && (!mine || resolved);
  // What the reply's channel can do: that of the conversation's inbox, or the shop's other one of that channel.
  const can = (own?.channel === channel ? own : inboxes.find((each) => each.channel === channel))?.capabilities;
  const limit = (!note && can?.maxLength) || MESSAGE_MAX_LENGTH;
  const tooLong = text.length > limit;
  const attachable = !locked && (note || !can || can.attachments);
  const formattable = !note && can?.html === true && can.threads;
  const rich = formattable && extras.html !== undefined;
  const copied = !note && can?.threads === true;
  const to = conversation.answerTo ?? conversation.contact.email ?? "";
  const ours = inboxes.map((each) => each.address);
  const copies = { cc: extras.cc ?? usualCopies(conversation, view.messages, ours), bcc: extras.bcc ?? [] };
  const misdirected = copied && (to === "" || [...copies.cc, ...copies.bcc].some((each) => !isAddress(each)));
  const empty = !text.trim() && files.attached.length === 0;
  const sendable = !locked && !empty && !tooLong && !files.unready && !misdirected;

  const write = (value: string) => {
    setText(value);
    services.drafts.set(id, mode, value);
    if (!note && !locked && value) typing.typed();
  };
  // The copilot writes into the plain box: its texts have no formatting.
  const writeReply = useCallback(
    (value: string) => {
      setText(value);
      services.drafts.set(id, "reply", value);
    },
    [services, id],
  );
  const copilot = useCopilot(id, writeReply);
  const canned = useCanned(box, conversation, write);
  const sendIn = useSendIn(conversation);
  const keep = (change: typeof extras) => {
    const next = { ...extras, ...change };
    setExtras(next);
    services.drafts.setExtras(id, next);
  };
  const switchTo = (next: ComposerMode) => {
    setMode(next);
    if (next !== mode) setText(services.drafts.get(id, next));
    typing.stop();
  };
  const focus = useTextPlace({
    box,
    editor,
    locked,
    mine,
    change: (edit) => {
      const next = edit(services.drafts.get(id, mode));
      // Who asked for a reply too early can still take over first.
      if (locked && !resolved && next === SHORTCUTS.claim) return void actions.claim();
      if (rich) keep({ html: paragraphsOf(next) });
      write(next);
    },
  });
  // At once, so that the very next key is text.
  const begin = (next: ComposerMode, byKey = true) => {
    flushSync(() => switchTo(next));
    focus(byKey);
  };
  useShortcuts({ reply: () => begin("reply"), note: () => begin("note") });

  const send = () => {
    if (!sendable) return;
    services.outbox.send({
      echoId: crypto.randomUUID(),
      conversationId: id,
      text: text.trim(),
      private: note,
      channel: note ? undefined : channel,
      attachments: files.attached,
      ...(!note && !rich && sendIn.chosen && { translateTo: sendIn.chosen }),
      ...(copied && { mail: mailOf(copies, rich ? extras.html : undefined) }),
      createdAt: new Date().toISOString(),
    });
    setText("");
    copilot.dismiss();
    services.drafts.set(id, mode, "");
    // Whoever writes with formatting goes on so; the copies are those of the next message again.
    if (!note) keep({ cc: undefined, bcc: undefined, html: rich ? "" : undefined });
    setSent(sent + 1);
    files.clear();
    typing.stop();
    focus();
  };
  // The editor is made once and must send what stands there then.
  const latestSend = useRef(send);
  useEffect(() => {
    latestSend.current = send;
  });
  const pressed = (event: KeyboardEvent) => {
    if (canned.pressed(event)) {
      event.preventDefault();
      return;
    }
    if (event.key === "Escape") return leave();
    // Enter that chooses a character in an input method is not ours: keyCode 229 is Safari's way to say so.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    // With the modifier it takes over first; taking over and sending are two decisions.
    if (locked) return;
    send();
  };
  /** Keys of the whole composer, its text field or the editor: Alt+N a note, Alt+R a reply. */
  const chosen = (event: KeyboardEvent) => {
    const next = event.nativeEvent.isComposing ? undefined : composerChord(event, IS_MAC);
    if (!next) return;
    event.preventDefault();
    begin(next);
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

  const putBack = usePutBack({
    id,
    restore: (back, by) => {
      keep(back);
      setChosenChannel(by);
      // The editor begins with what it is given.
      setSent(sent + 1);
    },
    show: (next) => {
      flushSync(() => {
        setMode(next);
        setText(services.drafts.get(id, next));
      });
      focus();
    },
  });

  return (
    <>
      <UndoStrip conversationId={id} onBack={putBack} />
      <form
        className={styles.composer}
        data-mode={mode}
        data-dropping={dropping || undefined}
        aria-label={t("composer.title")}
        onKeyDown={chosen}
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
          <button type="button" className={styles.tab} aria-pressed={!note} onClick={() => begin("reply", false)}>
            {t("composer.reply")}
          </button>
          <button type="button" className={styles.tab} aria-pressed={note} onClick={() => begin("note", false)}>
            <IconLock size={13} aria-hidden="true" />
            {t("composer.note")}
          </button>
          <span className={styles.where}>
            {note ? (
              <strong id="composer-note-hint" className={styles.private}>
                <IconEyeOff size={14} aria-hidden="true" />
                {t("composer.noteHint")}
              </strong>
            ) : (
              <ChannelPicker channels={channels} channel={channel} onChoose={setChosenChannel} disabled={locked} />
            )}
          </span>
          {/* Heard as well as seen: which of the two one is writing. */}
          <span className={styles.hidden} role="status">
            {note ? `${t("composer.note")}. ${t("composer.noteHint")}` : ""}
          </span>
        </div>
        {locked ? (
          <Locked conversation={conversation} resolved={resolved} kept={text.trim()} actions={actions} />
        ) : (
          <>
            {copied && <Recipients key={`${channel} ${sent}`} to={to} {...copies} onChange={(next) => keep(next)} />}
            {rich ? (
              <Suspense fallback={<Skeleton height={96} m={12} width="auto" />}>
                <RichEditor
                  key={sent}
                  html={extras.html ?? ""}
                  label={t("composer.replyVia", { channel: t(`channels.${channel}`) })}
                  onChange={(html, plain) => {
                    keep({ html });
                    write(plain);
                  }}
                  onSend={() => latestSend.current()}
                  onEscape={leave}
                  handle={editor}
                />
              </Suspense>
            ) : (
              <>
                <CannedList canned={canned} />
                <textarea
                  ref={box}
                  className={styles.box}
                  data-composer-box=""
                  // Empty, it follows the page, for the placeholder's sake.
                  dir={text ? "auto" : undefined}
                  rows={2}
                  value={text}
                  placeholder={note ? t("composer.notePlaceholder") : t("composer.placeholder")}
                  aria-label={note ? t("composer.note") : t("composer.replyVia", { channel: t(`channels.${channel}`) })}
                  aria-invalid={tooLong}
                  aria-describedby={tooLong ? "composer-too-long" : note ? "composer-note-hint" : undefined}
                  aria-autocomplete="list"
                  aria-controls={canned.found.length > 0 ? CANNED_LIST : undefined}
                  aria-activedescendant={canned.found.length > 0 ? cannedOption(canned.active) : undefined}
                  onChange={(event) => {
                    write(event.currentTarget.value);
                    canned.look();
                  }}
                  onSelect={canned.look}
                  onKeyDown={pressed}
                  onPaste={pasted}
                  onBlur={() => {
                    typing.stop();
                    canned.close();
                  }}
                />
              </>
            )}
            {!note && (
              <CopilotBar
                state={copilot.state}
                onCancel={copilot.cancel}
                onUndo={copilot.undo}
                onDismiss={copilot.dismiss}
              />
            )}
            {!note && !rich && <SendIn sendIn={sendIn} conversationId={id} text={text} />}
            <UploadList uploads={files.uploads} onRemove={files.remove} />
            <div className={styles.foot}>
              {attachable && <FilePicker onFiles={files.add} />}
              {!rich && <CannedButton canned={canned} />}
              {formattable && (
                <Tooltip label={t(rich ? "mailboxes.format.off" : "mailboxes.format.on")}>
                  <ActionIcon
                    aria-label={t("mailboxes.format.on")}
                    aria-pressed={rich}
                    variant={rich ? "light" : "subtle"}
                    color={rich ? "indigo" : "gray"}
                    onClick={() => keep({ html: rich ? undefined : paragraphsOf(text) })}
                  >
                    <IconTextSize size={18} stroke={1.7} />
                  </ActionIcon>
                </Tooltip>
              )}
              {!note && !rich && (
                <CopilotMenu
                  written={text.trim() !== ""}
                  language={sendIn.name}
                  disabled={copilot.state.running !== undefined}
                  onChoose={(kind) =>
                    void copilot.run(kind === "draft" ? { kind, ...(text.trim() && { text }) } : { kind, text }, text)
                  }
                />
              )}
              <span className={styles.hint}>
                {tooLong ? (
                  <span id="composer-too-long" className={styles.tooLong} role="alert">
                    {t("composer.tooLong", { count: text.length - limit })}
                  </span>
                ) : (
                  t(rich ? "mailboxes.format.keys" : "composer.keys")
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
                color={note ? "yellow" : undefined}
                autoContrast={note}
                rightSection={
                  note ? <IconLock size={14} aria-hidden="true" /> : <IconSend size={14} className="parley-flip" />
                }
              >
                {note ? t("composer.addNote") : t("composer.send")}
              </Button>
            </div>
          </>
        )}
      </form>
    </>
  );
}

function mailOf({ cc, bcc }: { cc: string[]; bcc: string[] }, html: string | undefined) {
  return { ...(html && { html }), ...(cc.length > 0 && { cc }), ...(bcc.length > 0 && { bcc }) };
}
