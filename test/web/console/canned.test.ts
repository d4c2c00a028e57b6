import { describe, expect, it } from "vitest";
import type { CannedResponse } from "../../../contract/canned-response.ts";
import { fillCanned, matchCanned, slashWordAt } from "../../../web/console/sync/canned.ts";

const at = "2026-01-01T10:00:00.000Z";
const response = (shortcut: string, text: string): CannedResponse => ({
  id: "c".repeat(24),
  version: 0,
  shortcut,
  texts: { en: text },
  createdAt: at,
  updatedAt: at,
});

describe("canned responses are offered", () => {
  it("while a slash and a word stand before the caret, in any script", () => {
    expect(slashWordAt("/re", 3)).toEqual({ start: 0, end: 3, word: "re" });
    expect(slashWordAt("Hello\n/", 7)).toEqual({ start: 6, end: 7, word: "" });
    expect(slashWordAt("Hi /退货 there", 6)).toEqual({ start: 3, end: 6, word: "退货" });
  });

  it("not for a slash inside a word, nor when the word is over", () => {
    for (const text of ["and/or", "https://shop", "1/2", "/refund ", "/a/b"]) {
      expect(slashWordAt(text, text.length)).toBeUndefined();
    }
  });

  it("those that begin so first, then those that have it inside", () => {
    const all = [response("about-refunds", "…"), response("hello", "We refund you"), response("refund", "…")];
    expect(matchCanned(all, "Refund").map((each) => each.shortcut)).toEqual(["refund", "about-refunds", "hello"]);
    expect(matchCanned(all, "zzz")).toEqual([]);
  });
});

it("a canned response has the names filled in, and shows those it does not know", () => {
  const names = { "buyer.name": "Ana", "agent.name": undefined };
  expect(fillCanned("Hi {{buyer.name}}, {{ agent.name }} here", names)).toBe("Hi Ana, {{ agent.name }} here");
});
