import { Button, SegmentedControl, Select, Stack, Switch, TextInput, useMantineColorScheme } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import {
  isLocale,
  LOCALE_NAMES,
  LOCALES,
  type Locale,
  nearestLocale,
  SOURCE_LOCALE,
} from "../../../contract/locales.ts";
import type { Session, User } from "../../../contract/settings.ts";
import { updateUser } from "../api/calls.ts";
import { keys } from "../api/keys.ts";
import { setPreferences, usePreferences } from "../preferences.ts";
import { allowDesktop, playSound } from "../realtime/alert.ts";
import { PasswordForm } from "../session/password-form.tsx";
import { useSession, useTranslations } from "../session/use-session.ts";
import { useText } from "../texts.ts";
import { Card, Screen } from "./frame.tsx";
import { useSave } from "./use-save.ts";

export function ProfileScreen() {
  const { t } = useText();
  const { user } = useSession();
  const client = useQueryClient();
  return (
    <Screen title={t("settings.profile.title")} lead={t("settings.profile.lead")}>
      <Card>
        <PersonForm user={user} />
      </Card>
      <Card title={t("settings.profile.theme")}>
        <Theme />
      </Card>
      <Card title={t("settings.profile.alerts")} lead={t("settings.profile.alertsLead")}>
        <Alerts />
      </Card>
      <Card title={t("settings.profile.password")}>
        <Stack maw={420}>
          <PasswordForm
            username={user.email}
            onChanged={(session) => {
              client.setQueryData(keys.session, session);
              notifications.show({ message: t("password.changed"), color: "teal" });
            }}
          />
        </Stack>
      </Card>
    </Screen>
  );
}

function PersonForm({ user }: { user: User }) {
  const { t, locale: shown } = useText();
  const client = useQueryClient();
  const { available } = useTranslations();
  const [name, setName] = useState(user.name);
  const language = user.locale ?? nearestLocale(shown) ?? SOURCE_LOCALE;
  const [locale, setLocale] = useState<Locale>(language);
  const [readsIn, setReadsIn] = useState(user.readsIn ?? null);
  const save = useSave({
    save: () => updateUser(user.id, { name: name.trim(), locale, readsIn }),
    onSaved: (saved) => {
      client.setQueryData<Session | null>(keys.session, (before) => before && { ...before, user: saved });
      void client.invalidateQueries({ queryKey: keys.users });
    },
  });
  const changed = name.trim() !== user.name || locale !== language || readsIn !== (user.readsIn ?? null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md" maw={420}>
        <TextInput
          label={t("settings.profile.name")}
          description={t("settings.profile.nameHint")}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput label={t("login.email")} value={user.email} readOnly variant="filled" />
        <Select
          label={t("settings.profile.language")}
          data={available.map((code) => ({ value: code, label: LOCALE_NAMES[code] }))}
          value={locale}
          allowDeselect={false}
          onChange={(value) => isLocale(value) && setLocale(value)}
        />
        <Select
          label={t("copilot.translation.readsIn")}
          description={t("copilot.translation.readsInHint")}
          placeholder={t("copilot.translation.readsInSame")}
          data={LOCALES.map((code) => ({ value: code, label: LOCALE_NAMES[code] }))}
          value={readsIn}
          clearable
          onChange={(value) => setReadsIn(isLocale(value) ? value : null)}
        />
        <div>
          <Button type="submit" loading={save.isPending} disabled={!name.trim() || !changed}>
            {t("actions.save")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}

function Theme() {
  const { t } = useText();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      aria-label={t("settings.profile.theme")}
      value={colorScheme}
      onChange={(value) => setColorScheme(value === "light" || value === "dark" ? value : "auto")}
      data={(["light", "dark", "auto"] as const).map((value) => ({ value, label: t(`themes.${value}`) }))}
    />
  );
}

function Alerts() {
  const { t } = useText();
  const { sound, desktop, shortcuts } = usePreferences();
  const switchDesktop = async (on: boolean) => {
    if (on && !(await allowDesktop())) {
      notifications.show({ message: t("settings.profile.desktopRefused"), color: "yellow" });
      return;
    }
    setPreferences({ desktop: on });
  };
  return (
    <Stack gap="md">
      <Switch
        label={t("settings.profile.desktop")}
        description={t("settings.profile.desktopHint")}
        checked={desktop}
        onChange={(event) => void switchDesktop(event.currentTarget.checked)}
      />
      <Switch
        label={t("settings.profile.sound")}
        checked={sound}
        onChange={(event) => {
          setPreferences({ sound: event.currentTarget.checked });
          if (event.currentTarget.checked) playSound();
        }}
      />
      <Switch
        label={t("settings.profile.shortcuts")}
        description={t("settings.profile.shortcutsHint")}
        checked={shortcuts}
        onChange={(event) => setPreferences({ shortcuts: event.currentTarget.checked })}
      />
    </Stack>
  );
}
