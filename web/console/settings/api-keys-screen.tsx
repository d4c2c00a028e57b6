import { Button, Group, Modal, MultiSelect, Select, Stack, TextInput } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type ApiKey, type Inbox, type Role, roleSchema } from "../../../contract/settings.ts";
import { formatDate, formatRelative } from "../../ui/format.ts";
import { useNow } from "../../ui/now.ts";
import { createApiKey, listApiKeys, listInboxes, revokeApiKey } from "../api/calls.ts";
import { keys } from "../api/keys.ts";
import { Empty, Failed, Loading } from "../shell/states.tsx";
import { useText } from "../texts.ts";
import { Card, Confirm, Screen, ShownOnce } from "./frame.tsx";
import styles from "./page.module.css";
import { useSave } from "./use-save.ts";

const LIFETIMES = ["30", "90", "365", "never"] as const;
const DAY = 24 * 3_600_000;
/** What programs mostly work with; a scope is a resource of the API and whether it may change it. */
const RESOURCES = [
  "attachments",
  "bot",
  "buyer-links",
  "canned-responses",
  "contacts",
  "conversations",
  "faqs",
  "imports",
  "inboxes",
  "insite",
  "integrations",
  "orders",
  "users",
  "webhooks",
  "workspace",
] as const;
const SCOPES = RESOURCES.flatMap((resource) => [`${resource}:read`, `${resource}:write`]);

export function ApiKeysScreen() {
  const { t } = useText();
  const apiKeys = useQuery({ queryKey: keys.apiKeys, queryFn: listApiKeys });
  const inboxes = useQuery({ queryKey: keys.inboxes, queryFn: listInboxes });
  const platforms = inboxes.data?.filter(({ channel }) => channel === "insite") ?? [];
  const [making, setMaking] = useState(false);
  return (
    <Screen
      title={t("settings.api-keys.title")}
      lead={t("settings.api-keys.lead")}
      action={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
          {t("settings.api-keys.make")}
        </Button>
      }
    >
      <Card>
        {apiKeys.data?.length === 0 ? (
          <Empty
            icon={<IconKey size={28} stroke={1.5} />}
            title={t("settings.api-keys.none")}
            text={t("settings.api-keys.noneText")}
          />
        ) : apiKeys.data ? (
          <ul className={styles.rows}>
            {apiKeys.data.map((key) => (
              <Key key={key.id} apiKey={key} platforms={platforms} />
            ))}
          </ul>
        ) : apiKeys.error ? (
          <Failed error={apiKeys.error} retry={() => void apiKeys.refetch()} />
        ) : (
          <Loading />
        )}
      </Card>
      <p className={styles.lead}>
        <a href="/api/docs" target="_blank" rel="noopener">
          {t("settings.api-keys.docs")}
        </a>
      </p>
      <MakeKey platforms={platforms} opened={making} onClose={() => setMaking(false)} />
    </Screen>
  );
}

function Key({ apiKey, platforms }: { apiKey: ApiKey; platforms: readonly Inbox[] }) {
  const { t, locale } = useText();
  const now = useNow();
  const client = useQueryClient();
  const [revoking, setRevoking] = useState(false);
  const revoke = useSave({
    save: () => revokeApiKey(apiKey.id),
    onSaved: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
    said: t("settings.api-keys.revoked"),
  });
  const onlyFor = platforms.find(({ key }) => key === apiKey.inboxKey)?.name ?? apiKey.inboxKey ?? apiKey.source;
  const expired = apiKey.expiresAt !== null && new Date(apiKey.expiresAt).getTime() < now;
  return (
    <li className={styles.rowItem}>
      <div className={styles.rowText}>
        <strong>
          <bdi>{apiKey.name}</bdi>
        </strong>
        <small>
          <code dir="ltr">{apiKey.prefix}…</code> · {t(`roles.${apiKey.role}`)} ·{" "}
          {apiKey.lastUsedAt
            ? t("settings.api-keys.used", { time: formatRelative(apiKey.lastUsedAt, now, locale) })
            : t("settings.api-keys.unused")}
          {" · "}
          {apiKey.expiresAt
            ? t(expired ? "settings.api-keys.expired" : "settings.api-keys.expires", {
                time: formatDate(apiKey.expiresAt, "full", locale),
              })
            : t("settings.api-keys.never")}
          {onlyFor !== undefined && ` · ${t("settings.api-keys.onlyFor", { name: onlyFor })}`}
          {apiKey.scopes && (
            <>
              {" · "}
              <bdi dir="ltr">{apiKey.scopes.join(", ")}</bdi>
            </>
          )}
        </small>
      </div>
      <Button size="xs" variant="default" onClick={() => setRevoking(true)}>
        {t("settings.api-keys.revoke")}
      </Button>
      <Confirm
        opened={revoking}
        title={t("settings.api-keys.revokeTitle", { name: apiKey.name })}
        text={t("settings.api-keys.revokeText")}
        confirm={t("settings.api-keys.revoke")}
        busy={revoke.isPending}
        onConfirm={() => revoke.mutate()}
        onClose={() => setRevoking(false)}
      />
    </li>
  );
}

