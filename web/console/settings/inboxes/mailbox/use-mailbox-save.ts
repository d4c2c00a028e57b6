import { useQueryClient } from "@tanstack/react-query";
import { keys } from "../../../api/keys.ts";
import { type Mailbox, type MailboxChange, updateMailbox } from "../../../api/mail.ts";
import { useSave } from "../../use-save.ts";

/** Saves a change of a mailbox's settings; the answer is what the cards then show. */
export function useMailboxSave(inboxId: string, onSaved?: (mailbox: Mailbox) => void) {
  const client = useQueryClient();
  return useSave<Mailbox, MailboxChange>({
    save: (change) => updateMailbox(inboxId, change),
    onSaved: (mailbox) => {
      client.setQueryData(keys.mailbox(inboxId), mailbox);
      onSaved?.(mailbox);
    },
  });
}
