import {
  Button,
  Group,
  Modal,
  MultiSelect,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type CompensationRule, compensationRuleInputSchema } from "../../../contract/compensation.ts";
import { displayName } from "../../ui/format.ts";
import { COUNTRIES } from "../conversations/contact/countries.ts";
import { useSave } from "../settings/use-save.ts";
import { useText } from "../texts.ts";
import styles from "./automations.module.css";
import { createCompensationRule, creditKeys, type StoredRule, updateCompensationRule } from "./credit-calls.ts";

const NEW_RULE: CompensationRule = {
  name: "",
  enabled: true,
  reason: "delay",
  minDaysLate: 3,
  countries: [],
  categories: [],
  kind: "percent",
  value: 10,
  most: null,
  approvalAbove: null,
};

/** One compensation rule, new or changed, in a dialog. */
export function CompensationForm({ rule, onClose }: { rule?: StoredRule; onClose(): void }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const [draft, setDraft] = useState<CompensationRule>(() => {
    if (!rule) return NEW_RULE;
    const { id: _id, version: _version, createdAt: _createdAt, updatedAt: _updatedAt, ...own } = rule;
    return own;
  });
  const [tried, setTried] = useState(false);
  const wrong = new Set(compensationRuleInputSchema.safeParse(draft).error?.issues.map(({ path }) => path[0]));
  const set = (change: Partial<CompensationRule>) => setDraft({ ...draft, ...change });
  const problem = (field: keyof CompensationRule) =>
    tried && wrong.has(field) ? t("automations.editor.fillIn") : undefined;
  const save = useSave({
    save: () => (rule ? updateCompensationRule(rule.id, draft, rule.version) : createCompensationRule(draft)),
    onSaved: () => {
      void client.invalidateQueries({ queryKey: creditKeys.rules });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong.size === 0) save.mutate();
  };
  const countries = COUNTRIES.map((code) => ({ value: code, label: displayName("region", code, locale) })).sort(
    (a, b) => a.label.localeCompare(b.label, locale),
  );
  /** An amount that may be left open. */
  const limit = (field: "most" | "minTotal" | "maxTotal" | "approvalAbove") => (
    <NumberInput
      label={t(`automations.credits.${field}`)}
      placeholder={t("automations.credits.noLimit")}
      value={draft[field] ?? ""}
      min={0}
      decimalScale={2}
      onChange={(value) => {
        const { [field]: _before, ...others } = draft;
        const open = field === "most" || field === "approvalAbove" ? { [field]: null } : {};
        setDraft({ ...others, ...(typeof value === "number" ? { [field]: value } : open) } as CompensationRule);
      }}
    />
  );
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={rule ? <bdi>{rule.name}</bdi> : t("automations.credits.addRule")}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            label={t("automations.editor.name")}
            value={draft.name}
            required
            maxLength={100}
            data-autofocus
            error={problem("name")}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <div className={styles.fields}>
            <TextInput
              label={t("automations.fieldsOf.reason")}
              value={draft.reason}
              required
              maxLength={60}
              error={problem("reason")}
              onChange={(event) => set({ reason: event.currentTarget.value })}
            />
            <NumberInput
              label={t("automations.credits.minDaysLate")}
              value={draft.minDaysLate}
              min={0}
              max={365}
              allowDecimal={false}
              onChange={(days) => typeof days === "number" && set({ minDaysLate: days })}
            />
            <Select
              label={t("automations.credits.kind")}
              data={[
                { value: "percent", label: t("automations.credits.percent") },
                { value: "amount", label: t("automations.credits.amount") },
              ]}
              value={draft.kind}
              allowDeselect={false}
              onChange={(kind) => kind && set({ kind: kind as CompensationRule["kind"] })}
            />
            <NumberInput
              label={t("automations.credits.value")}
              value={draft.value}
              min={0}
              decimalScale={2}
              {...(draft.kind === "percent" && { suffix: " %", max: 100 })}
              error={problem("value")}
              onChange={(value) => set({ value: typeof value === "number" ? value : 0 })}
            />
            <Select
              label={t("automations.fields.order.currency")}
              placeholder={t("automations.editor.choose")}
              data={Intl.supportedValuesOf("currency")}
              value={draft.currency ?? null}
              searchable
              clearable={draft.kind === "percent"}
              limit={60}
              error={problem("currency")}
              onChange={(currency) => {
                const { currency: _before, ...others } = draft;
                setDraft({ ...others, ...(currency && { currency }) });
              }}
            />
            {limit("most")}
            {limit("minTotal")}
            {limit("maxTotal")}
            {limit("approvalAbove")}
          </div>
          <MultiSelect
            label={t("automations.credits.countries")}
            placeholder={draft.countries.length === 0 ? t("automations.credits.anywhere") : undefined}
            data={countries}
            value={draft.countries}
            searchable
            hidePickedOptions
            limit={100}
            onChange={(chosen) => set({ countries: chosen })}
          />
          <TagsInput
            label={t("automations.fields.order.categories")}
            placeholder={draft.categories.length === 0 ? t("automations.credits.anything") : undefined}
            value={draft.categories}
            acceptValueOnBlur
            maxTags={100}
            onChange={(categories) => set({ categories })}
          />
          {tried && wrong.size > 0 && (
            <Text c="red" size="sm" role="alert">
              {t("automations.editor.incomplete")}
            </Text>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("actions.cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("actions.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
