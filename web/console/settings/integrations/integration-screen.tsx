import { Alert, Button, Group, Modal, PasswordInput, Stack, Switch, Text } from "@mantine/core";
import { IconAlertTriangle, IconArrowLeft } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router-dom";
import type { Integration, IntegrationEvent, PlatformInfo } from "../../../../contract/integration.ts";
import { formatDate } from "../../../ui/format.ts";
import { Tag, type Tone } from "../../../ui/tag.tsx";
import styles from "../../orders/orders.module.css";
import { MoreButton } from "../../shell/more-button.tsx";
import { Failed, Loading } from "../../shell/states.tsx";
import { usePages } from "../../shell/use-pages.ts";
import { useText } from "../../texts.ts";
import { Card, Confirm, Screen } from "../frame.tsx";
import { useSave } from "../use-save.ts";
import { SecretOnce } from "../webhooks/webhook-form.tsx";
import {
  deleteIntegration,
  integrationKeys,
  listIntegrationEvents,
  listIntegrations,
  listPlatforms,
  rotateIntegrationSecret,
  updateIntegration,
} from "./calls.ts";
import { IntegrationForm } from "./integration-form.tsx";
import { IntegrationStatus } from "./integrations-screen.tsx";
import { SetUp } from "./set-up.tsx";

const TONES: Record<IntegrationEvent["state"], Tone> = {
  pending: "waiting",
  done: "resolved",
  ignored: "neutral",
  failed: "late",
};

/** One connected platform: what to paste there, what it sent, and what became of it. */
export function IntegrationScreen() {
  const { t, locale } = useText();
  const { integrationId = "" } = useParams();
  const client = useQueryClient();
  const platforms = useQuery({ queryKey: integrationKeys.platforms, queryFn: listPlatforms });
  const integrations = useQuery({ queryKey: integrationKeys.all, queryFn: listIntegrations });
  const integration = integrations.data?.find(({ id }) => id === integrationId);
  const info = platforms.data?.find(({ platform }) => platform === integration?.platform);
  const toggle = useSave({
    save: (enabled: boolean) => updateIntegration(integrationId, { enabled }),
    onSaved: () => client.invalidateQueries({ queryKey: integrationKeys.all }),
  });
  const error = integrations.error ?? platforms.error;
  return (
    <Screen
      wide
      title={integration?.name || info?.name || t("settings.integrations.title")}
      lead={info && integration?.name && integration.name !== info.name ? info.name : ""}
      action={integration && <IntegrationStatus integration={integration} />}
    >
      <Link to="/settings/integrations" className={styles.back}>
        <IconArrowLeft size={15} aria-hidden="true" />
        {t("settings.integrations.title")}
      </Link>
      {error && <Failed error={error} retry={() => void Promise.all([integrations.refetch(), platforms.refetch()])} />}
      {!error && (integrations.isPending || platforms.isPending) && <Loading />}
      {integrations.data && !integration && <p>{t("states.notFound")}</p>}
      {integration && info && (
        <>
          {integration.lastRefusal && (
            <Alert mb="md" color="red" variant="light" icon={<IconAlertTriangle size={18} />}>
              {t("orders.integrations.refused", {
                time: formatDate(integration.lastRefusal.at, "full", locale),
                reason: t(`orders.integrations.refusal.${integration.lastRefusal.code}`),
              })}
            </Alert>
          )}
          <Card>
            <SetUp info={info} integration={integration} />
            <Source source={integration.source} />
            <Group mt="md" justify="space-between">
              <Switch
                label={t("orders.integrations.enabled")}
                checked={integration.enabled}
                disabled={toggle.isPending}
                onChange={(event) => toggle.mutate(event.currentTarget.checked)}
              />
              <Actions info={info} integration={integration} platforms={platforms.data ?? []} />
            </Group>
          </Card>
          <Events integration={integration} />
        </>
      )}
    </Screen>
  );
}

/** Under which ids the platform's customers are known here. Carriers have none. */
function Source({ source }: Pick<Integration, "source">) {
  const { t } = useText();
  if (source === null) return null;
  return (
    <>
      <Text size="sm" fw={600} mt="xs">
        {t("orders.integrations.source")}
      </Text>
      <Text size="sm">
        {source
          ? t("orders.integrations.sourceText", { example: `${source}4711` })
          : t("orders.integrations.sourceOwn")}
      </Text>
    </>
  );
}

