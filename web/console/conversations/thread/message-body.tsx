import { IconArrowForwardUp, IconFileText, IconMail, IconTextSize } from "@tabler/icons-react";
import { useState } from "react";
import type { ChannelName, Message } from "../../../../contract/message.ts";
import { originalUrl } from "../../api/mail.ts";
import { useText } from "../../texts.ts";
import { MessageTranslation } from "../copilot/translation.tsx";
import { Attachments } from "./attachments.tsx";
import { ForwardDialog } from "./forward-dialog.tsx";
import { MessageText } from "./message-text.tsx";
import styles from "./original.module.css";
import { OriginalDialog } from "./original-dialog.tsx";
import { OriginalFrame } from "./original-frame.tsx";

interface MessageBodyProps {
  message: Message;
  /** The reader wants what buyers write in their own language, too. */
  translated: boolean;
  /** The channel that can pass it on to somebody else. */
  forwardBy: ChannelName | undefined;
}

/** What a message says: the words its author wrote, or on request the form in which they were designed. */
export function MessageBody({ message, translated, forwardBy }: MessageBodyProps) {
  const { t } = useText();
  const [formatted, setFormatted] = useState(false);
  const [dialog, setDialog] = useState<"original" | "forward">();
  const { original } = message;
  const close = () => setDialog(undefined);
  return (
    <>
      {formatted ? (
        <div className={styles.bubbleFrame}>
          <OriginalFrame
            url={originalUrl(message.conversationId, message.id)}
            title={original?.subject || t("mailboxes.original.message")}
          />
        </div>
      ) : (
        <>
          <MessageText text={message.text} />
          <MessageTranslation message={message} shown={translated} />
        </>
      )}
      <Attachments attachments={message.attachments} />
      {original && (original.stored || forwardBy) && (
        <div className={styles.tools}>
          {original.stored && (
            <>
              <button type="button" className={styles.tool} onClick={() => setFormatted(!formatted)}>
                {formatted ? (
                  <IconFileText size={14} aria-hidden="true" />
                ) : (
                  <IconTextSize size={14} aria-hidden="true" />
                )}
                {t(formatted ? "mailboxes.original.plain" : "mailboxes.original.formatted")}
              </button>
              <button type="button" className={styles.tool} onClick={() => setDialog("original")}>
                <IconMail size={14} aria-hidden="true" />
                {t("mailboxes.original.show")}
              </button>
            </>
          )}
          {forwardBy && (
            <button type="button" className={styles.tool} onClick={() => setDialog("forward")}>
              <IconArrowForwardUp size={14} aria-hidden="true" className="parley-flip" />
              {t("mailboxes.forward.action")}
            </button>
          )}
        </div>
      )}
      <OriginalDialog message={message} opened={dialog === "original"} onClose={close} />
      {forwardBy && (
        <ForwardDialog message={message} channel={forwardBy} opened={dialog === "forward"} onClose={close} />
      )}
    </>
  );
}
