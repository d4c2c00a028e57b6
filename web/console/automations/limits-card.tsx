import { NumberInput, Stack, Switch } from "@mantine/core";
import { useText } from "../texts.ts";
import styles from "./automations.module.css";
import { isProactive, type RuleDraft } from "./rule-draft.ts";
import { Step } from "./step.tsx";

/** What keeps the rule from annoying buyers. */
export function LimitsCard({ draft, onChange }: { draft: RuleDraft; onChange(draft: RuleDraft): void }) {
  const { t } = useText();
  const { cap } = draft;
  const proactive = isProactive(draft.trigger);
  const switches = [
    ...(proactive ? (["quietHours", "holdWhenOpen"] as const) : []),
    "stopOnReply",
    "triggersOthers",
  ] as const;
  return (
    <Step kind="limits" title={t("automations.editor.limits")}>
      <Stack gap="sm">
        {switches.map((part) => (
          <Switch
            key={part}
            label={t(`automations.limits.${part}`)}
            description={t(`automations.limits.${part}Hint`)}
            checked={draft[part]}
            onChange={(event) => onChange({ ...draft, [part]: event.currentTarget.checked })}
          />
        ))}
        <Switch
          label={t("automations.limits.cap")}
          description={t("automations.limits.capHint")}
          checked={cap !== null}
          onChange={(event) =>
            onChange({ ...draft, cap: event.currentTarget.checked ? { most: 1, hours: 168 } : null })
          }
        />
        {cap && <CapFields cap={cap} onChange={(next) => onChange({ ...draft, cap: next })} />}
        <NumberInput
          label={t("automations.limits.window")}
          description={t("automations.limits.windowHint")}
          value={draft.windowHours}
          min={1}
          max={720}
          allowDecimal={false}
          clampBehavior="strict"
          maw={220}
          onChange={(hours) => typeof hours === "number" && onChange({ ...draft, windowHours: hours })}
        />
      </Stack>
    </Step>
  );
}

interface Cap {
  most: number;
  hours: number;
}

/** At most so many messages within so many hours. */
export function CapFields({ cap, onChange }: { cap: Cap; onChange(cap: Cap): void }) {
  const { t } = useText();
  return (
    <div className={styles.fields}>
      <NumberInput
        label={t("automations.limits.most")}
        value={cap.most}
        min={1}
        max={100}
        allowDecimal={false}
        clampBehavior="strict"
        onChange={(most) => typeof most === "number" && onChange({ ...cap, most })}
      />
      <NumberInput
        label={t("automations.limits.hours")}
        value={cap.hours}
        min={1}
        max={8_784}
        allowDecimal={false}
        clampBehavior="strict"
        onChange={(hours) => typeof hours === "number" && onChange({ ...cap, hours })}
      />
    </div>
  );
}
