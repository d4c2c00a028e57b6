import { useMemo, useRef, useState } from "react";
import type { Conversation } from "../../../../contract/conversation.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { type Row, steadyRows } from "../../sync/steady-rows.ts";

/**
 * Rows that do not move under the hand, with the handlers that tell whether it is there. `listKey` names the list:
 * another one starts afresh.
 */
export function useSteadyRows(wanted: readonly Conversation[], keepId: string | undefined, listKey: string) {
  const services = useServices();
  const [held, setHeld] = useState(false);
  const before = useRef<{ key: string; rows: readonly Row[] }>({ key: "", rows: [] });
  const rows = useMemo(() => {
    const shown = before.current.key === listKey ? before.current.rows : [];
    const next = steadyRows(shown, wanted, { held: held && shown.length > 0, keepId, latest: services.latest });
    before.current = { key: listKey, rows: next };
    return next;
  }, [wanted, held, keepId, listKey, services]);
  return {
    rows,
    holders: {
      onPointerEnter: () => setHeld(true),
      onPointerLeave: () => setHeld(false),
    },
  };
}
