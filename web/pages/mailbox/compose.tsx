/** @jsxImportSource preact */
import { useRef, useState } from "preact/hooks";
import { formatBytes } from "../../ui/format.ts";
import { browserStore, readJson, writeJson } from "../../ui/storage.ts";
import type { Demo } from "../hub.ts";
import type { PageTexts } from "../texts.ts";
import { markDone } from "../tour.ts";
import { readBase64, sendMail } from "./mails.ts";

/** What the hub takes in one mail, all files together. Bytes. */
const MOST_BYTES = 28 * 1024 * 1024;
const MOST_FILES = 10;
const WRITER = "parley.demo.writer";

interface ComposeProps extends PageTexts {
  customer: Demo["customer"];
  /** Whose mail is answered: the address it came to. */
  from?: string | undefined;
  /** The shop's address. */
  to: string;
  answers?: { id: string; subject: string };
  onSent(): void;
}

interface Writer {
  name: string;
  from: string;
}

/** A mail of the buyer's: new, or the answer to one. */
export function Compose({ t, locale, customer, from, to, answers, onSent }: ComposeProps) {
  const store = useRef(browserStore("tab"));
  const [writer, setWriter] = useState<Writer | undefined>(() => readJson(store.current, WRITER));
  const known: Writer = {
    name: writer?.name ?? customer?.name ?? "",
    from: from ?? writer?.from ?? customer?.email ?? "",
  };
  const [address, setAddress] = useState<string>();
  const [subject, setSubject] = useState("");
  const [text, setText] = useState("");
  const [files, setFiles] = useState<File[]>([]);
  const [state, setState] = useState<{ busy: boolean; problem?: string }>({ busy: false });
  const tooLarge = files.reduce((sum, file) => sum + file.size, 0) > MOST_BYTES;
  const remember = (part: Partial<Writer>) => {
    const next = { ...known, ...part };
    setWriter(next);
    writeJson(store.current, WRITER, next);
  };

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (state.busy || tooLarge) return;
    setState({ busy: true });
    try {
      await sendMail({
        ...known,
        to: address ?? to,
        subject: answers ? answerSubject(answers.subject) : subject.trim(),
        text,
        attachments: await Promise.all(
          files.map(async (file) => ({
            name: file.name,
            type: /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : "application/octet-stream",
            base64: await readBase64(file),
          })),
        ),
        ...(answers && { answers: answers.id }),
      });
      markDone("mailed");
      setText("");
      setSubject("");
      setFiles([]);
      setState({ busy: false });
      onSent();
    } catch (error) {
      setState({ busy: false, problem: (error instanceof Error && error.message) || t("mailbox.notSent") });
    }
  };
  return (
    <form class="compose" onSubmit={submit}>
      {!answers && (
        <>
          <div class="pair">
            <label>
              <span>{t("mailbox.yourName")}</span>
              <input
                value={known.name}
                maxLength={100}
                autoComplete="off"
                onInput={(event) => remember({ name: event.currentTarget.value })}
              />
            </label>
            <label>
              <span>{t("mailbox.yourAddress")}</span>
              <input
                type="email"
                required
                dir="ltr"
                maxLength={254}
                value={known.from}
                autoComplete="off"
                onInput={(event) => remember({ from: event.currentTarget.value })}
              />
            </label>
          </div>
          <label>
            <span>{t("mailbox.fields.to")}</span>
            <input
              type="email"
              required
              dir="ltr"
              maxLength={254}
              value={address ?? to}
              autoComplete="off"
              onInput={(event) => setAddress(event.currentTarget.value)}
            />
          </label>
          <label>
            <span>{t("mailbox.fields.subject")}</span>
            <input
              maxLength={500}
              dir={subject ? "auto" : undefined}
              value={subject}
              onInput={(event) => setSubject(event.currentTarget.value)}
            />
          </label>
        </>
      )}
      <label>
        <span class={answers ? "unseen" : undefined}>{t("mailbox.text")}</span>
        <textarea
          required
          rows={answers ? 4 : 8}
          maxLength={20_000}
          dir={text ? "auto" : undefined}
          value={text}
          placeholder={answers ? t("mailbox.answerHere") : undefined}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <ul class="files" aria-label={t("mailbox.files")}>
        {files.map((file) => (
          <li key={`${file.name} ${file.size}`}>
            <bdi>{file.name}</bdi> <small>{formatBytes(file.size, locale)}</small>
            <button
              type="button"
              class="remove"
              aria-label={t("demo.remove", { name: file.name })}
              onClick={() => setFiles(files.filter((each) => each !== file))}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      {(state.problem || tooLarge) && (
        <p class="problem" role="alert">
          {tooLarge ? t("mailbox.tooLarge", { limit: formatBytes(MOST_BYTES, locale) }) : state.problem}
        </p>
      )}
      <p class="compose-actions">
        <button type="submit" class="primary" disabled={state.busy || tooLarge}>
          {t(state.busy ? "mailbox.sending" : "mailbox.send")}
        </button>
        <label class="attach">
          {t("mailbox.attach")}
          <input
            type="file"
            multiple
            class="unseen"
            onChange={(event) => {
              setFiles([...files, ...(event.currentTarget.files ?? [])].slice(0, MOST_FILES));
              event.currentTarget.value = "";
            }}
          />
        </label>
      </p>
    </form>
  );
}

/** As every mail program writes it. */
function answerSubject(subject: string): string {
  return /^re:/i.test(subject) ? subject : `Re: ${subject}`;
}
