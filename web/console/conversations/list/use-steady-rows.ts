import { useMemo, useRef, useState } from "react";
import type { Conversation } from "../../../../contract/conversation.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { useSession } from "../../session/use-session.ts";
import { belongs, type ListSpec } from "../../sync/conversation-list.ts";
import { type Row, steadyRows } from "../../sync/steady-rows.ts";

/**
 * Rows that do not move under the hand, with the handlers that tell whether it is there. Another `spec`
 * (by identity) starts afresh.
 */
export function useSteadyRows(wanted: readonly Conversation[], keepId: string | undefined, spec: ListSpec) {
  const services = useServices();
  const { user } = useSession();
  const [held, setHeld] = useState(false);
  const before = useRef<{ spec?: ListSpec; rows: readonly Row[] }>({ rows: [] });
  const rows = useMemo(() => {
    const shown = before.current.spec === spec ? before.current.rows : [];
    const next = steadyRows(shown, wanted, {
      held: held && shown.length > 0,
      keepId,
      latest: services.latest,
      belongs: (conversation) => belongs(spec, conversation, user.id),
    });
    before.current = { spec, rows: next };
    return next;
  }, [wanted, held, keepId, spec, services, user.id]);
  return {
    rows,
    holders: {
      onPointerEnter: () => setHeld(true),
      onPointerLeave: () => setHeld(false),
    },
  };
}
