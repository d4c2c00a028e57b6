import { useCallback, useRef, useState } from "react";
import type { ReplayChange, ReplayEvent, ReplayInput } from "../../../../contract/bot.ts";
import { replayBot } from "../../api/bot-calls.ts";

interface ReplayState {
  running: boolean;
  done: number;
  total: number;
  changes: readonly ReplayChange[];
  result?: Extract<ReplayEvent, { type: "done" }>;
  error?: unknown;
}

const IDLE: ReplayState = { running: false, done: 0, total: 0, changes: [] };

/** One replay at a time: what came of it so far, and how to start and to stop it. */
export function useReplay() {
  const [state, setState] = useState(IDLE);
  const current = useRef<AbortController>(undefined);
  const stop = useCallback(() => {
    current.current?.abort();
    setState((before) => ({ ...before, running: false }));
  }, []);
  const start = useCallback(async (input: Partial<ReplayInput>) => {
    current.current?.abort();
    const control = new AbortController();
    current.current = control;
    setState({ ...IDLE, running: true });
    const onEvent = (event: ReplayEvent) =>
      setState((before) => {
        if (event.type === "progress") return { ...before, done: event.done, total: event.total };
        if (event.type === "change") return { ...before, changes: [...before.changes, event.change] };
        return { ...before, running: false, result: event };
      });
    try {
      await replayBot(input, onEvent, control.signal);
    } catch (error) {
      if (!control.signal.aborted) setState((before) => ({ ...before, running: false, error }));
    }
  }, []);
  return { state, start, stop };
}
