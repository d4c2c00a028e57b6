import { Modal } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useNavigate } from "react-router-dom";
import type { Automation } from "../../../contract/automation.ts";
import { type TextKey, useText } from "../texts.ts";
import styles from "./automations.module.css";
import { duplicateOf } from "./rule-draft.ts";

interface NewRuleProps {
  rules: readonly Automation[];
  opened: boolean;
  onClose(): void;
}

/** A new rule begins from nothing, or as a copy of one that Parley came with. */
export function NewRule({ rules, opened, onClose }: NewRuleProps) {
  const { t } = useText();
  const navigate = useNavigate();
  const begin = (state?: unknown) => navigate("/automations/rules/new", { state });
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("automations.list.add")}
      size="lg"
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      <ul className={styles.starts}>
        <li>
          <button type="button" className={styles.start} data-autofocus onClick={() => begin()}>
            <strong>
              <IconPlus size={15} aria-hidden="true" /> {t("automations.list.empty")}
            </strong>
            <span>{t("automations.list.emptyText")}</span>
          </button>
        </li>
        {rules.map((rule) => {
          if (!rule.key) return null;
          const name = t(`automations.defaults.${rule.key}.name` as TextKey);
          return (
            <li key={rule.id}>
              <button
                type="button"
                className={styles.start}
                onClick={() => begin({ from: duplicateOf(rule, t("automations.list.copyOf", { name })) })}
              >
                <strong>{name}</strong>
                <span>{t(`automations.defaults.${rule.key}.description` as TextKey)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </Modal>
  );
}
