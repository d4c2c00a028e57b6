import { useCallback, useEffect, useRef, useState } from "react";
import type { CopilotEvent, CopilotInput, CopilotKind } from "../../../../contract/copilot.ts";
import { ApiError, type ClientErrorCode } from "../../../ui/http.ts";
import { askCopilot } from "../../api/bot-calls.ts";

type Done = Extract<CopilotEvent, { type: "done" }>;

export interface CopilotState {
  /** What is being written now. */
  running?: CopilotKind;
  /** How it went, until the next one or until it is put away. */
  done?: Done & { kind: CopilotKind };
  error?: ApiError;
  /** What stood there before, to go back to. */
  before?: string;
}

/** Texts of the copilot, streamed into whatever `onText` fills. One at a time. */
export function useCopilot(conversationId: string, onText: (text: string) => void) {
  const [state, setState] = useState<CopilotState>({});
  const current = useRef<AbortController>(undefined);
  useEffect(() => () => current.current?.abort(), []);

  const run = useCallback(
    async (input: CopilotInput, before: string) => {
      current.current?.abort();
      const control = new AbortController();
      current.current = control;
      setState({ running: input.kind, before });
      let written = "";
      try {
        await askCopilot(
          conversationId,
          input,
          (event) => {
            if (event.type === "error") {
              throw new ApiError(event.error.code as ClientErrorCode, event.error.message, 500);
            }
            written = event.type === "delta" ? written + event.text : event.text;
            onText(written);
            if (event.type === "done") setState({ done: { ...event, kind: input.kind }, before });
          },
          control.signal,
        );
        setState((now) => (now.running ? { before } : now));
      } catch (error) {
        if (control.signal.aborted) return;
        // What had come so far is no reply.
        onText(before);
        setState({ error: error instanceof ApiError ? error : new ApiError("network", "", 0) });
      }
    },
    [conversationId, onText],
  );

  /** Stops, and gives back what stood there. */
  const cancel = useCallback(() => {
    current.current?.abort();
    setState((now) => {
      if (now.running && now.before !== undefined) onText(now.before);
      return {};
    });
  }, [onText]);

  const undo = useCallback(() => {
    setState((now) => {
      if (now.before !== undefined) onText(now.before);
      return {};
    });
  }, [onText]);

  const dismiss = useCallback(() => setState({}), []);
  return { state, run, cancel, undo, dismiss };
}
