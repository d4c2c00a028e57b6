import { Button, Collapse, Group, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBulb, IconCheck, IconPencil, IconX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router-dom";
import type { Suggestion } from "../../../../contract/faq.ts";
import { directionOf, LOCALE_NAMES, LOCALES, type Locale, type Localized } from "../../../../contract/locales.ts";
import { formatDate } from "../../../ui/format.ts";
import { Tag } from "../../../ui/tag.tsx";
import { acceptSuggestion, dismissSuggestion, listSuggestions } from "../../api/bot-calls.ts";
import { keys } from "../../api/keys.ts";
import { MoreButton } from "../../shell/more-button.tsx";
import { usePages } from "../../shell/use-pages.ts";
import { useText } from "../../texts.ts";
import { Card } from "../frame.tsx";
import { useSave } from "../use-save.ts";

/** Questions that no entry answered and agents did: each becomes an entry with one click. Nothing is shown without any. */
export function Suggestions() {
  const { t } = useText();
  const list = usePages(keys.suggestions, listSuggestions);
  const [opened, { toggle }] = useDisclosure(false);
  const suggestions = list.items ?? [];
  if (suggestions.length === 0) return null;
  return (
    <div style={{ marginBlockEnd: 16 }}>
      <Card>
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <IconBulb size={18} stroke={1.7} aria-hidden="true" />
            <strong>{t("copilot.suggestions.title", { count: suggestions.length })}</strong>
          </Group>
          <Button variant="subtle" size="xs" aria-expanded={opened} onClick={toggle}>
            {t(opened ? "copilot.suggestions.hide" : "copilot.suggestions.show")}
          </Button>
        </Group>
        <Text size="sm" c="dimmed">
          {t("copilot.suggestions.lead")}
        </Text>
        <Collapse expanded={opened}>
          <Stack gap="lg" mt="md">
            {suggestions.map((suggestion) => (
              <Suggested key={`${suggestion.id}:${suggestion.version}`} suggestion={suggestion} />
            ))}
            <MoreButton query={list} />
          </Stack>
        </Collapse>
      </Card>
    </div>
  );
}

function Suggested({ suggestion }: { suggestion: Suggestion }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const [edits, setEdits] = useState<{ questions: Localized<string[]>; answers: Localized }>();
  const { questions, answers } = edits ?? suggestion;
  const languages = LOCALES.filter((code) => suggestion.questions[code]?.length || suggestion.answers[code]);
  const refresh = () => {
    void client.invalidateQueries({ queryKey: keys.suggestions });
    void client.invalidateQueries({ queryKey: ["faqs", "list"] });
  };
  const accept = useSave({
    save: () => acceptSuggestion(suggestion.id, edits ?? {}),
    onSaved: refresh,
    said: t("copilot.suggestions.accepted"),
  });
  const dismiss = useSave({
    save: () => dismissSuggestion(suggestion.id),
    onSaved: refresh,
    said: t("copilot.suggestions.dismissed"),
  });
  const change = (code: Locale, part: { questions?: string[]; answer?: string }) =>
    setEdits({
      questions: part.questions ? { ...questions, [code]: part.questions } : questions,
      answers: part.answer === undefined ? answers : { ...answers, [code]: part.answer },
    });
  const last = suggestion.conversations.at(-1);
  return (
    <article>
      <Group gap={6} mb={4}>
        <Tag tone="accent">{t("copilot.suggestions.asked", { count: suggestion.count })}</Tag>
        <Text size="xs" c="dimmed">
          {formatDate(suggestion.lastAskedAt, "dayShort", locale)}
        </Text>
        {last && (
          <Link to={`/conversations/${last}`} style={{ fontSize: 12 }}>
            {t("copilot.suggestions.example")}
          </Link>
        )}
      </Group>
      {languages.map((code) =>
        edits ? (
          <Stack key={code} gap={6} mb="xs">
            <Textarea
              label={t("copilot.translations.questions", { language: LOCALE_NAMES[code] })}
              description={t("copilot.translations.perLine")}
              dir={directionOf(code)}
              lang={code}
              autosize
              maxRows={8}
              value={(questions[code] ?? []).join("\n")}
              onChange={(event) => change(code, { questions: event.currentTarget.value.split("\n") })}
            />
            <Textarea
              label={t("copilot.translations.answer", { language: LOCALE_NAMES[code] })}
              dir={directionOf(code)}
              lang={code}
              autosize
              maxRows={12}
              maxLength={10_000}
              value={answers[code] ?? ""}
              onChange={(event) => change(code, { answer: event.currentTarget.value })}
            />
          </Stack>
        ) : (
          <div key={code} lang={code} dir={directionOf(code)}>
            {(questions[code] ?? []).slice(0, 4).map((question) => (
              <p key={question} style={{ margin: 0, fontWeight: 550 }}>
                {question}
              </p>
            ))}
            {answers[code] && <p style={{ margin: "4px 0 8px", whiteSpace: "pre-wrap" }}>{answers[code]}</p>}
          </div>
        ),
      )}
      <Group gap="xs">
        <Button
          size="xs"
          leftSection={<IconCheck size={15} />}
          loading={accept.isPending}
          onClick={() => accept.mutate()}
        >
          {t("copilot.suggestions.accept")}
        </Button>
        {!edits && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPencil size={15} />}
            onClick={() => setEdits({ questions: suggestion.questions, answers: suggestion.answers })}
          >
            {t("copilot.suggestions.edit")}
          </Button>
        )}
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={<IconX size={15} />}
          loading={dismiss.isPending}
          onClick={() => dismiss.mutate()}
        >
          {t("copilot.suggestions.dismiss")}
        </Button>
      </Group>
    </article>
  );
}
