import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { DeliveryState, WebhookDelivery } from "../../../../contract/webhook.ts";
import { formatDate, formatNumber } from "../../../ui/format.ts";
import { Tag, type Tone } from "../../../ui/tag.tsx";
import styles from "../../orders/orders.module.css";
import { useText } from "../../texts.ts";
import { useSave } from "../use-save.ts";
import { replayDelivery, webhookKeys } from "./calls.ts";

const TONES: Record<DeliveryState, Tone> = { pending: "waiting", delivered: "resolved", parked: "late" };

/** One delivery: what was sent, what each try was answered, and the button to send it again. */
export function DeliveryItem({ delivery }: { delivery: WebhookDelivery }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const replay = useSave({
    save: () => replayDelivery(delivery.id),
    onSaved: () => client.invalidateQueries({ queryKey: webhookKeys.all }),
    said: t("orders.webhooks.replayed"),
  });
  return (
    <li>
      <details>
        <summary className={styles.line}>
          <code dir="ltr">{delivery.type}</code>
          <span className={styles.dimmed}>{formatDate(delivery.createdAt, "full", locale)}</span>
          <span className={styles.dimmed}>{t("orders.webhooks.tries", { count: delivery.tries })}</span>
          <span className={styles.end}>
            <Tag tone={TONES[delivery.state]}>{t(`orders.webhooks.state.${delivery.state}`)}</Tag>
          </span>
        </summary>
        <p className={styles.dimmed}>
          <code dir="ltr">X-Parley-Delivery: {delivery.id}</code>
        </p>
        <strong>{t("orders.webhooks.request")}</strong>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls by keyboard (WCAG 2.1.1). */}
        <pre className={styles.body} dir="ltr" tabIndex={0}>
          {pretty(delivery.body)}
        </pre>
        {delivery.attempts.map(({ at, status, error, response, milliseconds }) => (
          <div key={at}>
            <p className={styles.line}>
              <strong>{formatDate(at, "full", locale)}</strong>
              <code dir="ltr">{status ?? error}</code>
              <span className={styles.dimmed}>
                {t("orders.webhooks.milliseconds", { value: formatNumber(milliseconds, locale) })}
              </span>
            </p>
            {response && (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls by keyboard (WCAG 2.1.1).
              <pre className={styles.body} dir="ltr" tabIndex={0}>
                {response}
              </pre>
            )}
          </div>
        ))}
        <Button mt="sm" size="xs" variant="default" loading={replay.isPending} onClick={() => replay.mutate()}>
          {t("orders.webhooks.replay")}
        </Button>
      </details>
    </li>
  );
}

/** JSON with line breaks; anything else as it is. */
function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
