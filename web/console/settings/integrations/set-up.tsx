import { Stack, Text } from "@mantine/core";
import type { Integration, PlatformInfo } from "../../../../contract/integration.ts";
import { useText } from "../../texts.ts";
import { CopyField } from "../frame.tsx";

interface SetUpProps {
  info: PlatformInfo;
  integration: Integration;
  /** Made by the hub just now, and not shown again. */
  secret?: string;
}

/** What to enter at the platform. */
export function SetUp({ info, integration, secret }: SetUpProps) {
  const { t } = useText();
  return (
    <Stack gap="xs">
      <Text size="sm">{t("orders.integrations.paste", { platform: info.name })}</Text>
      <Text size="sm" fw={600}>
        {t("orders.integrations.url")}
      </Text>
      <CopyField text={integration.url} label={t("orders.integrations.url")} />
      {secret && (
        <>
          <Text size="sm" fw={600}>
            {t("orders.integrations.secret")}
          </Text>
          <CopyField text={secret} label={t("orders.integrations.secret")} />
          <Text size="sm" c="dimmed">
            {t("orders.webhooks.secretText")}
          </Text>
        </>
      )}
      {info.topics.length > 0 && (
        <>
          <Text size="sm" fw={600}>
            {t("orders.integrations.topics")}
          </Text>
          <CopyField text={info.topics.join("\n")} label={t("orders.integrations.topics")} />
        </>
      )}
    </Stack>
  );
}
