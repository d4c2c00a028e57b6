import { Alert, Button, Group, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import type { ContactSummary } from "../../../../contract/conversation.ts";
import { LOCALE_NAMES, LOCALES } from "../../../../contract/locales.ts";
import { displayName } from "../../../ui/format.ts";
import { type ContactChange, updateContact } from "../../api/calls.ts";
import { keys } from "../../api/keys.ts";
import { explainError } from "../../errors.ts";
import { useText } from "../../texts.ts";
import { COUNTRIES } from "./countries.ts";

export function ContactForm({ contact, onDone }: { contact: ContactSummary; onDone(): void }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const [form, setForm] = useState({
    name: contact.name,
    email: contact.email ?? "",
    locale: contact.locale ?? null,
    country: contact.country ?? null,
  });
  const save = useMutation({
    mutationFn: () => updateContact(contact.id, changes(contact, form)),
    onSuccess: async () => {
      // The buyer's name stands in the list and over the thread too.
      void client.invalidateQueries({ queryKey: keys.lists });
      void client.invalidateQueries({ queryKey: keys.conversations });
      await client.invalidateQueries({ queryKey: keys.contact(contact.id) });
      onDone();
    },
  });
  const countries = useMemo(
    () =>
      COUNTRIES.map((code) => ({ value: code, label: displayName("region", code, locale) })).sort((a, b) =>
        a.label.localeCompare(b.label, locale),
      ),
    [locale],
  );
  const languages = LOCALES.map((code) => ({ value: code, label: LOCALE_NAMES[code] }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        {save.error && (
          <Alert color="red" variant="light" role="alert">
            {explainError(save.error, t)}
          </Alert>
        )}
        <TextInput
          size="xs"
          label={t("contact.name")}
          value={form.name}
          maxLength={200}
          autoFocus
          onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
        />
        <TextInput
          size="xs"
          type="email"
          label={t("contact.email")}
          value={form.email}
          onChange={(event) => setForm({ ...form, email: event.currentTarget.value })}
        />
        <Select
          size="xs"
          label={t("contact.language")}
          data={languages}
          value={form.locale}
          searchable
          onChange={(value) => setForm({ ...form, locale: value })}
        />
        <Select
          size="xs"
          label={t("contact.country")}
          data={countries}
          value={form.country}
          searchable
          onChange={(value) => setForm({ ...form, country: value })}
        />
        <Group gap="xs">
          <Button size="xs" type="submit" loading={save.isPending}>
            {t("actions.save")}
          </Button>
          <Button size="xs" variant="default" onClick={onDone}>
            {t("actions.cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Only what was changed: another agent may be editing something else. */
function changes(
  contact: ContactSummary,
  form: { name: string; email: string; locale: string | null; country: string | null },
): ContactChange {
  const change: ContactChange = {};
  if (form.name.trim() !== contact.name) change.name = form.name.trim();
  if (form.email.trim() && form.email.trim() !== contact.email) change.email = form.email.trim();
  if (form.locale && form.locale !== contact.locale) change.locale = form.locale;
  if (form.country && form.country !== contact.country) change.country = form.country;
  return change;
}
