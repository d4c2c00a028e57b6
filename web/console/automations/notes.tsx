import { Alert, Button, Group } from "@mantine/core";
import { IconAlertTriangle, IconPlayerPause } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Automation } from "../../../contract/automation.ts";
import { formatDate } from "../../ui/format.ts";
import { useText } from "../texts.ts";
import { getAutomation } from "./calls.ts";
import { pausedWords } from "./words.ts";

/** A rule that failed again and again has stopped itself: since when, and what the last failure said. */
export function PausedNote({ paused }: { paused: NonNullable<Automation["paused"]> }) {
  const { t, locale } = useText();
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconPlayerPause size={18} />}
      title={t("automations.paused.title", { time: formatDate(paused.at, "full", locale) })}
    >
      {pausedWords(paused.reason, t)}
    </Alert>
  );
}

interface LostRaceProps {
  id: string;
  busy: boolean;
  onTheirs(rule: Automation): void;
  onMine(): void;
}

/** Somebody else has changed the rule meanwhile: who, when, and which of the two stays. */
export function LostRace({ id, busy, onTheirs, onMine }: LostRaceProps) {
  const { t, locale } = useText();
  const { data } = useQuery({
    queryKey: ["automations", "lost", id],
    queryFn: ({ signal }) => getAutomation(id, signal),
    gcTime: 0,
    staleTime: 0,
  });
  return (
    <Alert
      color="yellow"
      variant="light"
      role="alert"
      icon={<IconAlertTriangle size={18} />}
      title={t("claim.lostTitle")}
    >
      {data &&
        t("automations.lost.text", {
          name: data.updatedBy ?? t("author.user"),
          time: formatDate(data.updatedAt, "full", locale),
        })}
      <Group gap="xs" mt="xs">
        <Button size="xs" variant="default" disabled={!data} onClick={() => data && onTheirs(data)}>
          {t("automations.lost.theirs")}
        </Button>
        <Button size="xs" variant="light" color="red" loading={busy} onClick={onMine}>
          {t("automations.lost.mine")}
        </Button>
      </Group>
    </Alert>
  );
}
