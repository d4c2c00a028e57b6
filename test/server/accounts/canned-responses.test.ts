import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CannedResponse } from "../../../contract/canned-response.ts";
import type { Page } from "../../../contract/common.ts";
import { createColleague, startTestApp, type TestApp } from "../../support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.dispose());

const add = (shortcut: string, texts: object = { en: "Hello" }, as = app.admin) =>
  app.call<CannedResponse>("POST", "/canned-responses", { shortcut, texts }, as);
const list = async (query = "", as = app.admin) =>
  (await app.call<Page<CannedResponse>>("GET", `/canned-responses?${query}`, undefined, as)).body;

describe("canned responses", () => {
  it("are written by who leads the team, in several languages, and read by every agent", async () => {
    const { credentials: agent } = await createColleague(app, { name: "Ana" });
    const made = await add("Return-Address", { en: "Send it to …", "zh-CN": "请寄到…" });
    expect(made).toMatchObject({ status: 201, body: { shortcut: "return-address", version: 0 } });
    expect((await add("mine", { en: "Hi" }, agent)).status).toBe(403);
    expect((await list("", agent)).items).toContainEqual(made.body);

    const path = `/canned-responses/${made.body.id}`;
    const changed = await app.call<CannedResponse>("PATCH", path, { texts: { es: "Envíalo a …" } }, app.admin);
    expect(changed.body).toMatchObject({ shortcut: "return-address", texts: { es: "Envíalo a …" }, version: 1 });
    expect((await app.call("DELETE", path, undefined, app.admin)).status).toBe(204);
    expect((await app.call("GET", path, undefined, app.admin)).status).toBe(404);
  });

  it("have one shortcut each, whatever the case", async () => {
    const first = await add("hello");
    expect(await add("HELLO")).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });
    const other = await add("bye");
    const taken = await app.call("PATCH", `/canned-responses/${other.body.id}`, { shortcut: "hello" }, app.admin);
    expect(taken).toMatchObject({ status: 409, body: { error: { details: { field: "shortcut" } } } });
    expect((await list()).items.filter(({ shortcut }) => shortcut === "hello")).toEqual([first.body]);
  });

  it("are refused without a text or with a shortcut that could not be typed", async () => {
    for (const [shortcut, texts] of [
      ["two words", { en: "x" }],
      ["/slash", { en: "x" }],
      ["", { en: "x" }],
      ["none", {}],
      ["empty", { en: "" }],
    ] as const) {
      expect((await add(shortcut, texts)).status).toBe(400);
    }
  });

  it("come page by page in the order of their shortcuts", async () => {
    for (const shortcut of ["page-c", "page-a", "page-b", "退货"]) expect((await add(shortcut)).status).toBe(201);
    const seen: string[] = [];
    let cursor: string | null = "";
    do {
      const page: Page<CannedResponse> = await list(`limit=1${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      seen.push(...page.items.map(({ shortcut }) => shortcut));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual([...seen].sort());
    expect(seen).toEqual(expect.arrayContaining(["page-a", "page-b", "page-c", "退货"]));
    expect(await app.call("GET", "/canned-responses?cursor=a%20b", undefined, app.admin)).toMatchObject({
      status: 400,
    });
  });
});
