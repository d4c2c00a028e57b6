import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useNavigate } from "react-router-dom";
import { keys } from "../api/keys.ts";
import { showPausedRule } from "../automations/paused-toast.tsx";
import { explainError } from "../errors.ts";
import { mayEditAutomations } from "../permissions.ts";
import { getPreferences } from "../preferences.ts";
import { useSession } from "../session/use-session.ts";
import { useText } from "../texts.ts";
import { notifyDesktop, playSound } from "./alert.ts";
import type { Connection } from "./live.ts";
import { Services } from "./services.ts";

const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error("useServices needs ConsoleProvider above it");
  return services;
}

export function useConnection(): Connection {
  const { live } = useServices();
  return useSyncExternalStore(live.subscribe, live.getConnection);
}

/** Holds the live services of the logged-in person. */
export function ConsoleProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { user } = useSession();
  const { t } = useText();
  const current = useRef({ t, navigate });
  useEffect(() => {
    current.current = { t, navigate };
  });
  const [services] = useState(
    () =>
      new Services({
        queryClient,
        userId: user.id,
        onSessionOver: () => queryClient.setQueryData(keys.session, null),
        explain: (error) => explainError(error, current.current.t),
        onRulePaused: (paused) => {
          if (mayEditAutomations(user.role)) showPausedRule(paused, current.current);
        },
        onAlert: (alert, conversation) => {
          const preferences = getPreferences();
          if (preferences.sound) playSound();
          if (!preferences.desktop) return;
          const title = current.current.t(`alerts.${alert}`, { name: conversation.contact.name });
          notifyDesktop(title, conversation.lastMessage?.text ?? "", conversation.id, () =>
            current.current.navigate(`/conversations/${conversation.id}?filter=all`),
          );
        },
      }),
  );
  useEffect(() => {
    services.start();
    const warn = (event: BeforeUnloadEvent) => services.outbox.unsent && event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("beforeunload", warn);
      services.stop();
    };
  }, [services]);
  return <ServicesContext value={services}>{children}</ServicesContext>;
}
