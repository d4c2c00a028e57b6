import { Button, Switch } from "@mantine/core";
import { IconLanguage } from "@tabler/icons-react";
import { useState } from "react";
import type { Message } from "../../../../contract/message.ts";
import { displayName } from "../../../ui/format.ts";
import { explainError } from "../../errors.ts";
import { useText } from "../../texts.ts";
import styles from "./copilot.module.css";
import { type Reading, useReadingLocale } from "./use-reading.ts";

/** Above a thread in another language: whether its messages are shown in the reader's, too. */
export function TranslateStrip({ reading, spoken }: { reading: Reading; spoken: string }) {
  const { t, locale: shownIn } = useText();
  const { to, on, offered, error, toggle, retry } = reading;
  if (!offered) return null;
  return (
    <div className={styles.strip}>
      <IconLanguage size={16} stroke={1.7} aria-hidden="true" />
      <Switch
        size="xs"
        label={t("copilot.translation.show", { from: spoken, to: displayName("language", to, shownIn) })}
        checked={on}
        onChange={(event) => toggle(event.currentTarget.checked)}
      />
      {on && error !== undefined && (
        <>
          <span role="alert">{explainError(error, t)}</span>
          <Button size="compact-xs" variant="subtle" onClick={retry}>
            {t("actions.retry")}
          </Button>
        </>
      )}
    </div>
  );
}

/** A message's other wording: what it means in the reader's language, or what the buyer got. The original stands above. */
export function MessageTranslation({ message, shown }: { message: Message; shown: boolean }) {
  const { t, locale: shownIn } = useText();
  const to = useReadingLocale();
  const [hidden, setHidden] = useState(false);
  const { sentIn, translations, translationFailed } = message;
  if (translationFailed) return <span className={styles.mark}>{t("copilot.translation.failed")}</span>;
  const locale = sentIn ?? to;
  const text = translations?.[locale]?.text;
  if (text === undefined || text === message.text || (!sentIn && !shown)) return null;
  return (
    <>
      {!hidden && (
        <p className={styles.translation} dir="auto" lang={locale}>
          {text}
        </p>
      )}
      <span className={styles.mark}>
        <IconLanguage size={13} aria-hidden="true" />
        {sentIn
          ? t("copilot.translation.sentIn", { language: displayName("language", sentIn, shownIn) })
          : t("copilot.translation.by", { language: displayName("language", locale, shownIn) })}
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setHidden(!hidden)}>
          {t(hidden ? "copilot.translation.unfold" : "copilot.translation.fold")}
        </Button>
      </span>
    </>
  );
}
