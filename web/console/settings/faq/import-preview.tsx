import { Alert, ScrollArea, Table, Text } from "@mantine/core";
import type { FaqPreviewResult } from "../../../../contract/faq.ts";
import { LOCALE_NAMES, localized } from "../../../../contract/locales.ts";
import { Tag } from "../../../ui/tag.tsx";
import { useText } from "../../texts.ts";
import { draftOf, languagesOf, titleOf } from "./faq-draft.ts";

const TONES = { create: "resolved", update: "waiting", unchanged: undefined } as const;

/** What an import would do, entry by entry, and the lines it leaves out. */
export function ImportPreview({ result: { entries, effects, problems } }: { result: FaqPreviewResult }) {
  const { t, locale } = useText();
  return (
    <>
      <Text size="sm" mb="xs">
        {entries.length === 0 ? t("copilot.import.nothing") : t("settings.faq.importReady", { count: entries.length })}
      </Text>
      {problems.length > 0 && (
        <Alert color="yellow" variant="light" mb="sm">
          <strong>{t("copilot.import.leftOut", { count: problems.length })}</strong>
          <ul style={{ margin: 0, paddingInlineStart: 18 }}>
            {problems.slice(0, 20).map(({ line, code, text }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes while it is shown
              <li key={at}>
                {line !== undefined && `${t("copilot.import.line", { line })} · `}
                {t(`copilot.import.problems.${code}`)}
                {text && (
                  <>
                    {" – "}
                    <bdi>{text.slice(0, 80)}</bdi>
                  </>
                )}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      {entries.length > 0 && (
        <ScrollArea.Autosize mah={320} type="auto">
          <Table striped aria-label={t("settings.faq.entries")}>
            <Table.Tbody>
              {entries.slice(0, 200).map((entry, at) => {
                const effect = effects[at];
                const languages = languagesOf(draftOf({ ...entry, enabled: true }));
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes while it is shown
                  <Table.Tr key={at}>
                    <Table.Td>
                      <bdi dir="auto">{titleOf(entry, locale) ?? t("settings.faq.untitled")}</bdi>
                      <Text size="xs" c="dimmed" lineClamp={1} dir="auto">
                        {localized(entry.answers, locale)}
                      </Text>
                    </Table.Td>
                    <Table.Td>{languages.map((code) => LOCALE_NAMES[code]).join(", ")}</Table.Td>
                    <Table.Td>
                      {effect && <Tag tone={TONES[effect]}>{t(`copilot.import.effects.${effect}`)}</Tag>}
                    </Table.Td>
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      )}
    </>
  );
}
