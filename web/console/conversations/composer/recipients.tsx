import { TagsInput } from "@mantine/core";
import { useState } from "react";
import { useText } from "../../texts.ts";
import styles from "./composer.module.css";
import { isAddress } from "./reply-channel.ts";

/** postMessageSchema's most. */
const MOST = 20;

export interface Copies {
  cc: string[];
  bcc: string[];
}

interface RecipientsProps extends Copies {
  /** Whom the message itself goes to; none where that is entered elsewhere. */
  to?: string;
  onChange(copies: Copies): void;
}

/** To whom a reply goes, with copies where the channel has them. */
export function Recipients({ to, cc, bcc, onChange }: RecipientsProps) {
  const { t } = useText();
  const [shown, setShown] = useState({ cc: cc.length > 0, bcc: bcc.length > 0 });
  const visible = { cc: shown.cc || cc.length > 0, bcc: shown.bcc || bcc.length > 0 };
  const values = { cc, bcc };
  return (
    <div className={styles.recipients} data-alone={to === undefined || undefined}>
      <div className={styles.to}>
        {to !== undefined && (
          <span className={styles.toAddress} data-missing={to === "" || undefined}>
            {t("mailboxes.fields.to")} <bdi>{to || t("mailboxes.compose.noAddress")}</bdi>
          </span>
        )}
        {(["cc", "bcc"] as const).map(
          (field) =>
            !visible[field] && (
              <button
                key={field}
                type="button"
                className={styles.copyButton}
                onClick={() => setShown({ ...shown, [field]: true })}
              >
                {t(`mailboxes.fields.${field}`)}
              </button>
            ),
        )}
      </div>
      {(["cc", "bcc"] as const).map((field) => {
        const wrong = values[field].find((address) => !isAddress(address));
        return (
          visible[field] && (
            <div key={field} className={styles.copies}>
              <span aria-hidden="true">{t(`mailboxes.fields.${field}`)}</span>
              <TagsInput
                size="xs"
                variant="unstyled"
                aria-label={t(`mailboxes.fields.${field}`)}
                placeholder={values[field].length === 0 ? "name@example.com" : undefined}
                type="email"
                maxTags={MOST}
                splitChars={[",", ";", " "]}
                autoFocus={shown[field] && values[field].length === 0}
                acceptValueOnBlur
                value={values[field]}
                error={wrong && t("mailboxes.compose.wrongAddress", { address: wrong })}
                onChange={(next) => onChange({ ...values, [field]: next })}
              />
            </div>
          )
        );
      })}
    </div>
  );
}
