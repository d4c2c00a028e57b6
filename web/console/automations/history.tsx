import { Button, Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Automation, AutomationVersion } from "../../../contract/automation.ts";
import { formatDate } from "../../ui/format.ts";
import { Tag } from "../../ui/tag.tsx";
import { useSave } from "../settings/use-save.ts";
import { Failed, Loading } from "../shell/states.tsx";
import { useText } from "../texts.ts";
import styles from "./automations.module.css";
import { automationKeys, getHistory, restoreAutomation } from "./calls.ts";
import { partWords } from "./words.ts";

interface HistoryProps {
  rule: Automation;
  opened: boolean;
  onClose(): void;
  onRestored(rule: Automation): void;
}

/** Who changed what and when, newest first, and the way back to it. */
export function History({ rule, opened, onClose, onRestored }: HistoryProps) {
  const { t } = useText();
  const { data, error, refetch } = useQuery({
    queryKey: [...automationKeys.history(rule.id), rule.version],
    queryFn: ({ signal }) => getHistory(rule.id, signal),
    enabled: opened,
  });
  const restore = useSave({
    save: (version: number) => restoreAutomation(rule.id, version, rule.version),
    onSaved: (restored) => {
      onRestored(restored);
      onClose();
    },
    said: t("automations.history.restored"),
  });
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      title={t("automations.history.title")}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      {data ? (
        <ol className={styles.versions} reversed>
          {data.map((version) => (
            <Version
              key={version.version}
              version={version}
              current={version.version === rule.version}
              busy={restore.isPending}
              onRestore={() => restore.mutate(version.version)}
            />
          ))}
        </ol>
      ) : error ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Drawer>
  );
}

interface VersionProps {
  version: AutomationVersion;
  current: boolean;
  busy: boolean;
  onRestore(): void;
}

function Version({ version, current, busy, onRestore }: VersionProps) {
  const { t, locale } = useText();
  const changes = version.fields.map((field) =>
    field === "enabled"
      ? t(version.enabled ? "automations.history.on" : "automations.history.off")
      : partWords(field, t),
  );
  return (
    <li className={styles.version}>
      <div>
        <strong>
          <bdi>{version.by.name}</bdi>
        </strong>{" "}
        <time dateTime={version.at}>{formatDate(version.at, "full", locale)}</time>
        <p>{new Intl.ListFormat(locale).format(changes)}</p>
      </div>
      {current ? (
        <Tag tone="accent">{t("automations.history.current")}</Tag>
      ) : (
        <Button size="compact-sm" variant="default" disabled={busy} onClick={onRestore}>
          {t("automations.history.restore")}
        </Button>
      )}
    </li>
  );
}
