import { NumberInput, Select } from "@mantine/core";
import { DURATION_UNITS, type Duration } from "../../../contract/automation.ts";
import { useText } from "../texts.ts";
import styles from "./automations.module.css";
import { unitWord } from "./words.ts";

interface DurationFieldProps {
  label: string;
  value: Duration;
  min?: number;
  onChange(value: Duration): void;
}

/** A number and its unit: "3 days". */
export function DurationField({ label, value, min = 0, onChange }: DurationFieldProps) {
  const { t, locale } = useText();
  return (
    <fieldset className={styles.pair} aria-label={label}>
      <NumberInput
        aria-label={label}
        value={value.amount}
        min={min}
        max={365}
        allowDecimal={false}
        clampBehavior="strict"
        w={84}
        onChange={(amount) => onChange({ ...value, amount: typeof amount === "number" ? amount : min })}
      />
      <Select
        aria-label={t("automations.editor.unit")}
        data={DURATION_UNITS.map((unit) => ({ value: unit, label: unitWord({ amount: value.amount, unit }, locale) }))}
        value={value.unit}
        allowDeselect={false}
        w={130}
        onChange={(unit) => unit && onChange({ ...value, unit: unit as Duration["unit"] })}
      />
    </fieldset>
  );
}
