import { Button, Group, MultiSelect, Stack, Text, Textarea } from "@mantine/core";
import { IconCheck, IconLanguage, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Faq } from "../../../../contract/faq.ts";
import { directionOf, isLocale, LOCALE_NAMES, LOCALES, type Locale } from "../../../../contract/locales.ts";
import { approveFaqDraft, discardFaqDraft, getBotRules, translateFaq } from "../../api/bot-calls.ts";
import { keys } from "../../api/keys.ts";
import { useText } from "../../texts.ts";
import { Card } from "../frame.tsx";
import { useSave } from "../use-save.ts";
import { draftOf, languagesOf } from "./faq-draft.ts";

/** Machine translations of an entry: asked for here, and used by the bot only once a person has approved them. */
export function Translations({ faq }: { faq: Faq }) {
  const { t } = useText();
  const client = useQueryClient();
  const rules = useQuery({ queryKey: keys.botRules, queryFn: getBotRules });
  const waiting = LOCALES.filter((locale) => faq.drafts?.[locale]);
  const known = languagesOf(draftOf(faq));
  const missing = LOCALES.filter((locale) => !known.includes(locale) && !waiting.includes(locale));
  const [chosen, setChosen] = useState<Locale[]>([]);
  const put = (saved: Faq) => {
    client.setQueryData(keys.faq(faq.id), saved);
    void client.invalidateQueries({ queryKey: ["faqs", "list"] });
  };
  const translate = useSave({
    save: (to: Locale[]) => translateFaq(faq.id, to),
    onSaved: (saved) => {
      put(saved);
      setChosen([]);
    },
    said: t("copilot.translations.made"),
  });
  const approveAll = useSave({
    save: async () => {
      let saved = faq;
      for (const locale of waiting) saved = await approveFaqDraft(faq.id, locale);
      return saved;
    },
    onSaved: put,
  });
  if (waiting.length === 0 && missing.length === 0) return null;
  const options = missing.filter((locale) => !chosen.includes(locale));
  return (
    <Card title={t("copilot.translations.title")} lead={t("copilot.translations.lead")}>
      <Stack gap="md">
        {waiting.map((locale) => (
          <Waiting key={`${locale}:${faq.drafts?.[locale]?.createdAt}`} faq={faq} locale={locale} onSaved={put} />
        ))}
        {waiting.length > 1 && (
          <div>
            <Button
              size="xs"
              leftSection={<IconCheck size={15} />}
              loading={approveAll.isPending}
              onClick={() => approveAll.mutate()}
            >
              {t("copilot.translations.approveAll", { count: waiting.length })}
            </Button>
          </div>
        )}
        {missing.length > 0 &&
          (rules.data && !rules.data.model ? (
            <Text size="sm" c="dimmed">
              {t("copilot.noModel")}
            </Text>
          ) : (
            <Group align="end" gap="xs">
              <MultiSelect
                label={t("copilot.translations.into")}
                data={missing.map((code) => ({ value: code, label: LOCALE_NAMES[code] }))}
                value={chosen}
                flex={1}
                miw={220}
                searchable
                clearable
                onChange={(values) => setChosen(values.filter(isLocale))}
              />
              {options.length > 0 && (
                <Button variant="subtle" onClick={() => setChosen(missing)}>
                  {t("copilot.translations.all")}
                </Button>
              )}
              <Button
                variant="default"
                leftSection={<IconLanguage size={16} />}
                disabled={chosen.length === 0 || !rules.data}
                loading={translate.isPending}
                onClick={() => translate.mutate(chosen)}
              >
                {t("copilot.translations.translate")}
              </Button>
            </Group>
          ))}
      </Stack>
    </Card>
  );
}

/** One language's draft, to be read, mended and approved. */
function Waiting({ faq, locale, onSaved }: { faq: Faq; locale: Locale; onSaved(saved: Faq): void }) {
  const { t } = useText();
  const draft = faq.drafts?.[locale];
  const [questions, setQuestions] = useState((draft?.questions ?? []).join("\n"));
  const [answer, setAnswer] = useState(draft?.answer ?? "");
  const approve = useSave({
    save: () => {
      const lines = questions
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean);
      return approveFaqDraft(faq.id, locale, { questions: lines, answer: answer.trim() });
    },
    onSaved,
  });
  const discard = useSave({
    save: () => discardFaqDraft(faq.id, locale),
    onSaved,
    said: t("copilot.translations.discarded"),
  });
  const name = LOCALE_NAMES[locale];
  const text = { dir: directionOf(locale), lang: locale, autosize: true, maxRows: 12 } as const;
  return (
    <fieldset style={{ margin: 0, padding: 0, border: 0 }}>
      <legend style={{ padding: 0, fontWeight: 600 }} lang={locale}>
        {name}
      </legend>
      <Stack gap="xs" mt={4}>
        <Textarea
          {...text}
          label={t("copilot.translations.questions", { language: name })}
          description={t("copilot.translations.perLine")}
          value={questions}
          onChange={(event) => setQuestions(event.currentTarget.value)}
        />
        <Textarea
          {...text}
          label={t("copilot.translations.answer", { language: name })}
          maxLength={10_000}
          value={answer}
          onChange={(event) => setAnswer(event.currentTarget.value)}
        />
        <Group gap="xs">
          <Button
            size="xs"
            leftSection={<IconCheck size={15} />}
            disabled={!questions.trim() || !answer.trim()}
            loading={approve.isPending}
            onClick={() => approve.mutate()}
          >
            {t("copilot.translations.approve")}
          </Button>
          <Button
            size="xs"
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={15} />}
            loading={discard.isPending}
            onClick={() => discard.mutate()}
          >
            {t("copilot.translations.discard")}
          </Button>
        </Group>
      </Stack>
    </fieldset>
  );
}
