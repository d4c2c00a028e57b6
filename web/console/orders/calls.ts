import type { Page } from "../../../contract/common.ts";
import type { ContactSummary, Conversation } from "../../../contract/conversation.ts";
import type { Import, ImportMapping, ImportRow, ImportRowResult } from "../../../contract/import.ts";
import type { Order } from "../../../contract/order.ts";
import type { ReviewItem } from "../../../contract/review.ts";
import { request, upload } from "../../ui/http.ts";

/** What the console asks about orders, contacts and imports; the shapes are the contract's. */

export const listOrders = (query: { q?: string; contact?: string }, cursor: string | null, signal?: AbortSignal) =>
  request<Page<Order>>("GET", "/orders", { query: { ...query, cursor, limit: 50 }, signal });
export const getOrder = (id: string, signal?: AbortSignal) => request<Order>("GET", `/orders/${id}`, { signal });

export const listContacts = (q: string, cursor: string | null, signal?: AbortSignal) =>
  request<Page<ContactSummary>>("GET", "/contacts", { query: { q, cursor, limit: 50 }, signal });
export const mergeContact = (id: string, contactId: string) =>
  request<ContactSummary>("POST", `/contacts/${id}/merge`, { json: { contactId } });
export const splitContact = (id: string, identityIds: string[]) =>
  request<{ contact: ContactSummary; other: ContactSummary }>("POST", `/contacts/${id}/split`, {
    json: { identityIds },
  });
export const signContactOut = (id: string) => request<void>("POST", `/contacts/${id}/sign-out`);
export const listContactConversations = (id: string, cursor: string | null, signal?: AbortSignal) =>
  request<Page<Conversation>>("GET", `/contacts/${id}/conversations`, { query: { cursor, limit: 50 }, signal });

export const listReviewItems = (state: "open" | "done", cursor: string | null, signal?: AbortSignal) =>
  request<Page<ReviewItem>>("GET", "/review-items", { query: { state, cursor, limit: 50 }, signal });
export const finishReviewItem = (id: string) => request<ReviewItem>("POST", `/review-items/${id}/done`);

export const uploadImport = (file: File, onProgress: (share: number) => void) =>
  upload<Import>("/imports/upload", { name: file.name }, file, onProgress);
export const listImports = (cursor: string | null, signal?: AbortSignal) =>
  request<Page<Import>>("GET", "/imports", { query: { cursor, limit: 20 }, signal });
export const getImport = (id: string, signal?: AbortSignal) => request<Import>("GET", `/imports/${id}`, { signal });
export const startImport = (id: string, mapping: ImportMapping | undefined) =>
  request<Import>("POST", `/imports/${id}/start`, { json: mapping ? { mapping } : {} });
export const stopImport = (id: string) => request<Import>("POST", `/imports/${id}/stop`);
export const listImportRows = (
  id: string,
  result: ImportRowResult | undefined,
  cursor: string | null,
  signal?: AbortSignal,
) => request<Page<ImportRow>>("GET", `/imports/${id}/rows`, { query: { result, cursor, limit: 50 }, signal });

/** Keys of the query cache. */
export const orderKeys = {
  lists: ["orders"] as const,
  list: (q: string) => ["orders", "list", q] as const,
  ofContact: (contact: string) => ["orders", "contact", contact] as const,
  order: (id: string) => ["orders", "order", id] as const,
  contacts: ["contacts"] as const,
  contactList: (q: string) => ["contacts", q] as const,
  reviews: ["review-items"] as const,
  review: (state: string) => ["review-items", state] as const,
  imports: ["imports"] as const,
  import: (id: string) => ["imports", id] as const,
  importRows: (id: string, result: string) => ["imports", id, "rows", result] as const,
};
