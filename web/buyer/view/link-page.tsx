/** @jsxImportSource preact */
import { useRef, useState } from "preact/hooks";
import { ApiError } from "../../ui/http.ts";
import { hub } from "../hub.ts";
import type { Texts } from "../texts.ts";
import { CodeForm } from "./code-form.tsx";
import { PageLink } from "./page-link.tsx";
import { useHeading } from "./use-heading.ts";

interface LinkPageProps {
  texts: Texts;
  /** Why nobody is known; `expired`: a link was opened that is too old, not whole or taken back. */
  why: "welcome" | "expired" | "left" | "ended";
  /** The browser still knows a buyer, by an earlier link. */
  canReturn: boolean;
  /** A code has opened the buyer's messages. */
  onOpened: () => void;
}

const TITLES = {
  welcome: ["expired.welcomeTitle", "expired.welcomeText"],
  expired: ["expired.title", "expired.text"],
  left: ["ended.leftTitle", "expired.welcomeText"],
  ended: ["ended.title", "ended.text"],
} as const;

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** For who is not known: a code by mail. Says the same whether the shop knows the address or not. */
export function LinkPage({ texts, why, canReturn, onOpened }: LinkPageProps) {
  const { t, locale } = texts;
  const [email, setEmail] = useState("");
  const [state, setState] = useState<"idle" | "sending" | "sent">("idle");
  const [problem, setProblem] = useState<"invalid" | "tooMany" | "failed">();
  const field = useRef<HTMLInputElement>(null);
  const heading = useHeading();

  const send = async () => {
    if (state === "sending") return;
    if (!ADDRESS.test(email.trim())) {
      setProblem("invalid");
      field.current?.focus();
      return;
    }
    setState("sending");
    setProblem(undefined);
    try {
      await hub.requestCode(email.trim(), locale);
      setState("sent");
    } catch (error) {
      setState("idle");
      const code = error instanceof ApiError ? error.code : undefined;
      setProblem(code === "rate_limited" ? "tooMany" : code === "invalid_request" ? "invalid" : "failed");
    }
  };

  const [title, text] = TITLES[why];
  if (state === "sent") {
    const address = email.trim();
    return (
      <main id="content" class="door">
        <h1>{t("code.title")}</h1>
        <CodeForm
          texts={texts}
          address={address}
          onAgain={() => hub.requestCode(address, locale)}
          onOpened={onOpened}
        />
        <button type="button" class="quiet" onClick={() => setState("idle")}>
          {t("code.other")}
        </button>
      </main>
    );
  }

  return (
    <main id="content" class="door">
      <h1 ref={heading} tabIndex={-1}>
        {t(title)}
      </h1>
      <p>{t(text)}</p>
      {canReturn && (
        <p>
          <PageLink to={{ page: "threads" }}>{t("expired.stillIn")}</PageLink>
        </p>
      )}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label class="field">
          {t("expired.email")}
          <input
            ref={field}
            type="email"
            autoComplete="email"
            dir="ltr"
            required
            maxLength={254}
            value={email}
            aria-invalid={problem === "invalid"}
            aria-describedby="link-problem"
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        </label>
        <p id="link-problem" class="hint bad" role="alert">
          {problem ? t(`expired.${problem}`) : ""}
        </p>
        <button type="submit" class="button" aria-disabled={state === "sending"}>
          {t(state === "sending" ? "expired.sending" : "expired.send")}
        </button>
      </form>
    </main>
  );
}
