import { Button, Group, Modal, SegmentedControl } from "@mantine/core";
import { IconArrowLeft, IconRefresh } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router-dom";
import type { DeliveryState, Webhook } from "../../../../contract/webhook.ts";
import orderStyles from "../../orders/orders.module.css";
import { MoreButton } from "../../shell/more-button.tsx";
import { Failed, Loading } from "../../shell/states.tsx";
import { usePages } from "../../shell/use-pages.ts";
import { useText } from "../../texts.ts";
import { Card, Confirm, Screen } from "../frame.tsx";
import { useSave } from "../use-save.ts";
import { deleteWebhook, listDeliveries, listWebhooks, rotateWebhookSecret, webhookKeys } from "./calls.ts";
import { DeliveryItem } from "./delivery-item.tsx";
import { SecretOnce, WebhookForm } from "./webhook-form.tsx";
import { WebhookTrouble } from "./webhooks-screen.tsx";

type Shown = DeliveryState | "all";
const SHOWN: readonly Shown[] = ["all", "delivered", "pending", "parked"];

/** One webhook: what it got, with each try's answer, and sending it again. */
export function WebhookScreen() {
  const { t } = useText();
  const { webhookId = "" } = useParams();
  const webhooks = useQuery({ queryKey: webhookKeys.all, queryFn: listWebhooks });
  const webhook = webhooks.data?.find(({ id }) => id === webhookId);
  return (
    <Screen
      wide
      title={webhook?.name || webhook?.url || t("settings.webhooks.title")}
      lead={webhook?.name ? webhook.url : ""}
      action={webhook && <Actions webhook={webhook} />}
    >
      <Link to="/settings/webhooks" className={orderStyles.back}>
        <IconArrowLeft size={15} aria-hidden="true" />
        {t("settings.webhooks.title")}
      </Link>
      {webhooks.error && <Failed error={webhooks.error} retry={() => void webhooks.refetch()} />}
      {webhooks.isPending && <Loading />}
      {webhooks.data && !webhook && <p>{t("states.notFound")}</p>}
      {webhook && (
        <>
          <WebhookTrouble webhook={webhook} />
          <Deliveries webhook={webhook} />
        </>
      )}
    </Screen>
  );
}

function Actions({ webhook }: { webhook: Webhook }) {
  const { t } = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"edit" | "rotate" | "remove">();
  const close = () => setOpen(undefined);
  const rotate = useSave({ save: () => rotateWebhookSecret(webhook.id), said: false });
  const remove = useSave({
    save: () => deleteWebhook(webhook.id),
    onSaved: async () => {
      await client.invalidateQueries({ queryKey: webhookKeys.all });
      void navigate("/settings/webhooks");
    },
    said: t("orders.webhooks.removed"),
  });
  return (
    <Group gap="xs">
      <Button variant="default" size="xs" onClick={() => setOpen("edit")}>
        {t("orders.webhooks.edit")}
      </Button>
      <Button variant="default" size="xs" onClick={() => setOpen("rotate")}>
        {t("orders.webhooks.rotate")}
      </Button>
      <Button variant="default" size="xs" onClick={() => setOpen("remove")}>
        {t("actions.delete")}
      </Button>
      {open === "edit" && <WebhookForm webhook={webhook} onClose={close} />}
      <Confirm
        opened={open === "rotate" && !rotate.data}
        title={t("orders.webhooks.rotate")}
        text={t("orders.webhooks.rotateText")}
        confirm={t("orders.webhooks.rotate")}
        busy={rotate.isPending}
        onConfirm={() => rotate.mutate()}
        onClose={close}
      />
      {rotate.data && (
        <Modal
          opened
          onClose={rotate.reset}
          title={t("orders.webhooks.secretTitle")}
          closeOnClickOutside={false}
          closeButtonProps={{ "aria-label": t("actions.close") }}
        >
          <SecretOnce
            secret={rotate.data.secret}
            onDone={() => {
              rotate.reset();
              close();
            }}
          />
        </Modal>
      )}
      <Confirm
        opened={open === "remove"}
        title={t("orders.webhooks.removeTitle")}
        text={t("orders.webhooks.removeText")}
        confirm={t("actions.delete")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={close}
      />
    </Group>
  );
}

function Deliveries({ webhook }: { webhook: Webhook }) {
  const { t } = useText();
  const client = useQueryClient();
  const [shown, setShown] = useState<Shown>(webhook.parked > 0 ? "parked" : "all");
  const deliveries = usePages(webhookKeys.deliveries(webhook.id, shown), (cursor, signal) =>
    listDeliveries(webhook.id, shown === "all" ? undefined : shown, cursor, signal),
  );
  return (
    <Card title={t("orders.webhooks.deliveries")}>
      <Group justify="space-between" mb="sm">
        <SegmentedControl
          size="xs"
          value={shown}
          onChange={(value) => setShown(SHOWN.find((each) => each === value) ?? "all")}
          data={SHOWN.map((value) => ({ value, label: t(`orders.webhooks.state.${value}`) }))}
        />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={15} />}
          loading={deliveries.isRefetching}
          onClick={() => void client.invalidateQueries({ queryKey: webhookKeys.all })}
        >
          {t("orders.refresh")}
        </Button>
      </Group>
      {deliveries.error && <Failed error={deliveries.error} retry={() => void deliveries.refetch()} />}
      {deliveries.isPending && <Loading />}
      {deliveries.items?.length === 0 && <p className={orderStyles.dimmed}>{t("orders.webhooks.noDeliveries")}</p>}
      <ul className={orderStyles.list}>
        {deliveries.items?.map((delivery) => (
          <DeliveryItem key={delivery.id} delivery={delivery} />
        ))}
      </ul>
      <MoreButton query={deliveries} />
    </Card>
  );
}
