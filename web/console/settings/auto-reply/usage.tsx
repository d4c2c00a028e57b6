import { Progress, Text } from "@mantine/core";
import type { BotUsage } from "../../../../contract/bot.ts";
import { formatNumber } from "../../../ui/format.ts";
import { useText } from "../../texts.ts";

/** What the model has used today, and of which limit. */
export function Usage({ usage: { today, left, currency } }: { usage: BotUsage }) {
  const { t, locale } = useText();
  const limit = left === null ? undefined : today.tokens + left;
  const money = (amount: number) =>
    new Intl.NumberFormat(locale, { style: "currency", currency, maximumFractionDigits: 4 }).format(amount);
  return (
    <div>
      <Text size="sm">
        {limit === undefined
          ? t("copilot.budget.used", { tokens: formatNumber(today.tokens, locale) })
          : t("copilot.budget.usedOf", {
              tokens: formatNumber(today.tokens, locale),
              limit: formatNumber(limit, locale),
            })}
        {today.money !== null && ` · ${money(today.money)}`}
      </Text>
      {limit !== undefined && (
        <Progress
          mt={6}
          value={limit === 0 ? 100 : (100 * today.tokens) / limit}
          color={left === 0 ? "red" : undefined}
          aria-label={t("copilot.budget.title")}
        />
      )}
      {left === 0 && (
        <Text size="sm" c="red" mt={4} role="status">
          {t("copilot.budget.spent")}
        </Text>
      )}
    </div>
  );
}
