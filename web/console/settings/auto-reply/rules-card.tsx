import { Button, Group, NumberInput, Stack, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { BotRulesView, HandOffTopic } from "../../../../contract/bot.ts";
import { getBotRules, getBotUsage, updateBotRules } from "../../api/bot-calls.ts";
import { keys } from "../../api/keys.ts";
import { useSession } from "../../session/use-session.ts";
import { Failed, Loading } from "../../shell/states.tsx";
import { useText } from "../../texts.ts";
import { Card } from "../frame.tsx";
import { useSave } from "../use-save.ts";
import { Usage } from "./usage.tsx";

/** What the bot may say, when it must hand off, and what its model may cost, in all inboxes. */
export function RulesCards() {
  const rules = useQuery({ queryKey: keys.botRules, queryFn: getBotRules });
  if (!rules.data) {
    return rules.error ? <Failed error={rules.error} retry={() => void rules.refetch()} /> : <Loading />;
  }
  return (
    <>
      <Manner key={`manner ${rules.data.version}`} rules={rules.data} />
      <Budget key={`budget ${rules.data.version}`} rules={rules.data} />
    </>
  );
}

function useSaveRules() {
  const client = useQueryClient();
  return useSave({
    save: updateBotRules,
    onSaved: (saved) => client.setQueryData(keys.botRules, saved),
  });
}

function Manner({ rules }: { rules: BotRulesView }) {
  const { t } = useText();
  const { workspace } = useSession();
  const [tone, setTone] = useState(rules.tone);
  const [forbidden, setForbidden] = useState(rules.forbidden);
  const [keywords, setKeywords] = useState(rules.handOff.keywords);
  const [topics, setTopics] = useState(rules.handOff.topics);
  const save = useSaveRules();
  const setTopic = (at: number, topic: HandOffTopic) =>
    setTopics(topics.map((each, place) => (place === at ? topic : each)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const named = topics.filter(({ name }) => name.trim()).map(trimmed);
    save.mutate({ tone: tone.trim(), forbidden, handOff: { keywords, topics: named } });
  };
  return (
    <Card title={t("copilot.rules.title")} lead={t("copilot.rules.lead")}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("copilot.rules.tone")}
            description={t(rules.model ? "copilot.rules.toneHint" : "copilot.rules.toneNoModel")}
            placeholder={t("copilot.rules.tonePlaceholder")}
            maxLength={200}
            value={tone}
            onChange={(event) => setTone(event.currentTarget.value)}
          />
          <TagsInput
            label={t("copilot.rules.forbidden")}
            description={t("copilot.rules.forbiddenHint")}
            maxTags={100}
            value={forbidden}
            onChange={setForbidden}
          />
          <TagsInput
            label={t("copilot.rules.keywords")}
            description={t("copilot.rules.keywordsHint")}
            maxTags={200}
            value={keywords}
            onChange={setKeywords}
          />
          <fieldset style={{ margin: 0, padding: 0, border: 0 }}>
            <legend style={{ padding: 0, fontWeight: 500 }}>{t("copilot.rules.topics")}</legend>
            <Text size="xs" c="dimmed">
              {t("copilot.rules.topicsHint")}
            </Text>
            <Stack gap="sm" mt={6}>
              {topics.map((topic, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: topics have no identity but their place while they are typed
                <Group key={at} align="start" gap="xs">
                  <TextInput
                    label={t("copilot.rules.topic")}
                    w={200}
                    maxLength={100}
                    value={topic.name}
                    onChange={(event) => setTopic(at, { ...topic, name: event.currentTarget.value })}
                  />
                  <Textarea
                    label={t("copilot.rules.examples")}
                    flex={1}
                    miw={200}
                    autosize
                    minRows={1}
                    maxRows={6}
                    dir="auto"
                    value={(topic.examples[workspace.locale] ?? []).join("\n")}
                    onChange={(event) => {
                      const lines = event.currentTarget.value.split("\n");
                      setTopic(at, { ...topic, examples: { ...topic.examples, [workspace.locale]: lines } });
                    }}
                  />
                  <Button
                    mt={24}
                    variant="subtle"
                    color="red"
                    leftSection={<IconTrash size={15} />}
                    onClick={() => setTopics(topics.filter((_, place) => place !== at))}
                  >
                    {t("actions.delete")}
                  </Button>
                </Group>
              ))}
              <div>
                <Button
                  size="xs"
                  variant="subtle"
                  leftSection={<IconPlus size={14} />}
                  disabled={topics.length >= 50}
                  onClick={() => setTopics([...topics, { name: "", examples: {} }])}
                >
                  {t("copilot.rules.addTopic")}
                </Button>
              </div>
            </Stack>
          </fieldset>
          <div>
            <Button type="submit" loading={save.isPending}>
              {t("actions.save")}
            </Button>
          </div>
        </Stack>
      </form>
    </Card>
  );
}

/** A topic as it is saved: no empty lines. */
function trimmed({ name, examples }: HandOffTopic): HandOffTopic {
  const lines = Object.entries(examples).map(([locale, all]) => [
    locale,
    all.map((line) => line.trim()).filter(Boolean),
  ]);
  return { name: name.trim(), examples: Object.fromEntries(lines.filter(([, all]) => all?.length)) };
}

function Budget({ rules }: { rules: BotRulesView }) {
  const { t } = useText();
  const usage = useQuery({ queryKey: keys.botUsage, queryFn: getBotUsage, enabled: rules.model });
  const [tokens, setTokens] = useState(rules.budget.tokens);
  const [money, setMoney] = useState(rules.budget.money);
  const [price, setPrice] = useState(rules.budget.pricePerMillion);
  const [currency, setCurrency] = useState(rules.budget.currency);
  const save = useSaveRules();
  const number = (set: (value: number | null) => void) => (value: string | number) =>
    set(value === "" ? null : Number(value));
  if (!rules.model) {
    return (
      <Card title={t("copilot.budget.title")}>
        <Text size="sm" c="dimmed">
          {t("copilot.noModel")}
        </Text>
      </Card>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ budget: { tokens, money, pricePerMillion: price, currency } });
  };
  return (
    <Card title={t("copilot.budget.title")} lead={t("copilot.budget.lead")}>
      <form onSubmit={submit}>
        <Stack>
          {usage.data && <Usage usage={usage.data} />}
          <Group align="start" grow>
            <NumberInput
              label={t("copilot.budget.tokens")}
              placeholder={t("copilot.budget.none")}
              min={0}
              allowDecimal={false}
              thousandSeparator
              value={tokens ?? ""}
              onChange={number(setTokens)}
            />
            <NumberInput
              label={t("copilot.budget.money", { currency })}
              placeholder={t("copilot.budget.none")}
              min={0}
              value={money ?? ""}
              onChange={number(setMoney)}
            />
          </Group>
          <Group align="start" grow>
            <NumberInput
              label={t("copilot.budget.price", { currency })}
              min={0}
              value={price ?? ""}
              onChange={number(setPrice)}
            />
            <TextInput
              label={t("copilot.budget.currency")}
              maxLength={3}
              value={currency}
              onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
            />
          </Group>
          <div>
            <Button type="submit" loading={save.isPending} disabled={!/^[A-Z]{3}$/.test(currency)}>
              {t("actions.save")}
            </Button>
          </div>
        </Stack>
      </form>
    </Card>
  );
}
