import { useEffect } from "react";
import { Loading } from "./states.tsx";

/** The way to the demo mailbox, a page outside of the console: whoever comes here has logged in. */
export function DemoMailbox() {
  useEffect(() => window.location.replace("/mailbox"), []);
  return <Loading />;
}
