import { Alert, Button, FileButton, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import { IconChevronDown, IconFileExport, IconFileImport } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { ApiError } from "../../ui/http.ts";
import { explainError } from "../errors.ts";
import { useSave } from "../settings/use-save.ts";
import { templateKeys } from "../templates/calls.ts";
import { useText } from "../texts.ts";
import { automationKeys, exportAutomations, importAutomations } from "./calls.ts";
import { type ReadRuleFile, readRuleFile } from "./read-rule-file.ts";

/** Rules and their templates to a file, and from one. */
export function RuleFiles() {
  const { t } = useText();
  const [importing, setImporting] = useState(false);
  const save = useSave({ save: exportAutomations, onSaved: (file) => download(file), said: false });
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} />} loading={save.isPending}>
            {t("automations.files.title")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFileExport size={16} />} onClick={() => save.mutate()}>
            {t("automations.files.export")}
          </Menu.Item>
          <Menu.Item leftSection={<IconFileImport size={16} />} onClick={() => setImporting(true)}>
            {t("automations.files.import")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {importing && <ImportDialog onClose={() => setImporting(false)} />}
    </>
  );
}

function download(file: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(file, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "automations.json";
  link.click();
  URL.revokeObjectURL(url);
}

function ImportDialog({ onClose }: { onClose(): void }) {
  const { t } = useText();
  const client = useQueryClient();
  const [read, setRead] = useState<ReadRuleFile>();
  const reset = useRef<() => void>(null);
  const run = useMutation({
    mutationFn: importAutomations,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: automationKeys.all });
      void client.invalidateQueries({ queryKey: templateKeys.all });
    },
  });
  const choose = async (file: File | null) => {
    if (!file) return;
    run.reset();
    setRead(readRuleFile(await file.text()));
    reset.current?.();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("automations.files.import")}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      <Stack>
        <Text>{t("automations.files.importLead")}</Text>
        <div role="status" aria-live="polite">
          {read && !read.ok && (
            <Alert color="red" variant="light">
              {t("automations.files.wrong")} {read.where && <bdi dir="ltr">{read.where}</bdi>}
            </Alert>
          )}
          {read?.ok && !run.data && (
            <Text>{t("automations.files.ready", { rules: read.rules, templates: read.templates })}</Text>
          )}
          {run.error && (
            <Alert color="red" variant="light">
              {explainError(run.error, t)} {run.error instanceof ApiError && firstIssue(run.error)}
            </Alert>
          )}
          {run.data && (
            <Alert color="teal" variant="light">
              {t("automations.files.imported", {
                created: run.data.automations.created + run.data.templates.created,
                updated: run.data.automations.updated + run.data.templates.updated,
              })}
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
            <Button onClick={onClose}>{t("actions.done")}</Button>
          ) : (
            <Button disabled={!read?.ok} loading={run.isPending} onClick={() => read?.ok && run.mutate(read.file)}>
              {t("automations.files.import")}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function firstIssue({ details }: ApiError): string {
  const { issues } = (details ?? {}) as { issues?: { path: string; message: string }[] };
  return issues?.[0] ? `${issues[0].path}: ${issues[0].message}` : "";
}
