/** @jsxImportSource preact */
import { useEffect, useRef, useState } from "preact/hooks";
import { formatBytes } from "../../ui/format.ts";
import type { Demo } from "../hub.ts";
import type { PageTexts } from "../texts.ts";
import { Compose } from "./compose.tsx";
import { type Mail, mailUrl, useMail } from "./mails.ts";

interface ReaderProps extends PageTexts {
  id: string;
  customer: Demo["customer"];
  onSent(): void;
}

const VIEWS = ["designed", "plain", "headers"] as const;
type View = (typeof VIEWS)[number];

/** One mail as its reader's program would show it, and the answer to it. */
export function Reader({ id, t, locale, customer, onSent }: ReaderProps) {
  const mail = useMail(id);
  const [view, setView] = useState<View>("designed");
  const title = useRef<HTMLHeadingElement>(null);
  // Who opened it by keyboard reads on from here.
  useEffect(() => {
    if (mail) title.current?.focus({ preventScroll: true });
  }, [mail]);
  if (mail === null) {
    return (
      <p class="problem" role="alert">
        {t("mailbox.unreadable")}
      </p>
    );
  }
  if (!mail) return <p class="choose">{t("mailbox.loading")}</p>;
  const subject = mail.subject || t("mailbox.noSubject");
  return (
    <article class="mail">
      <h2 ref={title} tabIndex={-1} dir="auto">
        {subject}
      </h2>
      <Facts mail={mail} t={t} locale={locale} />
      <fieldset class="views" aria-label={t("mailbox.view")}>
        {VIEWS.map((each) => (
          <button key={each} type="button" aria-pressed={view === each} onClick={() => setView(each)}>
            {t(`mailbox.views.${each}`)}
          </button>
        ))}
      </fieldset>
      {view === "designed" ? (
        <Frame key={id} src={mailUrl(id, "html")} title={subject} />
      ) : view === "plain" ? (
        <pre class="plain" dir="auto">
          {mail.text}
        </pre>
      ) : (
        <table class="headers" dir="ltr">
          <tbody>
            {mail.headers.map(({ name, value }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a header may come twice; the list never changes
              <tr key={at}>
                <th scope="row">{name}</th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {mail.files.length > 0 && (
        <ul class="files">
          {mail.files.map((file, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: files are named by their place
            <li key={at}>
              <a href={mailUrl(id, `files/${at}`)} download={file.name}>
                <bdi>{file.name}</bdi>
              </a>{" "}
              <small>{formatBytes(file.size, locale)}</small>
            </li>
          ))}
        </ul>
      )}
      <section class="answer" aria-label={t("mailbox.reply")}>
        <h3>{t("mailbox.reply")}</h3>
        <Compose
          t={t}
          locale={locale}
          customer={customer}
          from={mail.to[0]}
          to={mail.replyTo}
          answers={{ id, subject: mail.subject }}
          onSent={onSent}
        />
      </section>
    </article>
  );
}

function Facts({ mail, t, locale }: { mail: Mail } & PageTexts) {
  const time = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });
  // The envelope's addresses are for servers, those of copies among them; people read the headers.
  const header = (name: string) => mail.headers.find((each) => each.name.toLowerCase() === name)?.value;
  const rows = [
    ["from", header("from") ?? mail.from],
    ["to", header("to") ?? mail.to.join(", ")],
    ["cc", mail.cc.join(", ")],
    ["date", time.format(new Date(mail.at))],
  ] as const;
  return (
    <dl class="facts">
      {rows.map(([name, value]) =>
        value === "" ? null : (
          <div key={name}>
            <dt>{t(`mailbox.fields.${name}`)}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** The mail's document runs nothing (no allow-scripts); being of this origin, it can be measured. */
function Frame({ src, title }: { src: string; title: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const observer = useRef<ResizeObserver>(undefined);
  const [height, setHeight] = useState(160);
  useEffect(() => () => observer.current?.disconnect(), []);
  const loaded = () => {
    const body = frame.current?.contentDocument?.body;
    if (!body) return;
    observer.current = new ResizeObserver(() => setHeight(Math.ceil(body.getBoundingClientRect().height)));
    observer.current.observe(body);
  };
  return (
    <iframe
      ref={frame}
      class="frame"
      src={src}
      title={title}
      height={height}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      onLoad={loaded}
    />
  );
}
