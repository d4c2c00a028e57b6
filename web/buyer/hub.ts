import type { BuyerPolicies, BuyerSession, BuyerShop, BuyerStart, BuyerThreads } from "../../contract/buyer.ts";
import { request } from "../ui/http.ts";

/** The hub's side of the message centre; the browser's cookie says who asks. All reject with an ApiError. */
export const hub = {
  shop: () => request<BuyerShop>("GET", "/buyer/shop"),
  session: () => request<BuyerSession>("GET", "/buyer/session"),
  threads: (cursor?: string) => request<BuyerThreads>("GET", "/buyer/threads", { query: { cursor } }),
  start: (start: BuyerStart) => request<{ id: string }>("POST", "/buyer/threads", { json: start }),
  policies: (locale: string) => request<BuyerPolicies>("GET", "/buyer/policies", { query: { locale } }),
  /** Has a code mailed to an address; without one to that of the link which opened this browser's page. */
  requestCode: (email: string | undefined, locale: string) =>
    request<void>("POST", "/buyer/link-requests", { json: { ...(email !== undefined && { email }), locale } }),
  confirmCode: (code: string) => request<void>("POST", "/buyer/codes", { json: { code } }),
  refuseCode: (token: string) => request<void>("POST", "/buyer/code-refusals", { json: { token } }),
  logout: () => request<void>("POST", "/buyer/logout"),
};
