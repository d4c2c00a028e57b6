import { Button, Loader, Switch } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconEye, IconEyeOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Conversation } from "../../../../contract/conversation.ts";
import { type Locale, nearestLocale } from "../../../../contract/locales.ts";
import { displayName } from "../../../ui/format.ts";
import { ApiError, type ClientErrorCode } from "../../../ui/http.ts";
import { askCopilot } from "../../api/bot-calls.ts";
import { explainError } from "../../errors.ts";
import { useText } from "../../texts.ts";
import styles from "./copilot.module.css";
import { useModel } from "./use-model.ts";
import { useReadingLocale } from "./use-reading.ts";

/** Whether replies go out in the buyer's language, written in the agent's. */
export function useSendIn(conversation: Conversation) {
  const { locale } = useText();
  const model = useModel();
  const writes = useReadingLocale();
  const [on, setOn] = useState(false);
  const theirs = nearestLocale(conversation.locale ?? "");
  const offered = model === true && theirs !== undefined && theirs !== writes;
  return {
    offered,
    on,
    setOn,
    /** The language of the next message; undefined when it goes out as it is written. */
    chosen: offered && on ? theirs : undefined,
    theirs,
    /** The buyer's language, by its name in the reader's. */
    name: theirs ? displayName("language", theirs, locale) : "",
  };
}

interface SendInProps {
  sendIn: ReturnType<typeof useSendIn>;
  conversationId: string;
  text: string;
}

/** The switch, and what the buyer will get. A translation that fails keeps nothing from being sent. */
export function SendIn({ sendIn, conversationId, text }: SendInProps) {
  const { t } = useText();
  const [preview, setPreview] = useState(false);
  const { offered, chosen, name, on, setOn } = sendIn;
  if (!offered) return null;
  return (
    <div className={styles.sendIn}>
      <Switch
        size="xs"
        label={t("copilot.translation.send", { language: name })}
        checked={on}
        onChange={(event) => setOn(event.currentTarget.checked)}
      />
      {chosen && text.trim() && (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={preview ? <IconEyeOff size={14} /> : <IconEye size={14} />}
          onClick={() => setPreview(!preview)}
        >
          {t(preview ? "copilot.translation.hidePreview" : "copilot.translation.preview")}
        </Button>
      )}
      {chosen && preview && text.trim() && <Preview conversationId={conversationId} to={chosen} text={text.trim()} />}
    </div>
  );
}

function Preview({ conversationId, to, text }: { conversationId: string; to: Locale; text: string }) {
  const { t } = useText();
  // Not with every letter: each look costs a call of the model.
  const [settled] = useDebouncedValue(text, 800);
  const { data, error, isFetching } = useQuery({
    queryKey: ["copilot-preview", conversationId, to, settled],
    queryFn: ({ signal }) => translated(conversationId, to, settled, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  });
  return (
    <p className={styles.preview} dir="auto" lang={to} role="status">
      {isFetching || settled !== text ? (
        <Loader size={13} aria-label={t("states.loading")} />
      ) : error ? (
        explainError(error, t)
      ) : (
        data
      )}
    </p>
  );
}

async function translated(id: string, to: Locale, text: string, signal: AbortSignal): Promise<string> {
  let result = "";
  await askCopilot(
    id,
    { kind: "translate", text, locale: to },
    (event) => {
      if (event.type === "error") throw new ApiError(event.error.code as ClientErrorCode, event.error.message, 500);
      if (event.type === "done") result = event.text;
    },
    signal,
  );
  return result;
}
