import { useState } from "react";
import { PlainText } from "../../../ui/plain-text.tsx";
import { useText } from "../../texts.ts";
import styles from "./thread.module.css";

/** Longer texts are folded: a buyer's forwarded mail must not bury the conversation. Characters. */
const FOLD_AFTER = 1_600;

export function MessageText({ text }: { text: string }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  if (!text) return null;
  const long = text.length > FOLD_AFTER;
  const shown = long && !open ? foldText(text) : text;
  return (
    <>
      <p className={styles.text} dir="auto">
        <PlainText text={shown} />
        {long && !open && "…"}
      </p>
      {long && (
        <button type="button" className={styles.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t("thread.showLess") : t("thread.showAll")}
        </button>
      )}
    </>
  );
}

/** Cuts between words where there are any, and never inside of a character. */
function foldText(text: string): string {
  const cut = text.slice(0, FOLD_AFTER);
  const space = cut.search(/\s\S{0,60}$/u);
  return (space > 0 ? cut.slice(0, space) : cut).replace(/[\uD800-\uDBFF]$/, "");
}
