import { Alert, Button, Group, Switch } from "@mantine/core";
import { IconAlertTriangle, IconPlus, IconWebhook } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router-dom";
import type { Webhook } from "../../../../contract/webhook.ts";
import { formatDate } from "../../../ui/format.ts";
import { Tag } from "../../../ui/tag.tsx";
import { Empty, Failed, Loading } from "../../shell/states.tsx";
import { useText } from "../../texts.ts";
import { Card, Screen } from "../frame.tsx";
import styles from "../page.module.css";
import { useSave } from "../use-save.ts";
import { listWebhooks, updateWebhook, webhookKeys } from "./calls.ts";
import { WebhookForm } from "./webhook-form.tsx";

/** Addresses of the seller's own systems that hear of what happens. */
export function WebhooksScreen() {
  const { t } = useText();
  const webhooks = useQuery({ queryKey: webhookKeys.all, queryFn: listWebhooks });
  const [making, setMaking] = useState(false);
  return (
    <Screen
      title={t("settings.webhooks.title")}
      lead={t("orders.webhooks.lead")}
      action={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
          {t("orders.webhooks.make")}
        </Button>
      }
    >
      <Card>
        {webhooks.data?.length === 0 ? (
          <Empty
            icon={<IconWebhook size={28} stroke={1.5} />}
            title={t("orders.webhooks.none")}
            text={t("orders.webhooks.noneText")}
          />
        ) : webhooks.data ? (
          <ul className={styles.rows}>
            {webhooks.data.map((webhook) => (
              <WebhookRow key={webhook.id} webhook={webhook} />
            ))}
          </ul>
        ) : webhooks.error ? (
          <Failed error={webhooks.error} retry={() => void webhooks.refetch()} />
        ) : (
          <Loading />
        )}
      </Card>
      {making && <WebhookForm onClose={() => setMaking(false)} />}
    </Screen>
  );
}

function WebhookRow({ webhook }: { webhook: Webhook }) {
  const { t } = useText();
  const client = useQueryClient();
  const toggle = useSave({
    save: (enabled: boolean) => updateWebhook(webhook.id, { enabled }),
    onSaved: () => client.invalidateQueries({ queryKey: webhookKeys.all }),
  });
  return (
    <li className={styles.rowItem}>
      <div className={styles.rowText}>
        <strong>
          <Link to={`/settings/webhooks/${webhook.id}`}>
            <bdi>{webhook.name || webhook.url}</bdi>
          </Link>
        </strong>
        <small>
          <bdi dir="ltr">{webhook.url}</bdi> · {t("orders.webhooks.events", { count: webhook.events.length })}
        </small>
        <WebhookTrouble webhook={webhook} />
      </div>
      <Group gap="xs">
        {webhook.parked > 0 && <Tag tone="late">{t("orders.webhooks.parked", { count: webhook.parked })}</Tag>}
        <Switch
          aria-label={t("orders.webhooks.enabled", { name: webhook.name || webhook.url })}
          checked={webhook.enabled}
          disabled={toggle.isPending}
          onChange={(event) => toggle.mutate(event.currentTarget.checked)}
        />
      </Group>
    </li>
  );
}

/** Says since when nothing arrives there. */
export function WebhookTrouble({ webhook }: { webhook: Webhook }) {
  const { t, locale } = useText();
  if (!webhook.failingSince && webhook.parked === 0) return null;
  return (
    <Alert my={8} color="red" variant="light" icon={<IconAlertTriangle size={18} />}>
      {webhook.failingSince && (
        <div>{t("orders.webhooks.failing", { time: formatDate(webhook.failingSince, "full", locale) })}</div>
      )}
      {webhook.parked > 0 && <div>{t("orders.webhooks.parkedText", { count: webhook.parked })}</div>}
    </Alert>
  );
}
