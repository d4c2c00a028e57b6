import { Loader } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { directionOf } from "../../../contract/locales.ts";
import type { TemplatePreview, TemplateProblem } from "../../../contract/template.ts";
import { formatNumber } from "../../ui/format.ts";
import { PlainText } from "../../ui/plain-text.tsx";
import { Failed } from "../shell/states.tsx";
import { type TextKey, type Translate, useText } from "../texts.ts";
import { type PreviewInput, previewTemplate, templateKeys } from "./calls.ts";
import { MailFrame } from "./mail-frame.tsx";
import styles from "./templates.module.css";

/** What a buyer would read, renewed as the input changes. */
export function usePreview(input: PreviewInput | undefined) {
  return useQuery({
    queryKey: templateKeys.preview(input ?? { locale: "en", channel: "email" }),
    queryFn: ({ signal }) => previewTemplate(input!, signal),
    enabled: input !== undefined,
    placeholderData: keepPreviousData,
    // Of a text that is being typed every state is asked for once and never again.
    gcTime: 30_000,
  });
}

/** The message as its channel shows it, with what is wrong in place of what can not be filled in. */
export function MessagePreview({ query }: { query: ReturnType<typeof usePreview> }) {
  const { t, locale } = useText();
  const { data, error, refetch } = query;
  if (!data) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loader size="sm" />;
  const over = data.length > data.maxLength;
  return (
    <div>
      {/* The live region stays while the list comes and goes; on the list itself the role would unmake it. */}
      <div role="status">
        {data.problems.length > 0 && (
          <ul className={styles.problems}>
            {data.problems.map((problem) => (
              <li key={`${problem.part} ${problem.kind} ${problem.detail}`}>{problemWords(problem, t)}</li>
            ))}
          </ul>
        )}
      </div>
      {(data.text !== "" || data.problems.length === 0) && <Shown preview={data} />}
      <p className={styles.length} data-over={over || undefined}>
        {t("automations.preview.length", {
          length: formatNumber(data.length, locale),
          max: formatNumber(data.maxLength, locale),
        })}
      </p>
    </div>
  );
}

function Shown({ preview }: { preview: TemplatePreview }) {
  const { t } = useText();
  const { channel, subject, text, from, html, locale } = preview;
  const direction = directionOf(locale);
  if (html !== undefined) {
    return (
      <div className={styles.mail} dir={direction} lang={locale}>
        <div className={styles.mailHead}>
          {from && <bdi className={styles.from}>{from}</bdi>}
          {subject && <p className={styles.subject}>{subject}</p>}
        </div>
        <MailFrame html={html} title={t("automations.preview.mail")} />
      </div>
    );
  }
  return (
    <div className={styles.chat} data-channel={channel} dir={direction} lang={locale}>
      <p className={styles.bubble}>
        <PlainText text={text} />
      </p>
    </div>
  );
}

/** What is wrong with a template, with its place where that is known. */
export function problemWords({ kind, detail, line, column }: TemplateProblem, t: Translate): string {
  const what = t(`automations.problems.${kind}` as TextKey, { detail });
  return line === undefined ? what : t("automations.preview.place", { what, line, column: column ?? 1 });
}
