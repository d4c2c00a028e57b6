import { ActionIcon, Button, Switch } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { displayName, formatNumber, formatPercent } from "../../ui/format.ts";
import { Card, Confirm } from "../settings/frame.tsx";
import { useSave } from "../settings/use-save.ts";
import { Failed, Loading } from "../shell/states.tsx";
import { useText } from "../texts.ts";
import styles from "./automations.module.css";
import { CompensationForm } from "./compensation-form.tsx";
import {
  creditKeys,
  deleteCompensationRule,
  listCompensationRules,
  type StoredRule,
  updateCompensationRule,
} from "./credit-calls.ts";
import { durationWords } from "./words.ts";

/** How much buyers get for what. */
export function CompensationRules() {
  const { t } = useText();
  const { data, error, refetch } = useQuery({ queryKey: creditKeys.rules, queryFn: listCompensationRules });
  const [editing, setEditing] = useState<StoredRule | "new">();
  return (
    <div className={styles.apart}>
      <Card title={t("automations.credits.rules")} lead={t("automations.credits.rulesLead")}>
        {data ? (
          <>
            {data.length === 0 && <p className={styles.stepLead}>{t("automations.credits.noRules")}</p>}
            <ul className={styles.plain}>
              {data.map((rule) => (
                <Row key={rule.id} rule={rule} onEdit={() => setEditing(rule)} />
              ))}
            </ul>
            <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => setEditing("new")}>
              {t("automations.credits.addRule")}
            </Button>
          </>
        ) : error ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : (
          <Loading />
        )}
      </Card>
      {editing && (
        <CompensationForm {...(editing !== "new" && { rule: editing })} onClose={() => setEditing(undefined)} />
      )}
    </div>
  );
}

function Row({ rule, onEdit }: { rule: StoredRule; onEdit(): void }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const [deleting, setDeleting] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: creditKeys.rules });
  const toggle = useSave({
    save: (enabled: boolean) => updateCompensationRule(rule.id, { enabled }),
    onSaved: refresh,
    said: false,
  });
  const remove = useSave({ save: () => deleteCompensationRule(rule.id), onSaved: refresh, said: false });
  const money = (amount: number) =>
    rule.currency
      ? new Intl.NumberFormat(locale, { style: "currency", currency: rule.currency }).format(amount)
      : formatNumber(amount, locale);
  const value = rule.kind === "percent" ? formatPercent(rule.value / 100, locale) : money(rule.value);
  const about = [
    value,
    rule.reason,
    ...(rule.minDaysLate > 0
      ? [t("automations.credits.lateFrom", { time: durationWords({ amount: rule.minDaysLate, unit: "days" }, locale) })]
      : []),
    ...(rule.most !== null ? [`${t("automations.credits.most")} ${money(rule.most)}`] : []),
    ...(rule.approvalAbove !== null ? [`${t("automations.credits.approvalAbove")} ${money(rule.approvalAbove)}`] : []),
    ...rule.countries.slice(0, 4).map((country) => displayName("region", country, locale)),
    ...rule.categories.slice(0, 4),
  ];
  return (
    <li className={styles.version}>
      <Switch
        aria-label={t("automations.list.use", { name: rule.name })}
        checked={toggle.isPending ? toggle.variables : rule.enabled}
        onChange={(event) => toggle.mutate(event.currentTarget.checked)}
      />
      <div className={styles.grow}>
        <strong>
          <bdi>{rule.name}</bdi>
        </strong>
        <p className={styles.dimmed}>{about.join(" · ")}</p>
      </div>
      <span className={styles.tools}>
        <ActionIcon aria-label={`${t("automations.list.edit")}: ${rule.name}`} onClick={onEdit}>
          <IconPencil size={16} stroke={1.7} />
        </ActionIcon>
        <ActionIcon aria-label={`${t("actions.delete")}: ${rule.name}`} onClick={() => setDeleting(true)}>
          <IconTrash size={16} stroke={1.7} />
        </ActionIcon>
      </span>
      <Confirm
        opened={deleting}
        title={t("automations.credits.deleteTitle")}
        text={t("automations.credits.deleteText")}
        confirm={t("actions.delete")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setDeleting(false)}
      />
    </li>
  );
}
