import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { NavigateFunction } from "react-router-dom";
import type { PausedRule } from "../realtime/services.ts";
import type { Translate } from "../texts.ts";
import { pausedWords, ruleName } from "./words.ts";

/** A rule has just stopped itself: the seller hears of it wherever they are, and it stays until they have seen it. */
export function showPausedRule(rule: PausedRule, { t, navigate }: { t: Translate; navigate: NavigateFunction }): void {
  const toast = notifications.show({
    id: `paused-${rule.id}`,
    color: "red",
    autoClose: false,
    role: "alert",
    title: t("automations.paused.toast", { name: ruleName(rule, t) }),
    message: (
      <Group justify="space-between" align="end" gap="sm">
        <span>{pausedWords(rule.reason, t)}</span>
        <Button
          size="compact-sm"
          variant="light"
          color="red"
          onClick={() => {
            notifications.hide(toast);
            navigate(`/automations/rules/${rule.id}`);
          }}
        >
          {t("automations.paused.open")}
        </Button>
      </Group>
    ),
    closeButtonProps: { "aria-label": t("actions.close") },
  });
}
