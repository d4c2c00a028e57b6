import { Button, Group, Select } from "@mantine/core";
import { IconCoins } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Compensation, type CompensationState, compensationStateSchema } from "../../../contract/compensation.ts";
import { formatDate } from "../../ui/format.ts";
import { Tag, type Tone } from "../../ui/tag.tsx";
import { Screen } from "../settings/frame.tsx";
import { useSave } from "../settings/use-save.ts";
import { Pages } from "../shell/pages.tsx";
import { Empty } from "../shell/states.tsx";
import { usePages } from "../shell/use-pages.ts";
import { useText } from "../texts.ts";
import styles from "./automations.module.css";
import { CompensationRules } from "./compensation-rules.tsx";
import { creditKeys, type Decision, decideCredit, listCredits } from "./credit-calls.ts";

const TONES: Record<CompensationState, Tone> = {
  awaiting: "waiting",
  due: "accent",
  credited: "resolved",
  recorded: "waiting",
  paid: "resolved",
  rejected: "neutral",
  failed: "late",
};

/** What a person can decide about a credit as it stands. */
const DECISIONS: Partial<Record<CompensationState, readonly Decision[]>> = {
  awaiting: ["approve", "reject"],
  recorded: ["paid"],
  failed: ["retry"],
};

/** Credits that wait for approval or payment, those given, and the rules they come from. */
export function CreditsScreen() {
  const { t } = useText();
  const [state, setState] = useState<CompensationState>();
  const list = usePages(creditKeys.list(state), (cursor, signal) => listCredits(state, cursor, signal));
  return (
    <Screen title={t("automations.credits.title")} lead={t("automations.credits.lead")} wide>
      <Select
        aria-label={t("automations.credits.state")}
        placeholder={t("automations.credits.allStates")}
        data={compensationStateSchema.options.map((each) => ({
          value: each,
          label: t(`automations.credits.states.${each}`),
        }))}
        value={state ?? null}
        clearable
        clearButtonProps={{ "aria-label": t("automations.credits.allStates") }}
        w={240}
        mb="md"
        onChange={(next) => setState(compensationStateSchema.safeParse(next).data)}
      />
      <Pages
        query={list}
        empty={
          <Empty
            icon={<IconCoins size={28} stroke={1.5} />}
            title={t("automations.credits.none")}
            text={t("automations.credits.noneText")}
          />
        }
      >
        {(credits) => (
          <ul className={styles.log}>
            {credits.map((credit) => (
              <Credit key={credit.id} credit={credit} />
            ))}
          </ul>
        )}
      </Pages>
      <CompensationRules />
    </Screen>
  );
}

function Credit({ credit }: { credit: Compensation }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const decide = useSave({
    save: (decision: Decision) => decideCredit(credit.id, decision),
    onSaved: () => client.invalidateQueries({ queryKey: creditKeys.all }),
    said: false,
  });
  const money = new Intl.NumberFormat(locale, { style: "currency", currency: credit.currency });
  const words: Record<Decision, string> = {
    approve: t("automations.credits.approve"),
    reject: t("automations.credits.reject"),
    paid: t("automations.credits.paid"),
    retry: t("actions.retry"),
  };
  return (
    <li className={styles.logRow}>
      <span>
        <Tag tone={TONES[credit.state]}>{t(`automations.credits.states.${credit.state}`)}</Tag>
      </span>
      <div className={styles.logText}>
        <strong>{money.format(credit.amount)}</strong>
        <bdi>{credit.buyer.name || t("contact.unnamed")}</bdi>{" "}
        <bdi className={styles.dimmed}>#{credit.orderNumber}</bdi>
        <p>
          <bdi>{credit.rule.name}</bdi>
          {credit.decidedBy && ` · ${t("automations.credits.decidedBy", { name: credit.decidedBy })}`}
        </p>
        {credit.failure && <p className={styles.rulePaused}>{credit.failure}</p>}
      </div>
      <time className={styles.dimmed} dateTime={credit.createdAt}>
        {formatDate(credit.createdAt, "weekdayTime", locale)}
      </time>
      <Group gap="xs" className={styles.logTools}>
        {DECISIONS[credit.state]?.map((decision) => (
          <Button
            key={decision}
            size="compact-sm"
            variant={decision === "approve" ? "filled" : "default"}
            loading={decide.isPending && decide.variables === decision}
            disabled={decide.isPending}
            aria-label={`${words[decision]}: ${money.format(credit.amount)}, ${credit.buyer.name}`}
            onClick={() => decide.mutate(decision)}
          >
            {words[decision]}
          </Button>
        ))}
      </Group>
    </li>
  );
}
