/** @jsxImportSource preact */
import { useEffect, useState } from "preact/hooks";
import type { Chat } from "../chat.ts";

/** Reads new messages of the shop out loud, wherever the reader is on the page. */
export function Announcer({ chat }: { chat: Chat }) {
  const [text, setText] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new text starts the wait anew.
  useEffect(() => {
    // Once said, it would only be in the way of who reads on.
    const timer = setTimeout(() => setText(""), 5_000);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(
    () =>
      chat.onArrival(({ direction, author, automatic, text: said, attachments }) => {
        if (direction !== "outgoing") return;
        const name = automatic ? chat.t("message.automatic") : (author.name ?? chat.config.shopName);
        const content = [said, ...attachments.map((file) => file.name)].filter(Boolean).join(", ");
        setText(chat.t("announce", { name, text: content }));
      }),
    [chat],
  );
  return (
    <div class="unseen" role="status" aria-live="polite">
      {text}
    </div>
  );
}
