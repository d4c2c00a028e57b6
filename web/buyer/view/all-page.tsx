/** @jsxImportSource preact */
import { useState } from "preact/hooks";
import { Icon } from "../../ui/chat/view/icons.tsx";
import { ApiError } from "../../ui/http.ts";
import { useCentre } from "../context.ts";
import { isolated } from "../format.ts";
import { hub } from "../hub.ts";
import { CodeForm } from "./code-form.tsx";
import { PageLink } from "./page-link.tsx";
import { useHeading } from "./use-heading.ts";

/** For who came by a link that opens one conversation or order: a mailed code opens the rest. */
export function AllPage({ onOpened }: { onOpened: () => void }) {
  const { t, locale, session } = useCentre();
  const [state, setState] = useState<"idle" | "sending" | "sent">("idle");
  const [problem, setProblem] = useState<"tooMany" | "failed">();
  const heading = useHeading();
  const address = session.codeTo ?? "";

  const send = async () => {
    if (state === "sending") return;
    setState("sending");
    setProblem(undefined);
    try {
      await hub.requestCode(undefined, locale);
      setState("sent");
    } catch (error) {
      setState("idle");
      setProblem(error instanceof ApiError && error.code === "rate_limited" ? "tooMany" : "failed");
    }
  };

  return (
    <div class="sheet">
      <PageLink to={{ page: "threads" }} class="back">
        <Icon name="down" size={20} />
        {t("thread.back")}
      </PageLink>
      <h2 ref={heading} tabIndex={-1} class="sheet-title">
        {t("scope.all")}
      </h2>
      {state === "sent" ? (
        <CodeForm
          texts={{ t, locale }}
          address={address}
          onAgain={() => hub.requestCode(undefined, locale)}
          onOpened={onOpened}
        />
      ) : (
        <>
          <p>{t("scope.text", { address: isolated(address) })}</p>
          <p class="hint bad" role="alert">
            {problem ? t(`expired.${problem}`) : ""}
          </p>
          <button type="button" class="button" aria-disabled={state === "sending"} onClick={() => void send()}>
            {t(state === "sending" ? "expired.sending" : "expired.send")}
          </button>
        </>
      )}
    </div>
  );
}