interface MakeKeyProps {
  platforms: readonly Inbox[];
  opened: boolean;
  onClose(): void;
}

function MakeKey({ platforms, opened, onClose }: MakeKeyProps) {
  const { t } = useText();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("agent");
  const [lifetime, setLifetime] = useState<string>("never");
  const [scopes, setScopes] = useState<string[]>([]);
  const [inboxKey, setInboxKey] = useState("");
  const make = useSave({
    save: () =>
      createApiKey({
        name: name.trim(),
        role,
        // A bound key can do one thing alone: scopes would only take parts of it away.
        ...(inboxKey ? { inboxKey } : scopes.length > 0 && { scopes }),
        expiresAt: lifetime === "never" ? undefined : new Date(Date.now() + Number(lifetime) * DAY).toISOString(),
      }),
    onSaved: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
    said: false,
  });
  const close = () => {
    onClose();
    setName("");
    setScopes([]);
    setInboxKey("");
    make.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={make.data ? t("settings.api-keys.madeTitle") : t("settings.api-keys.make")}
      closeOnClickOutside={!make.data}
    >
      {make.data ? (
        <ShownOnce
          text={t("settings.api-keys.madeText")}
          secret={make.data.key}
          label={t("settings.api-keys.key")}
          onDone={close}
        />
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={t("settings.api-keys.name")}
              description={t("settings.api-keys.nameHint")}
              required
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              data-autofocus
            />
            <Select
              label={t("settings.team.role")}
              description={t(`settings.team.roleHint.${role}`)}
              data={roleSchema.options.map((value) => ({ value, label: t(`roles.${value}`) }))}
              value={role}
              allowDeselect={false}
              onChange={(value) => value && setRole(roleSchema.parse(value))}
            />
            <Select
              label={t("settings.api-keys.bound")}
              description={t("settings.api-keys.boundHint")}
              data={[
                { value: "", label: t("settings.api-keys.unbound") },
                ...platforms.map(({ key: value, name: label }) => ({ value, label })),
              ]}
              value={inboxKey}
              allowDeselect={false}
              onChange={(value) => setInboxKey(value ?? "")}
            />
            <MultiSelect
              disabled={inboxKey !== ""}
              label={t("orders.keys.scopes")}
              description={t("orders.keys.scopesHint")}
              placeholder={scopes.length === 0 ? t("orders.keys.scopesAll") : undefined}
              data={SCOPES}
              value={scopes}
              searchable
              clearable
              onChange={setScopes}
            />
            <Select
              label={t("settings.api-keys.lifetime")}
              data={LIFETIMES.map((value) => ({
                value,
                label:
                  value === "never"
                    ? t("settings.api-keys.never")
                    : t("settings.api-keys.days", { count: Number(value) }),
              }))}
              value={lifetime}
              allowDeselect={false}
              onChange={(value) => value && setLifetime(value)}
            />
            <Group justify="flex-end">
              <Button type="submit" loading={make.isPending} disabled={!name.trim()}>
                {t("settings.api-keys.make")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
