import { expect, test } from "vitest";
import { defineRoute } from "../../../server/http/route.ts";
import { buildHttpContext, errorOf, serveHttp } from "../../support/http.ts";

const route = defineRoute({
  method: "post",
  path: "/act",
  summary: "Acts on a cookie",
  auth: "public",
  sameOrigin: true,
  responses: { 204: "empty" },
  handler: () => {},
});

async function act(headers: Record<string, string>, environment: Record<string, string> = {}): Promise<Response> {
  const { fetch, url } = await serveHttp(buildHttpContext(environment).ctx, { routes: [route] });
  const filled = Object.entries(headers).map(([name, value]) => [name, value.replace("SELF", url)] as [string, string]);
  return fetch("/api/v1/act", { method: "POST", headers: filled });
}

test.each([
  ["our own page", { "Sec-Fetch-Site": "same-origin", Origin: "SELF" }],
  ["an address typed in", { "Sec-Fetch-Site": "none" }],
  ["our own page in an old browser", { Origin: "SELF" }],
  ["a program that is no browser", {}],
])("%s may act", async (_who, headers) => {
  expect((await act(headers as unknown as Record<string, string>)).status).toBe(204);
});

test.each([
  ["another site", { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" }],
  ["another site of the same domain", { "Sec-Fetch-Site": "same-site", Origin: "https://shop.example.com" }],
  ["another site in an old browser", { Origin: "https://evil.example" }],
  ["a sandboxed frame", { Origin: "null" }],
  ["a page that forges nothing but its origin's absence", { "Sec-Fetch-Site": "cross-site" }],
])("%s may not", async (_who, headers) => {
  const response = await act(headers as unknown as Record<string, string>);
  expect(response.status).toBe(403);
  expect((await errorOf(response)).code).toBe("origin_not_allowed");
});

test("the public address counts as our own behind a proxy that changes the host", async () => {
  const headers = { Origin: "https://help.example.com" };
  expect((await act(headers)).status).toBe(403);
  expect((await act(headers, { PUBLIC_URL: "https://help.example.com" })).status).toBe(204);
});
