import { Select, Stack } from "@mantine/core";
import { IconMailOff } from "@tabler/icons-react";
import { useState } from "react";
import { LOCALE_NAMES, LOCALES, type Locale } from "../../../contract/locales.ts";
import { CHANNELS, type ChannelName } from "../../../contract/message.ts";
import type { Template } from "../../../contract/template.ts";
import { useSession } from "../session/use-session.ts";
import { Card } from "../settings/frame.tsx";
import { Empty, Loading } from "../shell/states.tsx";
import { MessagePreview, usePreview } from "../templates/message-preview.tsx";
import { OrderPicker } from "../templates/order-picker.tsx";
import { Pills } from "../templates/pills.tsx";
import { useText } from "../texts.ts";
import { templateName } from "./words.ts";

interface PreviewProps {
  /** Of the messages that the rule sends, in order. */
  templates: readonly Template[];
}

/** A rule's messages beside its editor; undefined while they are not known. */
export function PreviewCard({ templates }: { templates: PreviewProps["templates"] | undefined }) {
  const { t } = useText();
  return (
    <Card title={t("automations.preview.title")}>
      {templates ? <PreviewFields templates={templates} /> : <Loading />}
    </Card>
  );
}

/** The rule's messages as buyers read them, in every language and channel, with a real order or a sample. */
export function PreviewFields({ templates }: PreviewProps) {
  const { t } = useText();
  const { workspace } = useSession();
  const [key, setKey] = useState<string>();
  const [locale, setLocale] = useState<Locale>(workspace.locale);
  const [channel, setChannel] = useState<ChannelName>("email");
  const [orderId, setOrderId] = useState<string>();
  const shown = templates.find((template) => template.key === key) ?? templates[0];
  const preview = usePreview(shown && { templateId: shown.id, locale, channel, ...(orderId && { orderId }) });
  if (!shown) return <Empty icon={<IconMailOff size={26} stroke={1.5} />} title={t("automations.preview.none")} />;
  return (
    <Stack gap="sm">
      {templates.length > 1 && (
        <Select
          label={t("automations.fieldsOf.template")}
          data={templates.map((template) => ({ value: template.key, label: templateName(template, t) }))}
          value={shown.key}
          allowDeselect={false}
          onChange={(next) => next && setKey(next)}
        />
      )}
      <Select
        label={t("automations.preview.language")}
        data={LOCALES.map((code) => ({ value: code, label: LOCALE_NAMES[code] }))}
        value={locale}
        allowDeselect={false}
        searchable
        onChange={(next) => next && setLocale(next as Locale)}
      />
      <Pills<ChannelName>
        label={t("automations.fieldsOf.channel")}
        data={CHANNELS.map((each) => ({ value: each, label: t(`channels.${each}`) }))}
        value={channel}
        onChange={setChannel}
      />
      <OrderPicker value={orderId} onChange={setOrderId} />
      <MessagePreview query={preview} />
    </Stack>
  );
}
