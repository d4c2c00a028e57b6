/** @jsxImportSource preact */
import { useEffect, useRef, useState } from "preact/hooks";
import { useChat } from "../../ui/chat/view/use-chat.ts";

/** Somebody may answer at once: who waits is asked after this. */
const ASK_AFTER_MS = 30_000;

/** Asks a shopper who waits, once, where to answer if they leave. `leaving`: they are about to. */
export function EmailForm({ leaving, onDone }: { leaving: boolean; onDone: () => void }) {
  const chat = useChat();
  const { t, asksEmail } = chat;
  const input = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  const [email, setEmail] = useState("");
  const now = leaving || chat.away;

  useEffect(() => {
    const timer = asksEmail && setTimeout(setShown, now ? 0 : ASK_AFTER_MS, true);
    return () => clearTimeout(timer || 0);
  }, [asksEmail, now]);
  useEffect(() => {
    if (leaving && shown) input.current?.focus();
  }, [leaving, shown]);

  const say = (address?: string) => {
    chat.leaveEmail(address);
    setShown(false);
    setEmail(address ?? "");
    if (!address) onDone();
  };

  if (!shown) {
    return email ? (
      <p class="email choices" role="status">
        {t("email.thanks", { email })}
        <button type="button" onClick={() => setShown(true)}>
          {t("email.change")}
        </button>
      </p>
    ) : null;
  }
  return (
    <form
      class="email"
      onSubmit={(event) => {
        event.preventDefault();
        say(input.current?.value);
      }}
    >
      <label for="email">{t("email.ask")}</label>
      <input
        ref={input}
        id="email"
        type="email"
        autocomplete="email"
        required
        pattern=".+@.+[.].+"
        placeholder={t("email.label")}
        defaultValue={email}
      />
      <span class="choices">
        <button type="submit">{t("email.send")}</button>
        <button type="button" onClick={() => say()}>
          {t("email.skip")}
        </button>
      </span>
    </form>
  );
}
