/** @jsxImportSource preact */
import { textOfError } from "../errors.ts";
import { useChat } from "./use-chat.ts";

/** What the buyer should know about the connection. */
export function Notice() {
  const { t, network, problem } = useChat();
  const text = network === "offline" ? t("connection.offline") : problem ? textOfError(t, problem) : undefined;
  return (
    <div role="status" class={text ? "notice" : "notice is-empty"}>
      {text}
    </div>
  );
}
