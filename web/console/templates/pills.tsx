import styles from "../settings/inboxes/inboxes.module.css";

interface PillsProps<Value extends string> {
  label: string;
  data: readonly { value: Value; label: string }[];
  value: Value;
  onChange(value: Value): void;
}

/** A choice between a few, on as many lines as their names need in the reader's language. */
export function Pills<Value extends string>({ label, data, value, onChange }: PillsProps<Value>) {
  return (
    <fieldset className={styles.languages} aria-label={label}>
      {data.map((each) => (
        <button
          key={each.value}
          type="button"
          className={styles.language}
          aria-pressed={each.value === value}
          onClick={() => onChange(each.value)}
        >
          {each.label}
        </button>
      ))}
    </fieldset>
  );
}
