import { Button, Group, SegmentedControl, Slider, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { botModeSchema } from "../../../../contract/bot.ts";
import type { Inbox } from "../../../../contract/settings.ts";
import { formatPercent } from "../../../ui/format.ts";
import { listInboxes, updateInbox } from "../../api/calls.ts";
import { keys } from "../../api/keys.ts";
import { ChannelIcon } from "../../conversations/channel-icon.tsx";
import { Failed, Loading } from "../../shell/states.tsx";
import { useText } from "../../texts.ts";
import { Card, Screen } from "../frame.tsx";
import { ReplayDialog } from "../replay/replay-dialog.tsx";
import { TryIt } from "../try-it.tsx";
import { useSave } from "../use-save.ts";
import styles from "./auto-reply.module.css";
import { RulesCards } from "./rules-card.tsx";
import { thresholdWord } from "./threshold-word.ts";

export function BotScreen() {
  const { t } = useText();
  const inboxes = useQuery({ queryKey: keys.inboxes, queryFn: listInboxes });
  return (
    <Screen title={t("settings.bot.title")} lead={t("settings.bot.lead")} wide>
      {inboxes.data ? (
        <div className={styles.columns}>
          <div>
            {inboxes.data.map((inbox) => (
              <Card key={inbox.id}>
                <InboxBot inbox={inbox} />
              </Card>
            ))}
            <RulesCards />
          </div>
          <TryIt inboxes={inboxes.data} />
        </div>
      ) : inboxes.error ? (
        <Failed error={inboxes.error} retry={() => void inboxes.refetch()} />
      ) : (
        <Loading />
      )}
    </Screen>
  );
}

function InboxBot({ inbox }: { inbox: Inbox }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const id = useId();
  const [mode, setMode] = useState(inbox.bot.mode);
  const [threshold, setThreshold] = useState(inbox.bot.threshold);
  const [replaying, setReplaying] = useState(false);
  const save = useSave({
    save: () => updateInbox(inbox.id, { bot: { mode, threshold } }),
    onSaved: (saved) =>
      client.setQueryData<Inbox[]>(keys.inboxes, (before) =>
        before?.map((each) => (each.id === saved.id ? saved : each)),
      ),
  });
  const changed = mode !== inbox.bot.mode || threshold !== inbox.bot.threshold;
  return (
    <Stack gap="sm">
      <h2 className={styles.name}>
        <ChannelIcon channel={inbox.channel} decorative />
        <bdi>{inbox.name}</bdi>
      </h2>
      <SegmentedControl
        aria-label={t("settings.bot.modeOf", { name: inbox.name })}
        value={mode}
        onChange={(value) => setMode(botModeSchema.parse(value))}
        data={botModeSchema.options.map((value) => ({ value, label: t(`botModes.${value}`) }))}
        fullWidth
      />
      <p className={styles.hint}>{t(`settings.bot.modeHint.${mode}`)}</p>
      <div className={styles.threshold}>
        <label id={id} htmlFor={`${id}-slider`}>
          {t("settings.bot.threshold")}
        </label>
        <output>
          {formatPercent(threshold, locale)} · {t(`settings.bot.words.${thresholdWord(threshold)}`)}
        </output>
      </div>
      <Slider
        id={`${id}-slider`}
        value={Math.round(threshold * 100)}
        onChange={(value) => setThreshold(value / 100)}
        min={0}
        max={100}
        step={1}
        label={null}
        disabled={mode === "off"}
        thumbProps={{ "aria-labelledby": id, "aria-valuetext": formatPercent(threshold, locale) }}
        marks={[{ value: 25 }, { value: 50 }, { value: 75 }]}
      />
      <p className={styles.hint}>{t(`settings.bot.wordsHint.${thresholdWord(threshold)}`)}</p>
      <Group gap="xs">
        <Button size="xs" disabled={!changed} loading={save.isPending} onClick={() => save.mutate()}>
          {t("actions.save")}
        </Button>
        {changed && mode !== "off" && (
          <Button size="xs" variant="default" onClick={() => setReplaying(true)}>
            {t("copilot.replay.open")}
          </Button>
        )}
      </Group>
      {replaying && <ReplayDialog input={{ inboxId: inbox.id, threshold }} onClose={() => setReplaying(false)} />}
    </Stack>
  );
}
