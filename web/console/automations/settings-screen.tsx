import { Button, Stack, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { AutomationSettings } from "../../../contract/automation.ts";
import { Card, Screen } from "../settings/frame.tsx";
import { useSave } from "../settings/use-save.ts";
import { Failed, Loading } from "../shell/states.tsx";
import { useText } from "../texts.ts";
import styles from "./automations.module.css";
import { automationKeys, getAutomationSettings, updateAutomationSettings } from "./calls.ts";
import { CapFields } from "./limits-card.tsx";

/** What holds for all rules together. */
export function SettingsScreen() {
  const { t } = useText();
  const { data, error, refetch } = useQuery({ queryKey: automationKeys.settings, queryFn: getAutomationSettings });
  return (
    <Screen title={t("automations.common.title")} lead={t("automations.common.lead")}>
      {data ? (
        <SettingsForm key={data.version} settings={data} />
      ) : error ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Screen>
  );
}

function SettingsForm({ settings }: { settings: AutomationSettings }) {
  const { t } = useText();
  const client = useQueryClient();
  const [draft, setDraft] = useState(settings);
  const save = useSave({
    save: () => updateAutomationSettings(draft, settings.version),
    onSaved: (saved) => client.setQueryData(automationKeys.settings, saved),
  });
  const { quietHours } = draft;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Card title={t("automations.common.quiet")} lead={t("automations.common.quietHint")}>
        <div className={styles.fields}>
          {(["from", "to"] as const).map((end) => (
            <TextInput
              key={end}
              type="time"
              required
              label={t(`automations.common.${end}`)}
              value={quietHours[end]}
              onChange={(event) =>
                setDraft({ ...draft, quietHours: { ...quietHours, [end]: event.currentTarget.value } })
              }
            />
          ))}
        </div>
      </Card>
      <Card title={t("automations.common.cap")} lead={t("automations.common.capHint")}>
        <CapFields cap={draft.buyerCap} onChange={(buyerCap) => setDraft({ ...draft, buyerCap })} />
      </Card>
      <Card title={t("automations.common.credits")} lead={t("automations.common.creditsHint")}>
        <TextInput
          type="url"
          label={t("automations.fieldsOf.url")}
          placeholder="https://shop.example/credits"
          dir="ltr"
          value={draft.compensationUrl}
          onChange={(event) => setDraft({ ...draft, compensationUrl: event.currentTarget.value })}
        />
      </Card>
      <Stack mt="md" align="flex-start">
        <Button type="submit" loading={save.isPending} disabled={JSON.stringify(draft) === JSON.stringify(settings)}>
          {t("actions.save")}
        </Button>
      </Stack>
    </form>
  );
}
