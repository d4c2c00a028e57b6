import { IconAlertTriangle, IconChevronDown, IconMailOff, IconRobot } from "@tabler/icons-react";
import { useState } from "react";
import type { MessageOriginal } from "../../../../contract/message.ts";
import { Tag } from "../../../ui/tag.tsx";
import { type TextKey, type Translate, useText } from "../../texts.ts";
import styles from "./original.module.css";

/** Reports that something of ours did not arrive, or was not wanted. */
const BAD_NEWS = new Set(["bounce", "complaint"]);

interface OriginalHeadProps {
  original: MessageOriginal;
  /** The thread's subject until here: one that stays is not repeated. */
  subject: string | undefined;
}

/** What stands above a message that has a subject and addresses, and what its reader should know of it. */
export function OriginalHead({ original, subject }: OriginalHeadProps) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const { from, to, cc, bcc = [], kind, notes } = original;
  const first = to[0];
  const others = Math.max(0, to.length - 1) + cc.length + bcc.length;
  const changed = original.subject !== "" && bareSubject(original.subject) !== bareSubject(subject ?? "");
  return (
    <header className={styles.head}>
      {changed && (
        <h3 className={styles.subject} dir="auto">
          {original.subject}
        </h3>
      )}
      {(from || first) && (
        <button type="button" className={styles.route} aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className={styles.addresses}>
            {from && <bdi>{from.address}</bdi>}
            {first && (
              <>
                <span aria-hidden="true" className="parley-flip">
                  →
                </span>
                <span className="parley-hidden">{t("mailboxes.fields.to")}</span> <bdi>{first.address}</bdi>
              </>
            )}
            {others > 0 && <span dir="ltr">{t("mailboxes.others", { count: others })}</span>}
          </span>
          <IconChevronDown size={13} className={open ? styles.up : undefined} aria-hidden="true" />
        </button>
      )}
      {open && <People original={original} />}
      {(kind || notes.length > 0) && (
        <ul className={styles.notes}>
          {kind && (
            <li>
              <Tag
                tone={BAD_NEWS.has(kind) ? "late" : "neutral"}
                icon={
                  BAD_NEWS.has(kind) ? (
                    <IconMailOff size={13} aria-hidden="true" />
                  ) : (
                    <IconRobot size={13} aria-hidden="true" />
                  )
                }
              >
                {inWords(t, `email.kinds.${kind}`, kind)}
              </Tag>
            </li>
          )}
          {notes.map((note) => (
            <li key={note} className={styles.note}>
              <IconAlertTriangle size={14} aria-hidden="true" />
              {inWords(t, `email.notes.${note}`, note)}
            </li>
          ))}
        </ul>
      )}
    </header>
  );
}

/** Everybody it came from and went to. */
export function People({ original }: { original: MessageOriginal }) {
  const { t } = useText();
  const rows = [
    ["from", original.from ? [original.from] : []],
    ["to", original.to],
    ["cc", original.cc],
    ["bcc", original.bcc ?? []],
  ] as const;
  return (
    <dl className={styles.people}>
      {rows.map(([field, people]) =>
        people.length === 0 ? null : (
          <div key={field}>
            <dt>{t(`mailboxes.fields.${field}`)}</dt>
            <dd>
              {people.map(({ name, address }) => (
                <bdi key={address}>{name ? `${name} <${address}>` : address}</bdi>
              ))}
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** A word of the server's that may be newer than this page. */
export function inWords(t: Translate, key: string, otherwise: string): string {
  const text = t(key as TextKey);
  return text === key ? otherwise : text;
}

/** A subject without the marks of replies and forwards in the languages mail programs write them in. */
export function bareSubject(subject: string): string {
  return subject
    .replace(
      /^(?:\s*(?:re|aw|sv|vs|antw|odp|ynt|rif|res|fw|fwd|wg|tr|rv|enc|回复|回覆|答复|转发|轉寄|رد|إعادة توجيه)(?:\[\d+\])?\s*[:：])+/iu,
      "",
    )
    .trim();
}
