import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Conversation, ConversationKind, Priority } from "../../../contract/conversation.ts";
import { formatDate } from "../../ui/format.ts";
import {
  assign,
  claim,
  discardDraft,
  handOff,
  release,
  setKind,
  setLabels,
  setPriority,
  setStatus,
  snooze,
} from "../api/calls.ts";
import { keys } from "../api/keys.ts";
import { explainError, takenBy } from "../errors.ts";
import { useServices } from "../realtime/console-provider.tsx";
import { keyQueue } from "../shell/keys.ts";
import { useText } from "../texts.ts";

/** What an agent does with a conversation. One at a time; the answer is the new state everywhere. */
export function useActions(id: string) {
  const { t, locale } = useText();
  const services = useServices();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);

  const run = async (action: () => Promise<Conversation>, done?: (conversation: Conversation) => void) => {
    if (busy) return;
    setBusy(true);
    try {
      const conversation = await action();
      services.learn(conversation);
      done?.(conversation);
    } catch (error) {
      const owner = takenBy(error);
      notifications.show({
        color: owner ? "yellow" : "red",
        title: owner ? t("claim.lostTitle") : undefined,
        message: explainError(error, t),
        role: "alert",
      });
      // Whatever it was, the screen should show how things stand.
      void client.invalidateQueries({ queryKey: keys.conversation(id) });
    } finally {
      setBusy(false);
    }
  };

  const withUndo = (message: string, undo: () => Promise<Conversation>) => {
    const toast = notifications.show({
      message: (
        <Group justify="space-between" wrap="nowrap" gap="sm">
          <span>{message}</span>
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => {
              notifications.hide(toast);
              void run(undo);
            }}
          >
            {t("actions.undo")}
          </Button>
        </Group>
      ),
    });
  };

  return {
    busy,
    /** @param byKey a key pressed right after it may still choose between note and reply */
    claim: (byKey = false) => keyQueue.takeOver(() => run(() => claim(id)), { byKey }),
    assign: (userId: string | null) => run(() => assign(id, userId)),
    /** Takes it from a colleague. */
    takeFrom: (userId: string) => keyQueue.takeOver(() => run(() => assign(id, userId)), { byKey: false }),
    release: () => run(() => release(id)),
    handToBot: () => run(() => handOff(id, "bot")),
    resolve: () =>
      run(
        () => setStatus(id, "resolved"),
        () => withUndo(t("thread.resolvedToast"), () => setStatus(id, "open")),
      ),
    reopen: () => run(() => setStatus(id, "open")),
    snooze: (until: Date) =>
      run(
        () => snooze(id, until),
        () =>
          withUndo(t("snooze.toast", { time: formatDate(until, "weekdayTime", locale) }), () => setStatus(id, "open")),
      ),
    setKind: (kind: ConversationKind) => run(() => setKind(id, kind)),
    setPriority: (priority: Priority) => run(() => setPriority(id, priority)),
    setLabels: (labels: string[]) => run(() => setLabels(id, labels)),
    discardDraft: () => run(() => discardDraft(id)),
  };
}
export type Actions = ReturnType<typeof useActions>;
