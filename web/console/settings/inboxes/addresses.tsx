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
  const url = `${window.location.origin}/api/v1/insite/${encodeURIComponent(inbox.key)}/messages`;
  return (
    <Card title={t("settings.channels.endpoint")} lead={t("settings.channels.endpointLead")}>
      <CopyField text={`POST ${url}`} label={t("settings.channels.endpoint")} />
    </Card>
  );
}
