import { Button } from "@mantine/core";
import { IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router-dom";
import type { Integration } from "../../../../contract/integration.ts";
import { formatRelative } from "../../../ui/format.ts";
import { useNow } from "../../../ui/now.ts";
import { Tag, type Tone } from "../../../ui/tag.tsx";
import { Empty, Failed, Loading } from "../../shell/states.tsx";
import { useText } from "../../texts.ts";
import { Card, Screen } from "../frame.tsx";
import styles from "../page.module.css";
import { integrationKeys, listIntegrations, listPlatforms } from "./calls.ts";
import { IntegrationForm } from "./integration-form.tsx";

const TONES: Record<Integration["status"], Tone> = {
  waiting: "waiting",
  working: "resolved",
  failing: "late",
  off: "neutral",
};

/** Shops, marketplaces and carriers that tell Parley of orders and messages. */
export function IntegrationsScreen() {
  const { t, locale } = useText();
  const now = useNow();
  const platforms = useQuery({ queryKey: integrationKeys.platforms, queryFn: listPlatforms });
  const integrations = useQuery({ queryKey: integrationKeys.all, queryFn: listIntegrations });
  const [making, setMaking] = useState(false);
  const nameOf = ({ platform }: Integration) =>
    platforms.data?.find((info) => info.platform === platform)?.name ?? platform;
  return (
    <Screen
      title={t("settings.integrations.title")}
      lead={t("orders.integrations.lead")}
      action={
        <Button
          leftSection={<IconPlus size={16} />}
          loading={making && platforms.isPending}
          onClick={() => setMaking(true)}
        >
          {t("orders.integrations.make")}
        </Button>
      }
    >
      <Card>
        {integrations.data?.length === 0 ? (
          <Empty
            icon={<IconPlugConnected size={28} stroke={1.5} />}
            title={t("orders.integrations.none")}
            text={t("orders.integrations.noneText")}
          />
        ) : integrations.data ? (
          <ul className={styles.rows}>
            {integrations.data.map((integration) => (
              <li key={integration.id} className={styles.rowItem}>
                <div className={styles.rowText}>
                  <strong>
                    <Link to={`/settings/integrations/${integration.id}`}>
                      <bdi>{integration.name || nameOf(integration)}</bdi>
                    </Link>
                  </strong>
                  <small>
                    {nameOf(integration)} ·{" "}
                    {integration.lastEventAt
                      ? t("orders.integrations.lastEvent", {
                          time: formatRelative(integration.lastEventAt, now, locale),
                        })
                      : t("orders.integrations.noEvent")}
                  </small>
                </div>
                <IntegrationStatus integration={integration} />
              </li>
            ))}
          </ul>
        ) : integrations.error ? (
          <Failed error={integrations.error} retry={() => void integrations.refetch()} />
        ) : (
          <Loading />
        )}
      </Card>
      <p className={styles.lead}>
        <Link to="/orders/imports">{t("orders.import.title")}</Link>
      </p>
      {making && platforms.data && <IntegrationForm platforms={platforms.data} onClose={() => setMaking(false)} />}
    </Screen>
  );
}

export function IntegrationStatus({ integration }: { integration: Integration }) {
  const { t } = useText();
  return <Tag tone={TONES[integration.status]}>{t(`orders.integrations.status.${integration.status}`)}</Tag>;
}
