import { Anchor, Button, Group, Modal, PasswordInput, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router-dom";
import type { Integration, PlatformInfo } from "../../../../contract/integration.ts";
import { useText } from "../../texts.ts";
import { useSave } from "../use-save.ts";
import { createIntegration, type IntegrationWithSecret, integrationKeys, updateIntegration } from "./calls.ts";
import { SetUp } from "./set-up.tsx";

type Field = PlatformInfo["fields"][number];

interface IntegrationFormProps {
  platforms: readonly PlatformInfo[];
  /** One that is there, to change it. */
  integration?: Integration;
  onClose(): void;
}

/** Connects a platform: what it needs to be told, then what to paste there. */
export function IntegrationForm({ platforms, integration, onClose }: IntegrationFormProps) {
  const { t } = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [platform, setPlatform] = useState(integration?.platform ?? platforms[0]?.platform);
  const [name, setName] = useState(integration?.name ?? "");
  const [secret, setSecret] = useState("");
  const [values, setValues] = useState<Record<string, string>>(() => textsOf(integration?.settings));
  const [wrong, setWrong] = useState<string>();
  const info = platforms.find((each) => each.platform === platform);
  const save = useSave({
    save: async (settings: Record<string, unknown>): Promise<IntegrationWithSecret> => {
      if (integration) return updateIntegration(integration.id, { name: name.trim(), settings });
      return createIntegration({
        platform: platform!,
        name: name.trim(),
        ...(secret.trim() && { secret: secret.trim() }),
        settings,
      });
    },
    onSaved: () => client.invalidateQueries({ queryKey: integrationKeys.all }),
    said: integration ? undefined : false,
  });
  if (!info) return null;
  const made = integration ? undefined : save.data;
  const close = () => {
    onClose();
    if (made) void navigate(`/settings/integrations/${made.id}`);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const settings: Record<string, unknown> = {};
    for (const field of info.fields) {
      const text = values[field.name]?.trim();
      if (!text) continue;
      const value = field.kind === "mapping" ? parse(text) : text;
      if (value === undefined) {
        setWrong(field.name);
        return;
      }
      settings[field.name] = value;
    }
    setWrong(undefined);
    save.mutate(settings, { onSuccess: () => integration && onClose() });
  };
  return (
    <Modal
      opened
      size="lg"
      onClose={close}
      title={made ? t("orders.integrations.setUp", { platform: info.name }) : t("orders.integrations.make")}
      closeOnClickOutside={!made}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      {made ? (
        <Stack>
          <SetUp info={info} integration={made} {...(made.secret && { secret: made.secret })} />
          <Group justify="flex-end">
            <Button onClick={close}>{t("actions.done")}</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            {!integration && (
              <Select
                label={t("orders.integrations.platform")}
                data={platforms.map(({ platform: value, name: label }) => ({ value, label }))}
                value={platform ?? null}
                allowDeselect={false}
                data-autofocus
                onChange={(value) => setPlatform(platforms.find((each) => each.platform === value)?.platform)}
              />
            )}
            <TextInput
              label={t("contact.name")}
              placeholder={info.name}
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            {!integration && info.secretFrom === "platform" && (
              <PasswordInput
                label={t("orders.integrations.secret")}
                description={t("orders.integrations.secretHint", { platform: info.name })}
                required
                maxLength={500}
                value={secret}
                onChange={(event) => setSecret(event.currentTarget.value)}
              />
            )}
            {info.fields.map((field) => (
              <FieldInput
                key={`${platform} ${field.name}`}
                field={field}
                stored={integration?.secrets.includes(field.name) ?? false}
                value={values[field.name] ?? ""}
                error={wrong === field.name}
                onChange={(value) => setValues({ ...values, [field.name]: value })}
              />
            ))}
            <Text size="sm">
              <Anchor href={info.documentation} target="_blank" rel="noopener noreferrer">
                {t("orders.integrations.documentation", { platform: info.name })}
              </Anchor>
            </Text>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                {t("actions.cancel")}
              </Button>
              <Button type="submit" loading={save.isPending}>
                {t(integration ? "actions.save" : "orders.integrations.connect")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

interface FieldInputProps {
  field: Field;
  /** A secret is there already: left empty, it stays. */
  stored: boolean;
  value: string;
  error: boolean;
  onChange(value: string): void;
}

const NAMED = [
  "shop",
  "prefix",
  "orders",
  "messages",
  "clientId",
  "clientSecret",
  "refreshToken",
  "username",
  "environment",
  "signature",
  "deliveryId",
  "topic",
  "orderTopics",
  "messageTopics",
] as const;

function FieldInput({ field, stored, value, error, onChange }: FieldInputProps) {
  const { t } = useText();
  const known = NAMED.find((name) => name === field.name);
  const props = {
    label: known ? t(`orders.integrations.field.${known}`) : field.name,
    required: field.required && !stored,
    ...(field.example && { description: t("orders.integrations.example", { text: field.example }) }),
    ...(error && { error: t("orders.integrations.notJson") }),
  };
  const change = (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value);
  if (field.kind === "choice") {
    return (
      <Select {...props} data={field.choices ?? []} value={value || null} onChange={(next) => onChange(next ?? "")} />
    );
  }
  if (field.kind === "mapping") {
    return <Textarea {...props} dir="ltr" autosize minRows={2} maxRows={10} value={value} onChange={change} />;
  }
  if (field.secret) {
    return (
      <PasswordInput
        {...props}
        value={value}
        placeholder={stored ? t("orders.integrations.stored") : undefined}
        onChange={change}
      />
    );
  }
  return (
    <TextInput {...props} dir="ltr" type={field.kind === "url" ? "url" : "text"} value={value} onChange={change} />
  );
}

function textsOf(settings: Record<string, unknown> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings ?? {}).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value, null, 2),
    ]),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
