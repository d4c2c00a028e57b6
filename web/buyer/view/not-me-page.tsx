/** @jsxImportSource preact */
import { useState } from "preact/hooks";
import { ApiError } from "../../ui/http.ts";
import { hub } from "../hub.ts";
import type { Texts } from "../texts.ts";
import { useHeading } from "./use-heading.ts";

/** Behind "Was it not you?" in a code's mail. Opening it changes nothing: mail scanners open every link. */
export function NotMePage({ texts: { t }, token }: { texts: Texts; token: string }) {
  const [state, setState] = useState<"idle" | "sending" | "done" | "gone" | "failed">("idle");
  const heading = useHeading();
  const refuse = async () => {
    if (state === "sending") return;
    setState("sending");
    try {
      await hub.refuseCode(token);
      setState("done");
    } catch (error) {
      const gone = error instanceof ApiError && (error.code === "link_expired" || error.code === "invalid_request");
      setState(gone ? "gone" : "failed");
    }
  };
  const over = state === "done" || state === "gone";
  return (
    <main id="content" class="door">
      <h1 ref={heading} tabIndex={-1}>
        {t("notMe.title")}
      </h1>
      {!over && <p>{t("notMe.text")}</p>}
      <p class="sent" role="status">
        {over ? t(`notMe.${state}`) : ""}
      </p>
      <p class="hint bad" role="alert">
        {state === "failed" ? t("expired.failed") : ""}
      </p>
      {!over && (
        <button type="button" class="button" aria-disabled={state === "sending"} onClick={() => void refuse()}>
          {t("notMe.button")}
        </button>
      )}
    </main>
  );
}
