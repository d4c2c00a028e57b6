import { notifications } from "@mantine/notifications";
import { ApiError } from "../../ui/http.ts";
import { logout } from "../api/calls.ts";
import { explainError } from "../errors.ts";
import { useServices } from "../realtime/console-provider.tsx";
import { useText } from "../texts.ts";

/** Ends the session; nothing of the person stays on this device. Says so when the server could not be told. */
export function useLogout() {
  const services = useServices();
  const { t } = useText();
  return async () => {
    try {
      await logout();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) {
        notifications.show({ color: "red", message: explainError(error, t) });
        return;
      }
    }
    services.forget();
    // A fresh page: nothing this person saw stays in memory, and the next one starts at the beginning.
    window.location.assign(`${import.meta.env.BASE_URL}login`);
  };
}
