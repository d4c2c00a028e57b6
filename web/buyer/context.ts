import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { BuyerSession } from "../../contract/buyer.ts";
import type { Texts } from "./texts.ts";
import type { Threads } from "./threads.ts";

/** What every page of a known buyer works with. */
export interface Centre extends Texts {
  session: BuyerSession;
  threads: Threads;
  /** The cookie is no longer good. */
  onExpired: () => void;
}

export const CentreContext = createContext<Centre | undefined>(undefined);

export function useCentre(): Centre {
  const centre = useContext(CentreContext);
  if (!centre) throw new Error("outside of the message centre");
  return centre;
}
