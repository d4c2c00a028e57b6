import { Alert, Button, Code, FileButton, Group, Modal, Select, Stack, Tabs, Text, TextInput } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import type { FaqPreviewInput, FaqPreviewResult } from "../../../../contract/faq.ts";
import { LOCALE_NAMES, LOCALES, type Locale } from "../../../../contract/locales.ts";
import { previewFaqImport } from "../../api/bot-calls.ts";
import { importFaqs } from "../../api/calls.ts";
import { keys } from "../../api/keys.ts";
import { explainError } from "../../errors.ts";
import { useSession } from "../../session/use-session.ts";
import { useText } from "../../texts.ts";
import { ImportPreview } from "./import-preview.tsx";
import { type ReadImport, readImport } from "./read-import.ts";

const EXAMPLES = {
  csv: `question,answer,locale\n"How do I return an item?","Within 30 days …",en`,
  markdown: "## How do I return an item?\nWithin 30 days …",
  json: `[{"externalId": "returns", "questions": {"en": ["How do I return an item?"]}, "answers": {"en": "…"}}]`,
};

/** Entries from a file or a help-centre page; what would change is shown before anything is saved. */
export function FaqImport() {
  const { t } = useText();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<IconFileImport size={16} stroke={1.7} />} onClick={() => setOpened(true)}>
        {t("settings.faq.import")}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={t("settings.faq.importTitle")} size="xl">
        {opened && <Import onClose={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

type Source = FaqPreviewInput | { format: "json"; content: string };

function Import({ onClose }: { onClose(): void }) {
  const { t } = useText();
  const client = useQueryClient();
  const { workspace } = useSession();
  const [language, setLanguage] = useState<Locale>(workspace.locale);
  const [address, setAddress] = useState("");
  const [wrong, setWrong] = useState<Extract<ReadImport, { ok: false }>>();
  const reset = useRef<() => void>(null);
  const run = useMutation({
    mutationFn: importFaqs,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.faqs }),
  });
  const look = useMutation({
    mutationFn: async (source: Source): Promise<FaqPreviewResult | undefined> => {
      if (source.format !== "json") return previewFaqImport(source);
      const read = readImport(source.content);
      setWrong(read.ok ? undefined : read);
      return read.ok ? { entries: read.entries, effects: [], problems: [] } : undefined;
    },
    onMutate: () => {
      setWrong(undefined);
      run.reset();
    },
  });
  const choose = async (file: File | null) => {
    if (!file) return;
    const content = await file.text();
    reset.current?.();
    const extension = file.name.slice(file.name.lastIndexOf(".") + 1).toLowerCase();
    const format = extension === "json" ? "json" : ["csv", "tsv"].includes(extension) ? "csv" : "markdown";
    look.mutate(format === "json" ? { format, content } : { format, content, locale: language });
  };
  const fetchPage = (event: FormEvent) => {
    event.preventDefault();
    look.mutate({ format: "url", url: address.trim(), locale: language });
  };
  const error = look.error ?? run.error;
  const entries = look.data?.entries ?? [];
  return (
    <Stack>
      <Select
        label={t("copilot.import.language")}
        description={t("copilot.import.languageHint")}
        data={LOCALES.map((code) => ({ value: code, label: LOCALE_NAMES[code] }))}
        value={language}
        allowDeselect={false}
        searchable
        maw={360}
        onChange={(value) => value && setLanguage(value as Locale)}
      />
      <Tabs defaultValue="file" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="file">{t("copilot.import.file")}</Tabs.Tab>
          <Tabs.Tab value="page">{t("copilot.import.page")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="file" pt="md">
          <Stack gap="sm">
            <Text size="sm">{t("copilot.import.fileLead")}</Text>
            {Object.entries(EXAMPLES).map(([format, example]) => (
              <details key={format}>
                <summary>{t(`copilot.import.formats.${format as keyof typeof EXAMPLES}`)}</summary>
                <Code block dir="ltr" tabIndex={0} mt={4}>
                  {example}
                </Code>
              </details>
            ))}
            <div>
              <FileButton
                accept=".csv,.tsv,.md,.markdown,.json,text/csv,text/markdown,application/json"
                resetRef={reset}
                onChange={(file) => void choose(file)}
              >
                {(props) => (
                  <Button {...props} variant="default" loading={look.isPending}>
                    {t("settings.faq.importChoose")}
                  </Button>
                )}
              </FileButton>
            </div>
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="page" pt="md">
          <form onSubmit={fetchPage}>
            <Group align="end" gap="xs">
              <TextInput
                type="url"
                label={t("copilot.import.address")}
                description={t("copilot.import.addressHint")}
                placeholder="https://shop.example/help"
                dir="ltr"
                flex={1}
                miw={240}
                required
                value={address}
                onChange={(event) => setAddress(event.currentTarget.value)}
              />
              <Button type="submit" variant="default" loading={look.isPending} disabled={!address.trim()}>
                {t("copilot.import.look")}
              </Button>
            </Group>
          </form>
        </Tabs.Panel>
      </Tabs>
      <div role="status" aria-live="polite">
        {wrong && (
          <Alert color="red" variant="light">
            {wrong.problem === "wrongEntry"
              ? t("settings.faq.importProblems.wrongEntry", { at: wrong.at, path: wrong.path, detail: wrong.detail })
              : t(`settings.faq.importProblems.${wrong.problem}`)}
          </Alert>
        )}
        {error && (
          <Alert color="red" variant="light">
            {explainError(error, t)}
          </Alert>
        )}
        {look.data && !run.data && <ImportPreview result={look.data} />}
        {run.data && (
          <Alert color="teal" variant="light">
            {t("settings.faq.imported", { ...run.data })}
          </Alert>
        )}
      </div>
      <Group justify="flex-end" gap="xs">
        {run.data ? (
          <Button onClick={onClose}>{t("actions.done")}</Button>
        ) : (
          <Button disabled={entries.length === 0} loading={run.isPending} onClick={() => run.mutate(entries)}>
            {t("settings.faq.import")}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
