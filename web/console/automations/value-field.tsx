import { MultiSelect, NumberInput, SegmentedControl, Select, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Condition } from "../../../contract/automation.ts";
import type { FieldName } from "../../../contract/automation-tables.ts";
import { LOCALES } from "../../../contract/locales.ts";
import { listFaqs } from "../api/calls.ts";
import { COUNTRIES } from "../conversations/contact/countries.ts";
import { titleOf } from "../settings/faq/faq-draft.ts";
import { useText } from "../texts.ts";
import { infoOf, valueKind } from "./rule-draft.ts";
import { unitWord, valueWords } from "./words.ts";

interface ValueFieldProps {
  label: string;
  condition: Condition;
  /** It is not filled in rightly. */
  error: boolean;
  onChange(value: Condition["value"]): void;
}

/** What a condition compares with, in the input that fits: numbers, money, countries, languages, words … */
export function ValueField({ label, condition, error, onChange }: ValueFieldProps) {
  const { t, locale } = useText();
  const { field, operator, value } = condition;
  const kind = valueKind(field, operator);
  const choices = useChoices(field);
  const info = infoOf(field);
  const wrong = error ? t("automations.editor.fillIn") : undefined;
  if (kind === "boolean") {
    return (
      <SegmentedControl
        aria-label={label}
        data={[
          { value: "true", label: t("automations.yes") },
          { value: "false", label: t("automations.no") },
        ]}
        value={String(value)}
        onChange={(next) => onChange(next === "true")}
      />
    );
  }
  if (kind === "number") {
    const amount = typeof value === "number" ? value : 0;
    return (
      <NumberInput
        aria-label={label}
        value={amount}
        min={0}
        {...(info.unit === "stars" && { max: 5 })}
        allowDecimal={info.unit === "money"}
        decimalScale={2}
        clampBehavior="strict"
        {...(info.unit === "days" && { suffix: ` ${unitWord({ amount, unit: "days" }, locale)}` })}
        {...(info.unit === "stars" && { suffix: " ★" })}
        thousandSeparator={info.unit === "money" ? " " : undefined}
        error={wrong}
        onChange={(next) => onChange(typeof next === "number" ? next : 0)}
      />
    );
  }
  if (kind === "list") {
    const list = Array.isArray(value) ? value : [];
    if (choices) {
      return (
        <MultiSelect
          aria-label={label}
          placeholder={list.length === 0 ? t("automations.editor.choose") : undefined}
          data={choices.map((each) => ({ value: each.value, label: each.label }))}
          value={list}
          searchable
          hidePickedOptions
          limit={100}
          error={wrong}
          onChange={onChange}
        />
      );
    }
    return (
      <TagsInput
        aria-label={label}
        placeholder={list.length === 0 ? t("automations.editor.words") : undefined}
        value={list}
        maxTags={100}
        acceptValueOnBlur
        splitChars={[",", "，", "、", "،"]}
        error={wrong}
        onChange={onChange}
      />
    );
  }
  const text = typeof value === "string" ? value : "";
  if (choices) {
    return (
      <Select
        aria-label={label}
        placeholder={t("automations.editor.choose")}
        data={choices}
        value={text || null}
        allowDeselect={false}
        searchable
        limit={100}
        error={wrong}
        onChange={(next) => onChange(next ?? "")}
      />
    );
  }
  return (
    <TextInput
      aria-label={label}
      value={text}
      maxLength={500}
      dir={text ? "auto" : undefined}
      error={wrong}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** All values a field can have, in words and in the reader's order; undefined where anything can be. */
function useChoices(field: FieldName): { value: string; label: string }[] | undefined {
  const { t, locale } = useText();
  const faqs = useQuery({
    queryKey: ["faqs", "choices"],
    queryFn: ({ signal }) => listFaqs("", null, signal),
    enabled: field === "message.question",
  });
  if (field === "message.question") {
    return (faqs.data?.items ?? []).map((faq) => ({ value: faq.id, label: titleOf(faq, locale) ?? faq.id }));
  }
  const values = VALUES[field]?.() ?? infoOf(field).values;
  const named = values?.map((value) => ({ value, label: valueWords(field, value, t, locale) }));
  return field === "buyer.country" ? named?.sort((a, b) => a.label.localeCompare(b.label, locale)) : named;
}

const VALUES: Partial<Record<FieldName, () => readonly string[]>> = {
  "buyer.country": () => COUNTRIES,
  "buyer.language": () => LOCALES,
  "order.currency": () => Intl.supportedValuesOf("currency"),
};