interface ActionsProps {
  info: PlatformInfo;
  integration: Integration;
  platforms: readonly PlatformInfo[];
}

function Actions({ info, integration, platforms }: ActionsProps) {
  const { t } = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"edit" | "secret" | "remove">();
  const close = () => setOpen(undefined);
  const remove = useSave({
    save: () => deleteIntegration(integration.id),
    onSaved: async () => {
      await client.invalidateQueries({ queryKey: integrationKeys.all });
      void navigate("/settings/integrations");
    },
    said: t("orders.integrations.removed"),
  });
  return (
    <Group gap="xs">
      <Button variant="default" size="xs" onClick={() => setOpen("edit")}>
        {t("orders.webhooks.edit")}
      </Button>
      <Button variant="default" size="xs" onClick={() => setOpen("secret")}>
        {t("orders.webhooks.rotate")}
      </Button>
      <Button variant="default" size="xs" onClick={() => setOpen("remove")}>
        {t("actions.delete")}
      </Button>
      {open === "edit" && <IntegrationForm platforms={platforms} integration={integration} onClose={close} />}
      {open === "secret" && <NewSecret info={info} integration={integration} onClose={close} />}
      <Confirm
        opened={open === "remove"}
        title={t("orders.integrations.removeTitle")}
        text={t("orders.integrations.removeText")}
        confirm={t("actions.delete")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={close}
      />
    </Group>
  );
}

function NewSecret({ info, integration, onClose }: Omit<ActionsProps, "platforms"> & { onClose(): void }) {
  const { t } = useText();
  const client = useQueryClient();
  const [secret, setSecret] = useState("");
  const fromPlatform = info.secretFrom === "platform";
  const rotate = useSave({
    save: () => rotateIntegrationSecret(integration.id, fromPlatform ? secret.trim() : undefined),
    onSaved: async (made) => {
      await client.invalidateQueries({ queryKey: integrationKeys.all });
      if (!made.secret) onClose();
    },
    said: fromPlatform ? undefined : false,
  });
  const made = rotate.data?.secret;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(made ? "orders.webhooks.secretTitle" : "orders.webhooks.rotate")}
      closeOnClickOutside={!made}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      {made ? (
        <SecretOnce secret={made} onDone={onClose} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            rotate.mutate();
          }}
        >
          <Stack>
            {fromPlatform ? (
              <PasswordInput
                label={t("orders.integrations.secret")}
                description={t("orders.integrations.secretHint", { platform: info.name })}
                required
                data-autofocus
                maxLength={500}
                value={secret}
                onChange={(event) => setSecret(event.currentTarget.value)}
              />
            ) : (
              <p>{t("orders.webhooks.rotateText")}</p>
            )}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                {t("actions.cancel")}
              </Button>
              <Button type="submit" loading={rotate.isPending} disabled={fromPlatform && !secret.trim()}>
                {t("orders.webhooks.rotate")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

function Events({ integration }: { integration: Integration }) {
  const { t, locale } = useText();
  const events = usePages(integrationKeys.events(integration.id), (cursor, signal) =>
    listIntegrationEvents(integration.id, cursor, signal),
  );
  return (
    <Card title={t("orders.integrations.events")}>
      {events.error && <Failed error={events.error} retry={() => void events.refetch()} />}
      {events.isPending && <Loading />}
      {events.items?.length === 0 && <p className={styles.dimmed}>{t("orders.integrations.noEvents")}</p>}
      <ul className={styles.list}>
        {events.items?.map((event) => (
          <li key={event.id}>
            <details>
              <summary className={styles.line}>
                <code dir="ltr">{event.topic}</code>
                <span className={styles.dimmed}>{formatDate(event.receivedAt, "full", locale)}</span>
                {event.orderIds.map((orderId) => (
                  <bdi key={orderId} className={styles.dimmed}>
                    {t("orders.orderTitle", { number: orderId })}
                  </bdi>
                ))}
                <span className={styles.end}>
                  <Tag tone={TONES[event.state]}>{t(`orders.integrations.state.${event.state}`)}</Tag>
                </span>
              </summary>
              {event.failure && <p>{event.failureText ?? event.failure}</p>}
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls by keyboard (WCAG 2.1.1). */}
              <pre className={styles.body} dir="ltr" tabIndex={0}>
                {event.body}
              </pre>
            </details>
          </li>
        ))}
      </ul>
      <MoreButton query={events} />
    </Card>
  );
}
