import { useEffect, useState } from "react";
import type { Conversation } from "../../../../contract/conversation.ts";
import { type Locale, nearestLocale, SOURCE_LOCALE } from "../../../../contract/locales.ts";
import type { Message } from "../../../../contract/message.ts";
import { translateMessages } from "../../api/bot-calls.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { useSession } from "../../session/use-session.ts";
import { useText } from "../../texts.ts";
import { useModel } from "./use-model.ts";

/** The language this person reads messages in. */
export function useReadingLocale(): Locale {
  const { locale } = useText();
  const { user } = useSession();
  return user.readsIn ?? user.locale ?? nearestLocale(locale) ?? SOURCE_LOCALE;
}

export interface Reading {
  to: Locale;
  on: boolean;
  /** There is something to translate, and a model to do it. */
  offered: boolean;
  error: unknown;
  toggle(on: boolean): void;
  retry(): void;
}

/** As many as one request takes. */
const AT_ONCE = 50;

/** Conversations in which somebody switched translation on or off, while the console is open. */
const chosen = new Map<string, boolean>();

/** Keeps a thread's messages translated into the reader's language while that is wished. */
export function useReading({ id, locale }: Conversation, messages: readonly Message[]): Reading {
  const to = useReadingLocale();
  const { user } = useSession();
  const services = useServices();
  const model = useModel();
  // Whoever says in the profile what they read expects it without asking each time.
  const [on, setOn] = useState(() => chosen.get(id) ?? user.readsIn !== undefined);
  const [error, setError] = useState<unknown>();
  const offered = model === true && nearestLocale(locale ?? "") !== to;
  const missing = messages
    .filter(
      (message) =>
        message.direction === "incoming" &&
        message.text.trim() !== "" &&
        !message.translations?.[to] &&
        message.locale !== to,
    )
    .slice(-AT_ONCE)
    .map(({ seq }) => seq)
    .join(",");
  useEffect(() => {
    if (!on || !offered || !missing || error !== undefined) return;
    let gone = false;
    translateMessages(id, to, missing.split(",").map(Number)).then(
      ({ items }) => {
        if (!gone) for (const message of items) services.thread(id).posted(message);
      },
      (reason: unknown) => {
        if (!gone) setError(reason);
      },
    );
    return () => {
      gone = true;
    };
  }, [services, id, to, on, offered, missing, error]);
  return {
    to,
    on,
    offered,
    error,
    toggle(next) {
      chosen.set(id, next);
      setError(undefined);
      setOn(next);
    },
    retry: () => setError(undefined),
  };
}
