import { Button, Group, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconLanguage } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { isLocale, LOCALE_NAMES, type Locale } from "../../../contract/locales.ts";
import { CHANNELS, type ChannelName } from "../../../contract/message.ts";
import type { TemplateProblem } from "../../../contract/template.ts";
import { getBotRules } from "../api/bot-calls.ts";
import { LanguagePills } from "../settings/language-pills.tsx";
import { useSave } from "../settings/use-save.ts";
import { useText } from "../texts.ts";
import { getCatalog, templateKeys, translateTemplate } from "./calls.ts";
import { MessagePreview, usePreview } from "./message-preview.tsx";
import { OrderPicker } from "./order-picker.tsx";
import { Pills } from "./pills.tsx";
import {
  type Form,
  inputOf,
  languagesOf,
  type TemplateDraft,
  withOwnWords,
  withPart,
  writtenOf,
} from "./template-draft.ts";
import styles from "./templates.module.css";
import { VariableField } from "./variable-field.tsx";

interface TextsEditorProps {
  draft: TemplateDraft;
  locale: Locale;
  /** What the server refused it for when it was last saved. */
  refused: readonly TemplateProblem[];
  onLocale(locale: Locale): void;
  onChange(draft: TemplateDraft): void;
}

/** A template's words by language and channel, beside what a buyer would read. */
export function TextsEditor({ draft, locale, refused, onLocale, onChange }: TextsEditorProps) {
  const { t } = useText();
  const [form, setForm] = useState<Form>("all");
  const [orderId, setOrderId] = useState<string>();
  const catalog = useQuery({
    queryKey: templateKeys.catalog(locale),
    queryFn: () => getCatalog(locale),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const channel: ChannelName = form === "all" ? "email" : form;
  const [settled] = useDebouncedValue(draft, 350);
  const { texts } = inputOf(settled);
  const preview = usePreview(
    texts[locale] && { texts, fallback: locale, locale, channel, ...(orderId && { orderId }) },
  );
  const written = writtenOf(draft, locale, form);
  const shared = form !== "all" && written === undefined;
  const problemsOf = (part: TemplateProblem["part"]) => [
    ...refused.filter(
      (problem) => problem.part === part && problem.locale === locale && (problem.channel ?? "all") === form,
    ),
    ...(refused.length === 0 && !shared
      ? (preview.data?.problems ?? []).filter((problem) => problem.part === part && problem.kind !== "too_long")
      : []),
  ];
  const edit = (part: "subject" | "text" | "html") => (value: string) =>
    onChange(withPart(draft, locale, form, part, value));
  const wrong = new Set(refused.map((problem) => problem.locale).filter((each) => isLocale(each)));
  return (
    <div className={styles.texts}>
      <Stack gap="sm">
        <LanguagePills languages={languagesOf(draft)} chosen={locale} incomplete={wrong} onChoose={onLocale} />
        <Pills<Form>
          label={t("automations.template.form")}
          data={[
            { value: "all", label: t("automations.template.allChannels") },
            ...CHANNELS.map((each) => ({ value: each, label: t(`channels.${each}`) })),
          ]}
          value={form}
          onChange={setForm}
        />
        {form === "all" && !written?.text.trim() && <Translate draft={draft} to={locale} onChange={onChange} />}
        {shared ? (
          <div className={styles.shared}>
            <p>{t("automations.template.shared")}</p>
            <Button
              size="xs"
              variant="default"
              disabled={!draft.texts[locale]?.text.trim()}
              onClick={() => onChange(withOwnWords(draft, locale, form as ChannelName, true))}
            >
              {t("automations.template.ownWords", { channel: t(`channels.${channel}`) })}
            </Button>
          </div>
        ) : (
          <>
            {(form === "all" || form === "email") && (
              <VariableField
                label={t("automations.template.subject")}
                value={written?.subject ?? ""}
                locale={locale}
                catalog={catalog.data}
                problems={problemsOf("subject")}
                single
                maxLength={300}
                onChange={edit("subject")}
              />
            )}
            <VariableField
              label={t("automations.template.text")}
              description={t("automations.template.textHint", { braces: "{{" })}
              value={written?.text ?? ""}
              locale={locale}
              catalog={catalog.data}
              problems={problemsOf("text")}
              maxLength={10_000}
              onChange={edit("text")}
            />
            {form === "email" && (
              <VariableField
                label={t("automations.template.html")}
                description={t("automations.template.htmlHint")}
                value={written?.html ?? ""}
                locale={locale}
                catalog={catalog.data}
                problems={problemsOf("html")}
                code
                maxLength={50_000}
                onChange={edit("html")}
              />
            )}
            {form !== "all" && (
              <Group>
                <Button
                  size="xs"
                  variant="subtle"
                  color="gray"
                  onClick={() => onChange(withOwnWords(draft, locale, form, false))}
                >
                  {t("automations.template.dropOwnWords")}
                </Button>
              </Group>
            )}
          </>
        )}
      </Stack>
      <section className={styles.live} aria-label={t("automations.preview.title")}>
        <h3>{t("automations.preview.title")}</h3>
        <OrderPicker value={orderId} onChange={setOrderId} />
        {texts[locale] ? (
          <MessagePreview query={preview} />
        ) : (
          <Text size="sm" c="dimmed">
            {t("automations.template.notWritten")}
          </Text>
        )}
      </section>
    </div>
  );
}

interface TranslateProps {
  draft: TemplateDraft;
  to: Locale;
  onChange(draft: TemplateDraft): void;
}

/** Fills an empty language with the model's draft of the fallback language's words, where a model is connected. */
function Translate({ draft, to, onChange }: TranslateProps) {
  const { t } = useText();
  const model = useQuery({ queryKey: ["bot", "has-model"], queryFn: getBotRules, select: (rules) => rules.model });
  const source = draft.texts[draft.fallback];
  const translate = useSave({
    save: () => {
      const { channels: _channels, ...written } = source ?? { text: "" };
      return translateTemplate(written, to);
    },
    onSaved: (written) => onChange({ ...draft, texts: { ...draft.texts, [to]: written } }),
    said: t("automations.template.translated"),
  });
  if (!model.data || to === draft.fallback || !source?.text.trim()) return null;
  return (
    <Group>
      <Button
        size="xs"
        variant="light"
        leftSection={<IconLanguage size={15} />}
        loading={translate.isPending}
        onClick={() => translate.mutate()}
      >
        {t("automations.template.translate", { language: LOCALE_NAMES[to] })}
      </Button>
    </Group>
  );
}
