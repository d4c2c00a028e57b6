import {
  ActionIcon,
  Anchor,
  Button,
  FileButton,
  Group,
  Modal,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import { IconTrash, IconUpload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Attachment } from "../../../../contract/attachment.ts";
import { DOCUMENT_KINDS, type DocumentKind, type ProductDocument } from "../../../../contract/document.ts";
import { LOCALE_NAMES, LOCALES, type Locale, type Localized } from "../../../../contract/locales.ts";
import { formatBytes } from "../../../ui/format.ts";
import { createDocument, updateDocument } from "../../api/bot-calls.ts";
import { uploadAttachment } from "../../api/calls.ts";
import { keys } from "../../api/keys.ts";
import { explainError } from "../../errors.ts";
import { useSession } from "../../session/use-session.ts";
import { useText } from "../../texts.ts";
import page from "../page.module.css";
import { useSave } from "../use-save.ts";

/** A new document, or one to be changed: what it is called, for which products, and a file for each language. */
export function DocumentDialog({ document, onClose }: { document: ProductDocument | undefined; onClose(): void }) {
  const { t } = useText();
  const client = useQueryClient();
  const { workspace } = useSession();
  const [title, setTitle] = useState(document?.title ?? "");
  const [kind, setKind] = useState<DocumentKind>(document?.kind ?? "manual");
  const [products, setProducts] = useState(document?.products ?? []);
  const [files, setFiles] = useState<Localized<Attachment>>(document?.files ?? {});
  const [language, setLanguage] = useState<Locale>(workspace.locale);
  const shown = LOCALES.filter((locale) => files[locale]);
  const upload = useMutation({
    mutationFn: async ({ locale, file }: { locale: Locale; file: File }) => {
      const attachment = await uploadAttachment(file, () => {});
      setFiles((before) => ({ ...before, [locale]: attachment }));
    },
  });
  const save = useSave({
    save: () => {
      const ids = Object.fromEntries(shown.map((locale) => [locale, files[locale]?.id ?? ""]));
      const input = { title: title.trim(), kind, products };
      if (!document) return createDocument({ ...input, files: ids });
      const gone = LOCALES.filter((locale) => document.files[locale] && !files[locale]);
      return updateDocument(document.id, {
        ...input,
        files: { ...ids, ...Object.fromEntries(gone.map((locale) => [locale, null])) },
      });
    },
    onSaved: async () => {
      await client.invalidateQueries({ queryKey: keys.documents });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={document ? t("copilot.documents.editTitle") : t("copilot.documents.add")}
      size="lg"
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("copilot.documents.name")}
            description={t("copilot.documents.nameHint")}
            required
            maxLength={200}
            data-autofocus
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
          <Select
            label={t("copilot.documents.kind")}
            data={DOCUMENT_KINDS.map((value) => ({ value, label: t(`copilot.documents.kinds.${value}`) }))}
            value={kind}
            allowDeselect={false}
            onChange={(value) => value && setKind(value as DocumentKind)}
          />
          <TagsInput
            label={t("copilot.documents.products")}
            description={t("copilot.documents.productsHint")}
            maxTags={50}
            value={products}
            onChange={setProducts}
          />
          <div>
            <Text fw={500} size="sm">
              {t("copilot.documents.files")}
            </Text>
            <Text size="xs" c="dimmed">
              {t("copilot.documents.filesHint")}
            </Text>
            <ul className={page.rows}>
              {shown.map((locale) => {
                const file = files[locale];
                return (
                  file && (
                    <li key={locale} className={page.rowItem}>
                      <div className={page.rowText}>
                        <strong lang={locale}>{LOCALE_NAMES[locale]}</strong>
                        <FileName file={file} />
                      </div>
                      <ActionIcon
                        color="red"
                        aria-label={t("copilot.documents.removeFile", { language: LOCALE_NAMES[locale] })}
                        onClick={() => {
                          const { [locale]: _gone, ...others } = files;
                          setFiles(others);
                        }}
                      >
                        <IconTrash size={16} stroke={1.7} />
                      </ActionIcon>
                    </li>
                  )
                );
              })}
            </ul>
            <Group align="end" gap="xs" mt={4}>
              <Select
                label={t("copilot.documents.language")}
                data={LOCALES.map((code) => ({ value: code, label: LOCALE_NAMES[code] }))}
                value={language}
                allowDeselect={false}
                searchable
                onChange={(value) => value && setLanguage(value as Locale)}
              />
              <FileButton
                accept="application/pdf,image/*,text/plain"
                onChange={(file) => file && upload.mutate({ locale: language, file })}
              >
                {(props) => (
                  <Button
                    {...props}
                    variant="default"
                    leftSection={<IconUpload size={16} />}
                    loading={upload.isPending}
                  >
                    {files[language] ? t("copilot.documents.replace") : t("copilot.documents.upload")}
                  </Button>
                )}
              </FileButton>
            </Group>
            {upload.error && (
              <Text c="red" size="sm" role="alert" mt={4}>
                {explainError(upload.error, t)}
              </Text>
            )}
          </div>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("actions.cancel")}
            </Button>
            <Button type="submit" disabled={!title.trim() || shown.length === 0} loading={save.isPending}>
              {t("actions.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function FileName({ file }: { file: Attachment }) {
  const { locale } = useText();
  return (
    <small>
      <Anchor href={file.url} target="_blank" rel="noreferrer" size="sm">
        <bdi>{file.name}</bdi>
      </Anchor>{" "}
      · {formatBytes(file.size, locale)}
    </small>
  );
}
