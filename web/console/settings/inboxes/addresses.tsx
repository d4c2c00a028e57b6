import type { Inbox } from "../../../../contract/settings.ts";
import { useText } from "../../texts.ts";
import { Card, CopyField } from "../frame.tsx";

/** Where buyers write to. */
export function AddressCard({ inbox }: { inbox: Inbox }) {
  const { t } = useText();
  if (!inbox.address) return null;
  return (
    <Card title={t("settings.channels.address")} lead={t("settings.channels.addressLead")}>
      <CopyField text={inbox.address} label={t("settings.channels.address")} />
    </Card>
  );
}

/** Where a marketplace delivers its in-site messages. */
export function EndpointCard({ inbox }: { inbox: Inbox }) {
  const { t } = useText();
  const url = `${window.location.origin}/api/v1/insite/${encodeURIComponent(inbox.key)}`;
  return (
    <>
      <Card title={t("settings.channels.endpoint")} lead={t("settings.channels.endpointLead")}>
        <CopyField text={`POST ${url}/messages`} label={t("settings.channels.endpoint")} />
      </Card>
      <Card title={t("settings.channels.outbox")}>
        <CopyField text={`GET ${url}/outbox`} label={t("settings.channels.outbox")} />
      </Card>
      {inbox.source && (
        <Card title={t("settings.channels.source")} lead={t("settings.channels.sourceLead")}>
          <CopyField text={`${inbox.source}:4711`} label={t("settings.channels.source")} />
        </Card>
      )}
    </>
  );
}
