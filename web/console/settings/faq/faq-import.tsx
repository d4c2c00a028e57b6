import { Alert, Button, Code, FileButton, Group, Modal, Stack, Text } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { importFaqs } from "../../api/calls.ts";
import { keys } from "../../api/keys.ts";
import { explainError } from "../../errors.ts";
import { useText } from "../../texts.ts";
import { type ReadImport, readImport } from "./read-import.ts";

const EXAMPLE = `[{
  "externalId": "returns",
  "questions": { "en": ["How do I return an item?"], "es": ["¿Cómo devuelvo un artículo?"] },
  "answers": { "en": "…", "es": "…" }
}]`;

export function FaqImport() {
  const { t } = useText();
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  const [read, setRead] = useState<ReadImport>();
  const reset = useRef<() => void>(null);
  const run = useMutation({
    mutationFn: importFaqs,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.faqs }),
  });
  const close = () => {
    setOpened(false);
    setRead(undefined);
    run.reset();
  };
  const choose = async (file: File | null) => {
    if (!file) return;
    run.reset();
    setRead(readImport(await file.text()));
    reset.current?.();
  };
  return (
    <>
      <Button variant="default" leftSection={<IconFileImport size={16} stroke={1.7} />} onClick={() => setOpened(true)}>
        {t("settings.faq.import")}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={t("settings.faq.importTitle")}
        size="lg"
        closeButtonProps={{ "aria-label": t("actions.close") }}
      >
        <Stack>
          <Text>{t("settings.faq.importLead")}</Text>
          <Code block dir="ltr" tabIndex={0}>
            {EXAMPLE}
          </Code>
          <div role="status" aria-live="polite">
            {read && !read.ok && (
              <Alert color="red" variant="light">
                {read.problem === "wrongEntry"
                  ? t("settings.faq.importProblems.wrongEntry", { at: read.at, path: read.path, detail: read.detail })
                  : t(`settings.faq.importProblems.${read.problem}`)}
              </Alert>
            )}
            {read?.ok && !run.data && <Text>{t("settings.faq.importReady", { count: read.entries.length })}</Text>}
            {run.error && (
              <Alert color="red" variant="light">
                {explainError(run.error, t)}
              </Alert>
            )}
            {run.data && (
              <Alert color="teal" variant="light">
                {t("settings.faq.imported", { ...run.data })}
              </Alert>
            )}
          </div>
          <Group justify="flex-end" gap="xs">
            <FileButton accept="application/json,.json" resetRef={reset} onChange={(file) => void choose(file)}>
              {(props) => (
                <Button {...props} variant="default">
                  {t("settings.faq.importChoose")}
                </Button>
              )}
            </FileButton>
            {run.data ? (
              <Button onClick={close}>{t("actions.done")}</Button>
            ) : (
              <Button disabled={!read?.ok} loading={run.isPending} onClick={() => read?.ok && run.mutate(read.entries)}>
                {t("settings.faq.import")}
              </Button>
            )}
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
