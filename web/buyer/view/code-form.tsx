/** @jsxImportSource preact */
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../ui/http.ts";
import { isolated } from "../format.ts";
import { hub } from "../hub.ts";
import type { Texts } from "../texts.ts";

interface CodeFormProps {
  texts: Texts;
  /** Where the code went, as it may be shown. */
  address: string;
  /** Has another one mailed; rejects as the hub refuses. */
  onAgain: () => Promise<void>;
  onOpened: () => void;
}

/** A mail may take this long; then another one may be asked for. */
const WAIT_SECONDS = 60;

type Problem = { text: "invalid" | "expired" | "tooMany" | "failed" } | { text: "wrong"; left: number };

/** For the six digits that came by mail. */
export function CodeForm({ texts: { t }, address, onAgain, onOpened }: CodeFormProps) {
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [wait, setWait] = useState(WAIT_SECONDS);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    if (wait === 0) return;
    const timer = setTimeout(() => setWait(wait - 1), 1000);
    return () => clearTimeout(timer);
  }, [wait]);

  const confirm = async () => {
    if (busy) return;
    const digits = digitsOf(code);
    if (digits.length !== 6) {
      setProblem({ text: "invalid" });
      field.current?.focus();
      return;
    }
    setBusy(true);
    setProblem(undefined);
    try {
      await hub.confirmCode(digits);
      onOpened();
    } catch (error) {
      setBusy(false);
      setProblem(problemOf(error));
      field.current?.select();
    }
  };
  const again = async () => {
    if (busy || wait > 0) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await onAgain();
      setCode("");
      setWait(WAIT_SECONDS);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
    field.current?.focus();
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void confirm();
      }}
    >
      <p class="sent" role="status">
        {t("code.sent", { address: isolated(address) })}
      </p>
      <label class="field">
        {t("code.label")}
        <input
          ref={field}
          class="code"
          type="text"
          inputMode="numeric"
          autoComplete="one-time-code"
          dir="ltr"
          maxLength={12}
          value={code}
          aria-invalid={problem !== undefined}
          aria-describedby="code-problem"
          onInput={(event) => setCode(event.currentTarget.value)}
        />
      </label>
      <p id="code-problem" class="hint bad" role="alert">
        {problem ? textOf(problem, t) : ""}
      </p>
      <div class="form-actions">
        <button type="submit" class="button" aria-disabled={busy}>
          {t(busy ? "code.checking" : "code.confirm")}
        </button>
        <button type="button" class="quiet" aria-disabled={busy || wait > 0} onClick={() => void again()}>
          {wait > 0 ? t("code.againIn", { seconds: wait }) : t("code.again")}
        </button>
      </div>
    </form>
  );
}

/** Digits of any script, without what people put between them. */
function digitsOf(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
    .replace(/\D/g, "");
}

function problemOf(error: unknown): Problem {
  if (!(error instanceof ApiError)) return { text: "failed" };
  if (error.code === "wrong_code") {
    const left = (error.details as { left?: number } | undefined)?.left;
    return { text: "wrong", left: left ?? 0 };
  }
  if (error.code === "code_expired") return { text: "expired" };
  if (error.code === "rate_limited") return { text: "tooMany" };
  return { text: error.code === "invalid_request" ? "invalid" : "failed" };
}

function textOf(problem: Problem, t: Texts["t"]): string {
  if (problem.text === "wrong") return t("code.wrong", { left: problem.left });
  const shared = problem.text === "tooMany" || problem.text === "failed";
  return t(`${shared ? "expired" : "code"}.${problem.text}`);
}
