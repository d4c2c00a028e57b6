import { Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconEye, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import type { Inbox } from "../../../../contract/settings.ts";
import { getIdentitySecret, rotateIdentitySecret } from "../../api/calls.ts";
import { useText } from "../../texts.ts";
import { Card, Confirm, CopyField } from "../frame.tsx";
import { useSave } from "../use-save.ts";
import { identitySnippet, TOKEN_SNIPPETS, type TokenLanguage, tokenSnippet } from "./snippets.ts";

const LANGUAGES = Object.keys(TOKEN_SNIPPETS) as TokenLanguage[];

/** Recognising customers who are logged in at the shop. The secret is fetched only when it is asked for. */
export function IdentityCard({ inbox }: { inbox: Inbox }) {
  const { t } = useText();
  const [secret, setSecret] = useState<string>();
  const [rotating, setRotating] = useState(false);
  const [language, setLanguage] = useState<TokenLanguage>("Node");
  const show = useSave({
    save: () => getIdentitySecret(inbox.id),
    onSaved: (answer) => setSecret(answer.secret),
    said: false,
  });
  const rotate = useSave({
    save: () => rotateIdentitySecret(inbox.id),
    onSaved: (answer) => {
      setSecret(answer.secret);
      setRotating(false);
    },
    said: t("settings.channels.rotated"),
  });
  return (
    <Card title={t("settings.channels.identity")} lead={t("settings.channels.identityLead")}>
      <Stack gap="sm">
        <Text size="sm" fw={550}>
          {t("settings.channels.secret")}
        </Text>
        {secret ? (
          <CopyField text={secret} label={t("settings.channels.secret")} />
        ) : (
          <Text size="sm" c="dimmed" aria-hidden="true">
            ••••••••••••••••••••••••
          </Text>
        )}
        <Group gap="xs">
          {secret ? (
            <Button size="xs" variant="default" onClick={() => setSecret(undefined)}>
              {t("settings.channels.hideSecret")}
            </Button>
          ) : (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconEye size={15} />}
              loading={show.isPending}
              onClick={() => show.mutate()}
            >
              {t("settings.channels.showSecret")}
            </Button>
          )}
          <Button
            size="xs"
            variant="subtle"
            color="red"
            leftSection={<IconRefresh size={15} />}
            onClick={() => setRotating(true)}
          >
            {t("settings.channels.rotate")}
          </Button>
        </Group>
        <Text size="sm" fw={550} mt="xs">
          {t("settings.channels.identityServer")}
        </Text>
        <Text size="sm" c="dimmed">
          {t("settings.channels.identityHint")}
        </Text>
        <SegmentedControl
          aria-label={t("settings.channels.identityServer")}
          data={LANGUAGES}
          value={language}
          onChange={(chosen) => setLanguage(chosen as TokenLanguage)}
          dir="ltr"
          style={{ alignSelf: "flex-start", maxWidth: "100%" }}
        />
        <CopyField
          text={tokenSnippet(language, { hub: window.location.origin, inboxKey: inbox.key })}
          label={t("settings.channels.identityServer")}
        />
        {/* A theme is page and server in one. */}
        {language !== "Shopify Liquid" && (
          <>
            <Text size="sm" fw={550}>
              {t("settings.channels.identityPage")}
            </Text>
            <CopyField
              text={identitySnippet(window.location.origin, inbox.key)}
              label={t("settings.channels.identityPage")}
            />
          </>
        )}
      </Stack>
      <Confirm
        opened={rotating}
        title={t("settings.channels.rotateTitle")}
        text={t("settings.channels.rotateText")}
        confirm={t("settings.channels.rotate")}
        busy={rotate.isPending}
        onConfirm={() => rotate.mutate()}
        onClose={() => setRotating(false)}
      />
    </Card>
  );
}
