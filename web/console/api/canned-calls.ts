import type { CannedResponse, CannedResponseInput } from "../../../contract/canned-response.ts";
import type { Page } from "../../../contract/common.ts";
import { request } from "../../ui/http.ts";

/** All of the shop's canned responses, by their shortcuts; the composer looks through them as one types. */
export async function allCannedResponses(signal?: AbortSignal): Promise<CannedResponse[]> {
  const all: CannedResponse[] = [];
  let cursor: string | null = null;
  do {
    const query = { cursor, limit: 100 };
    const page: Page<CannedResponse> = await request("GET", "/canned-responses", { query, signal });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}
export const createCannedResponse = (input: CannedResponseInput) =>
  request<CannedResponse>("POST", "/canned-responses", { json: input });
export const updateCannedResponse = (id: string, input: CannedResponseInput) =>
  request<CannedResponse>("PATCH", `/canned-responses/${id}`, { json: input });
export const deleteCannedResponse = (id: string) => request<void>("DELETE", `/canned-responses/${id}`);
