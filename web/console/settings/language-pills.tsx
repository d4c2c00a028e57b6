import { Menu } from "@mantine/core";
import { IconAlertTriangle, IconPlus } from "@tabler/icons-react";
import { LOCALE_NAMES, LOCALES, type Locale } from "../../../contract/locales.ts";
import { useText } from "../texts.ts";
import styles from "./inboxes/inboxes.module.css";

interface LanguagePillsProps {
  /** Languages that have something. */
  languages: readonly Locale[];
  chosen: Locale;
  /** Languages in which something is missing. */
  incomplete?: ReadonlySet<Locale>;
  onChoose(locale: Locale): void;
}

/** The languages of a text, one chosen to be edited, and a way to add another. */
export function LanguagePills({ languages, chosen, incomplete, onChoose }: LanguagePillsProps) {
  const { t } = useText();
  const shown = LOCALES.filter((locale) => languages.includes(locale) || locale === chosen);
  const others = LOCALES.filter((locale) => !shown.includes(locale));
  return (
    <fieldset className={styles.languages} aria-label={t("settings.languages")}>
      {shown.map((locale) => (
        <button
          key={locale}
          type="button"
          className={styles.language}
          aria-pressed={locale === chosen}
          data-broken={incomplete?.has(locale) || undefined}
          onClick={() => onChoose(locale)}
        >
          <bdi lang={locale}>{LOCALE_NAMES[locale]}</bdi>
          {incomplete?.has(locale) && (
            <IconAlertTriangle size={13} role="img" aria-label={t("settings.languageIncomplete")} />
          )}
        </button>
      ))}
      {others.length > 0 && (
        <Menu position="bottom-start">
          <Menu.Target>
            <button type="button" className={styles.language}>
              <IconPlus size={13} aria-hidden="true" />
              {t("settings.addLanguage")}
            </button>
          </Menu.Target>
          <Menu.Dropdown mah={320} style={{ overflowY: "auto" }}>
            {others.map((locale) => (
              <Menu.Item key={locale} lang={locale} onClick={() => onChoose(locale)}>
                {LOCALE_NAMES[locale]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </fieldset>
  );
}
