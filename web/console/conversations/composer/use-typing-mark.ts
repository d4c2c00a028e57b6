import { useEffect, useMemo } from "react";
import { useServices } from "../../realtime/console-provider.tsx";

const REPEAT_EVERY = 4_000;
const STOPPED_AFTER = 5_000;

/** Tells the others that this agent writes: again every few seconds, and that it ended after a pause. */
export function useTypingMark(conversationId: string) {
  const services = useServices();
  const mark = useMemo(() => {
    let told = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      clearTimeout(timer);
      if (told === 0) return;
      told = 0;
      services.typing(conversationId, false);
    };
    const typed = () => {
      const now = Date.now();
      if (now - told > REPEAT_EVERY) {
        told = now;
        services.typing(conversationId, true);
      }
      clearTimeout(timer);
      timer = setTimeout(stop, STOPPED_AFTER);
    };
    return { typed, stop };
  }, [services, conversationId]);
  useEffect(() => mark.stop, [mark]);
  return mark;
}
