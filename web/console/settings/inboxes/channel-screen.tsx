import { Button, ColorInput, NumberInput, Stack, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ComponentType, type FormEvent, useState } from "react";
import { Link, useParams } from "react-router-dom";
import { directionOf, type Locale, type Localized } from "../../../../contract/locales.ts";
import type { ChannelName } from "../../../../contract/message.ts";
import type { Inbox } from "../../../../contract/settings.ts";
import { listInboxes, updateInbox } from "../../api/calls.ts";
import { keys } from "../../api/keys.ts";
import { useSession } from "../../session/use-session.ts";
import { NotFound } from "../../shell/not-found.tsx";
import { Failed, Loading } from "../../shell/states.tsx";
import { useText } from "../../texts.ts";
import { Card, Screen } from "../frame.tsx";
import { LanguagePills } from "../language-pills.tsx";
import { useSave } from "../use-save.ts";
import { AddressCard, EndpointCard } from "./addresses.tsx";
import { EmbedCard } from "./embed-card.tsx";
import { IdentityCard } from "./identity-card.tsx";
import styles from "./inboxes.module.css";
import { MailboxCards } from "./mailbox/mailbox-cards.tsx";
import { toOrigin } from "./snippets.ts";

/** What a channel has to set up beyond what all have. */
const PARTS: Record<ChannelName, ComponentType<{ inbox: Inbox }>[]> = {
  chat: [EmbedCard, IdentityCard],
  email: [AddressCard, MailboxCards],
  insite: [EndpointCard],
};

export function ChannelScreen() {
  const { t } = useText();
  const { inboxId } = useParams();
  const inboxes = useQuery({ queryKey: keys.inboxes, queryFn: listInboxes });
  if (!inboxes.data) {
    return inboxes.error ? <Failed error={inboxes.error} retry={() => void inboxes.refetch()} /> : <Loading />;
  }
  const inbox = inboxes.data.find((each) => each.id === inboxId);
  if (!inbox) return <NotFound />;
  return (
    <Screen title={inbox.name} lead={t(`settings.channels.about.${inbox.channel}`)}>
      <Link to="/settings/channels" className={styles.back}>
        <IconArrowLeft size={15} aria-hidden="true" className="parley-flip" />
        {t("settings.channels.all")}
      </Link>
      <Card>
        <ChannelForm key={inbox.id} inbox={inbox} />
      </Card>
      {PARTS[inbox.channel].map((Part) => (
        <Part key={Part.name} inbox={inbox} />
      ))}
    </Screen>
  );
}

function ChannelForm({ inbox }: { inbox: Inbox }) {
  const { t } = useText();
  const client = useQueryClient();
  const { workspace } = useSession();
  const [name, setName] = useState(inbox.name);
  const [enabled, setEnabled] = useState(inbox.enabled);
  const [greeting, setGreeting] = useState<Localized>(inbox.greeting);
  const [language, setLanguage] = useState<Locale>(workspace.locale);
  const [accent, setAccent] = useState(inbox.accent);
  const [origins, setOrigins] = useState(inbox.allowedOrigins);
  const [undoSeconds, setUndoSeconds] = useState(inbox.undoSeconds);
  const colourOk = /^#[0-9a-fA-F]{6}$/.test(accent);
  const badOrigin = origins.find((origin) => toOrigin(origin) === undefined);
  const save = useSave({
    save: () =>
      updateInbox(inbox.id, {
        name: name.trim(),
        enabled,
        greeting: withoutEmpty(greeting),
        accent,
        undoSeconds,
        allowedOrigins: origins.flatMap((origin) => toOrigin(origin) ?? []),
      }),
    onSaved: (saved) => {
      setGreeting(saved.greeting);
      setOrigins(saved.allowedOrigins);
      client.setQueryData<Inbox[]>(keys.inboxes, (before) =>
        before?.map((each) => (each.id === saved.id ? saved : each)),
      );
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const embeddable = inbox.channel === "chat";
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label={t("settings.channels.name")}
          description={t("settings.channels.nameHint")}
          required
          maxLength={100}
          maw={420}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div>
          <LanguagePills
            languages={Object.keys(withoutEmpty(greeting)) as Locale[]}
            chosen={language}
            onChoose={setLanguage}
          />
          <Textarea
            label={t("settings.channels.greeting")}
            description={t("settings.channels.greetingHint")}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={10_000}
            dir={directionOf(language)}
            lang={language}
            value={greeting[language] ?? ""}
            onChange={(event) => setGreeting({ ...greeting, [language]: event.currentTarget.value })}
          />
        </div>
        {embeddable && (
          <>
            <ColorInput
              label={t("settings.channels.accent")}
              description={t("settings.channels.accentHint")}
              maw={240}
              format="hex"
              value={accent}
              onChange={setAccent}
              error={colourOk ? undefined : t("settings.channels.accentWrong")}
              eyeDropperButtonProps={{ "aria-label": t("settings.channels.eyeDropper") }}
            />
            <TagsInput
              label={t("settings.channels.origins")}
              description={t("settings.channels.originsHint")}
              placeholder={origins.length === 0 ? "https://shop.example" : undefined}
              value={origins}
              maxTags={50}
              splitChars={[",", " "]}
              onChange={setOrigins}
              error={badOrigin && t("settings.channels.originWrong", { origin: badOrigin })}
            />
          </>
        )}
        <NumberInput
          label={t("settings.channels.undo")}
          description={t("settings.channels.undoHint")}
          maw={420}
          min={0}
          max={60}
          clampBehavior="strict"
          allowDecimal={false}
          value={undoSeconds}
          onChange={(value) => setUndoSeconds(Number(value) || 0)}
        />
        <Switch
          label={t("settings.channels.enabled")}
          description={t("settings.channels.enabledHint")}
          checked={enabled}
          onChange={(event) => setEnabled(event.currentTarget.checked)}
        />
        <div>
          <Button
            type="submit"
            loading={save.isPending}
            disabled={!name.trim() || !colourOk || badOrigin !== undefined}
          >
            {t("actions.save")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}

function withoutEmpty(texts: Localized): Localized {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== "")) as Localized;
}
