import { Tooltip } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { ContactSummary } from "../../../../contract/conversation.ts";
import { displayName, formatDate, isTimeZone } from "../../../ui/format.ts";
import { useNow } from "../../../ui/now.ts";
import { Tag } from "../../../ui/tag.tsx";
import { useText } from "../../texts.ts";
import styles from "./panel.module.css";

/** A name and its value in a list of facts. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </>
  );
}

/** Who a buyer is, as far as the shop knows. */
export function ContactFacts({ contact }: { contact: ContactSummary }) {
  const { t, locale } = useText();
  const now = useNow();
  return (
    <>
      <p className={styles.name}>
        <bdi>{contact.name || t("contact.unnamed")}</bdi>
        {contact.verified && (
          <Tooltip label={t("contact.verifiedHint")}>
            <span>
              <Tag tone="resolved" icon={<IconShieldCheck size={13} aria-hidden="true" />}>
                {t("contact.verified")}
              </Tag>
            </span>
          </Tooltip>
        )}
      </p>
      <dl className={styles.facts}>
        {contact.email && <Fact name={t("contact.email")}>{contact.email}</Fact>}
        {contact.emailHint && (
          <Fact name={t("contact.email")}>
            {contact.emailHint}{" "}
            <Tooltip
              label={t("contact.unconfirmedHint")}
              multiline
              maw={280}
              events={{ hover: true, focus: true, touch: true }}
            >
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the hint is to be had by keyboard, too. */}
              <span tabIndex={0}>
                <Tag tone="waiting">{t("contact.unconfirmed")}</Tag>
              </span>
            </Tooltip>
          </Fact>
        )}
        {contact.locale && <Fact name={t("contact.language")}>{displayName("language", contact.locale, locale)}</Fact>}
        {contact.country && <Fact name={t("contact.country")}>{displayName("region", contact.country, locale)}</Fact>}
        {isTimeZone(contact.timeZone) && (
          <Fact name={t("contact.localTime")}>{formatDate(new Date(now), "time", locale, contact.timeZone)}</Fact>
        )}
      </dl>
    </>
  );
}
