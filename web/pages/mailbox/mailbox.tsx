/** @jsxImportSource preact */
import { useEffect, useState } from "preact/hooks";
import { type Demo, readDemo } from "../hub.ts";
import type { PageTexts } from "../texts.ts";
import { Compose } from "./compose.tsx";
import { type MailRow, useMails } from "./mails.ts";
import { Reader } from "./reader.tsx";

/** What the right side shows. */
type Open = { kind: "nothing" } | { kind: "mail"; id: string } | { kind: "compose" };

/** A mailbox as a buyer would have it: what the shop sent, and a way to write to the shop. */
export function Mailbox(texts: PageTexts) {
  const { t } = texts;
  const { mails, failed, forbidden } = useMails();
  const [open, setOpen] = useState<Open>({ kind: "nothing" });
  const [demo, setDemo] = useState<Demo>();
  const [said, setSaid] = useState("");
  useEffect(() => void readDemo().then(setDemo), []);
  const sent = () => {
    setSaid(t("mailbox.sent"));
    setOpen((before) => (before.kind === "compose" ? { kind: "nothing" } : before));
  };
  return (
    <div class="mailbox" data-open={open.kind === "nothing" ? undefined : ""}>
      <p class="banner">
        {t("mailbox.banner")} <a href="/">{t("demo.back")}</a>
      </p>
      <header class="mailbox-head">
        <h1>{t("mailbox.title")}</h1>
        <button
          type="button"
          class="primary"
          onClick={() => {
            setSaid("");
            setOpen({ kind: "compose" });
          }}
        >
          {t("mailbox.write")}
        </button>
      </header>
      <p class="said" role="status">
        {said}
      </p>
      <div class="panes">
        <nav class="list" aria-label={t("mailbox.inbox")}>
          {failed && (
            <p class="problem" role="alert">
              {t("mailbox.unreachable")}
            </p>
          )}
          {mails?.length === 0 && (
            <div class="empty">
              <h2>{t("mailbox.empty")}</h2>
              <p>{t("mailbox.emptyText")}</p>
            </div>
          )}
          {forbidden && (
            <p class="problem" role="alert">
              {t("mailbox.forbidden")}
            </p>
          )}
          {!mails && !failed && !forbidden && <p class="empty">{t("mailbox.loading")}</p>}
          <ul>
            {mails?.map((mail) => (
              <li key={mail.id}>
                <Row
                  mail={mail}
                  {...texts}
                  current={open.kind === "mail" && open.id === mail.id}
                  onOpen={() => {
                    setSaid("");
                    setOpen({ kind: "mail", id: mail.id });
                  }}
                />
              </li>
            ))}
          </ul>
        </nav>
        <main class="right">
          {open.kind !== "nothing" && (
            <button type="button" class="back" onClick={() => setOpen({ kind: "nothing" })}>
              <span aria-hidden="true" class="arrow">
                ←
              </span>{" "}
              {t("mailbox.back")}
            </button>
          )}
          {open.kind === "mail" ? (
            <Reader key={open.id} id={open.id} {...texts} customer={demo?.customer} onSent={sent} />
          ) : open.kind === "compose" ? (
            <section aria-label={t("mailbox.write")}>
              <h2>{t("mailbox.write")}</h2>
              <Compose {...texts} customer={demo?.customer} to={demo?.address ?? ""} onSent={sent} />
            </section>
          ) : (
            <p class="choose">{t("mailbox.choose")}</p>
          )}
        </main>
      </div>
    </div>
  );
}

interface RowProps extends PageTexts {
  mail: MailRow;
  current: boolean;
  onOpen(): void;
}

function Row({ mail, t, locale, current, onOpen }: RowProps) {
  const at = new Date(mail.at);
  const today = new Date().toDateString() === at.toDateString();
  const time = new Intl.DateTimeFormat(locale, today ? { timeStyle: "short" } : { dateStyle: "short" }).format(at);
  return (
    <button type="button" class="row" aria-current={current ? "true" : undefined} onClick={onOpen}>
      <span class="row-top">
        <bdi>{mail.to.join(", ")}</bdi>
        <time dateTime={mail.at}>{time}</time>
      </span>
      <strong dir="auto">{mail.subject || t("mailbox.noSubject")}</strong>
    </button>
  );
}
