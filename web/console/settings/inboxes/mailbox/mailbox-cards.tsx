import { useQuery } from "@tanstack/react-query";
import type { Inbox } from "../../../../../contract/settings.ts";
import { keys } from "../../../api/keys.ts";
import { getMailbox } from "../../../api/mail.ts";
import { Failed, Loading } from "../../../shell/states.tsx";
import { AccountCard } from "./account-card.tsx";
import { DkimCard } from "./dkim-card.tsx";
import { SenderCard } from "./sender-card.tsx";
import { TrustCard } from "./trust-card.tsx";
import { WaysInCard } from "./ways-in-card.tsx";

/** A fetcher's state is looked at anew this often. Milliseconds. */
const LOOK_AGAIN = 15_000;

/** How a mailbox receives and sends. */
export function MailboxCards({ inbox }: { inbox: Inbox }) {
  const { data, error, refetch } = useQuery({
    queryKey: keys.mailbox(inbox.id),
    queryFn: ({ signal }) => getMailbox(inbox.id, signal),
    refetchInterval: LOOK_AGAIN,
  });
  if (!data) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <>
      <SenderCard inboxId={inbox.id} mailbox={data} />
      <AccountCard which="imap" inboxId={inbox.id} mailbox={data} />
      <WaysInCard inboxId={inbox.id} mailbox={data} />
      <TrustCard inboxId={inbox.id} mailbox={data} />
      <AccountCard which="smtp" inboxId={inbox.id} mailbox={data} />
      <DkimCard inboxId={inbox.id} mailbox={data} address={inbox.address ?? ""} />
    </>
  );
}
