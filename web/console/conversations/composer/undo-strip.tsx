import { Button, Kbd } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp, IconClock } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Message, UndoneReply } from "../../../../contract/message.ts";
import { takeBack } from "../../api/calls.ts";
import { explainError } from "../../errors.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { useSession } from "../../session/use-session.ts";
import { isTextField } from "../../shell/keys.ts";
import { useShortcuts } from "../../shell/shortcuts.tsx";
import { SHORTCUTS } from "../../sync/shortcuts.ts";
import { useText } from "../../texts.ts";
import { useThread } from "../use-conversation.ts";
import styles from "./composer.module.css";

interface UndoStripProps {
  conversationId: string;
  onBack(reply: UndoneReply["reply"]): void;
}

/** The reply that is about to leave, and the way back, while there is one. */
export function UndoStrip({ conversationId, onBack }: UndoStripProps) {
  const { view } = useThread(conversationId);
  const { user } = useSession();
  const held = view.messages.findLast(
    ({ sendAt, author }) => sendAt !== undefined && (author.id ?? user.id) === user.id,
  );
  return held ? <Leaving key={held.id} message={held} onBack={onBack} /> : null;
}

function Leaving({ message, onBack }: { message: Message; onBack: UndoStripProps["onBack"] }) {
  const { t, locale } = useText();
  const services = useServices();
  const seconds = useSecondsLeft(message);
  const [total] = useState(seconds);
  const undo = useMutation({
    mutationFn: () => takeBack(message.conversationId, message.seq),
    onSuccess: ({ message: line, reply }) => {
      services.thread(message.conversationId).updated(line);
      onBack(reply);
      notifications.show({
        message: reply.forwardTo ? t("undo.forward", { address: reply.forwardTo }) : t("undo.done"),
        role: "status",
      });
    },
    onError: (error) => notifications.show({ color: "red", message: explainError(error, t), role: "alert" }),
  });
  const back = () => {
    if (!undo.isPending && !undo.isSuccess) undo.mutate();
  };
  useShortcuts({ undo: back });
  useUndoChord(back);
  const key = SHORTCUTS.undo.toUpperCase();
  return (
    <div className={styles.leaving}>
      <IconClock size={15} aria-hidden="true" />
      {/* Heard once, not every second. */}
      <span className="parley-hidden" role="status">
        {t("undo.heard", { time: inSeconds(total, locale, "long"), key })}
      </span>
      <span className={styles.leavingText} aria-hidden="true">
        {seconds > 0 ? t("undo.leaves", { time: inSeconds(seconds, locale, "short") }) : t("undo.sending")}
      </span>
      <Button
        size="compact-sm"
        variant="light"
        leftSection={<IconArrowBackUp size={15} className="parley-flip" aria-hidden="true" />}
        rightSection={<Kbd size="xs">{key}</Kbd>}
        loading={undo.isPending}
        onClick={back}
      >
        {t("actions.undo")}
      </Button>
    </div>
  );
}

/** Whole seconds until a reply leaves, by this device's clock but never more than it was given. */
function useSecondsLeft({ createdAt, sendAt = createdAt }: Message): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  const given = Date.parse(sendAt) - Date.parse(createdAt);
  return Math.max(0, Math.ceil(Math.min(given, Date.parse(sendAt) - now) / 1_000));
}

/** Ctrl+Z or ⌘Z, where it would not take back what is being typed. */
function useUndoChord(back: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
      if (event.key.toLowerCase() !== "z" && event.code !== "KeyZ") return;
      const { target } = event;
      const box = target instanceof Element ? target.closest("[data-composer-box]") : null;
      const written = box instanceof HTMLTextAreaElement ? box.value : box?.textContent;
      if (box ? written : target instanceof Element && isTextField(target)) return;
      event.preventDefault();
      back();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  });
}

function inSeconds(seconds: number, locale: string, unitDisplay: "short" | "long"): string {
  return new Intl.NumberFormat(locale, { style: "unit", unit: "second", unitDisplay }).format(seconds);
}
