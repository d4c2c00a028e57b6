import { Button, Select, Stack, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { isLocale, LOCALE_NAMES, LOCALES } from "../../../contract/locales.ts";
import type { Session } from "../../../contract/settings.ts";
import { getWorkspace, updateWorkspace, type Workspace } from "../api/calls.ts";
import { keys } from "../api/keys.ts";
import { Failed, Loading } from "../shell/states.tsx";
import { useText } from "../texts.ts";
import { Card, Screen } from "./frame.tsx";
import { HoursCard } from "./hours-card.tsx";
import { useSave } from "./use-save.ts";

export function ShopScreen() {
  const { t } = useText();
  const { data, error, refetch } = useQuery({ queryKey: keys.workspace, queryFn: getWorkspace });
  return (
    <Screen title={t("settings.shop.title")} lead={t("settings.shop.lead")}>
      {data ? (
        <>
          <Card>
            <ShopForm workspace={data} />
          </Card>
          <HoursCard key={JSON.stringify(data.businessHours)} saved={data.businessHours ?? null} />
        </>
      ) : error ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Screen>
  );
}

function ShopForm({ workspace }: { workspace: Workspace }) {
  const { t } = useText();
  const client = useQueryClient();
  const [name, setName] = useState(workspace.name);
  const [locale, setLocale] = useState(workspace.locale);
  const save = useSave({
    save: () => updateWorkspace({ name: name.trim(), locale }),
    onSaved: (saved) => {
      client.setQueryData(keys.workspace, saved);
      client.setQueryData<Session | null>(keys.session, (before) => before && { ...before, workspace: saved });
    },
  });
  const changed = name.trim() !== workspace.name || locale !== workspace.locale;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md" maw={420}>
        <TextInput
          label={t("settings.shop.name")}
          description={t("settings.shop.nameHint")}
          value={name}
          required
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label={t("settings.shop.locale")}
          description={t("settings.shop.localeHint")}
          data={LOCALES.map((code) => ({ value: code, label: LOCALE_NAMES[code] }))}
          value={locale}
          allowDeselect={false}
          searchable
          onChange={(value) => isLocale(value) && setLocale(value)}
        />
        <div>
          <Button type="submit" disabled={!changed || !name.trim()} loading={save.isPending}>
            {t("actions.save")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
