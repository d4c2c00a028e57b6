import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ATTACHMENT_MAX_BYTES, ATTACHMENT_TYPES } from "../../../contract/attachment.ts";
import { LOCALES } from "../../../contract/locales.ts";
import { accentColors, contrast } from "../../../web/ui/chat/colors.ts";
import { dayLabel, fileSize } from "../../../web/ui/chat/format.ts";
import { type OutboxItem, storedOutbox } from "../../../web/ui/chat/outbox.ts";
import { problemOf, typeOf } from "../../../web/ui/chat/uploads.ts";
import { shorten } from "../../../web/ui/chat/view/shorten.ts";
import { memoryStore } from "../../../web/ui/storage.ts";
import { translator } from "../../../web/ui/texts.ts";
import { checkIdentity } from "../../../web/widget/embed.ts";

afterEach(() => void vi.restoreAllMocks());

describe("texts", () => {
  const texts = { a: { b: "Hello {{name}}", items_one: "{{count}} item", items_other: "{{count}} items" } };
  it("are filled in and counted by the rules of the language", () => {
    const t = translator(texts, "en");
    expect(t("a.b", { name: "Ana" })).toBe("Hello Ana");
    expect(t("a.items", { count: 1 })).toBe("1 item");
    expect(t("a.items", { count: 1200 })).toBe("1,200 items");
  });

  it("never read a name as a placeholder or a pattern", () => {
    const t = translator(texts, "en");
    expect(t("a.b", { name: "{{name}} $& <b>" })).toBe("Hello {{name}} $& <b>");
  });
});

describe("unsent messages", () => {
  const item: OutboxItem = { echoId: "e1", text: "hi", attachments: [], createdAt: "2026-01-02", state: "sending" };

  it("outlive the page, in the order they were written, and wait to be sent again", () => {
    const store = memoryStore();
    storedOutbox(store, "p:").put(item);
    storedOutbox(store, "p:").put({ ...item, echoId: "e0", createdAt: "2026-01-01", state: "failed" });
    expect(storedOutbox(store, "p:").load()).toMatchObject([
      { echoId: "e0", state: "failed" },
      { echoId: "e1", state: "queued" },
    ]);
    expect(storedOutbox(store, "other:").load()).toEqual([]);
  });

  it("are skipped when another script of the page wrote nonsense there", () => {
    const store = memoryStore();
    for (const [index, text] of ["{", "null", "[]", '{"echoId":1}', '{"echoId":"x","text":"y"}'].entries()) {
      store.setItem(`p:${index}`, text);
    }
    expect(storedOutbox(store, "p:").load()).toEqual([]);
    expect(store.length).toBe(0);
  });
});

describe("files", () => {
  const limits = { types: ATTACHMENT_TYPES, maxBytes: ATTACHMENT_MAX_BYTES };
  const size = (bytes: number) => `${bytes}`;

  it("are refused before they travel when they are too large, empty or of a type that can not be sent", () => {
    const file = { name: "a.png", type: "image/png", size: 10 };
    expect(problemOf(file, limits, size)).toBeUndefined();
    expect(problemOf({ ...file, size: ATTACHMENT_MAX_BYTES + 1 }, limits, size)?.key).toBe("upload.tooLarge");
    expect(problemOf({ ...file, size: 0 }, limits, size)?.key).toBe("upload.empty");
    expect(problemOf({ ...file, name: "a.exe", type: "application/x-msdownload" }, limits, size)?.key).toBe(
      "upload.type",
    );
  });

  it("are recognised by their name where the browser does not know the type", () => {
    expect(typeOf({ name: "IMG_1.HEIC", type: "" })).toBe("image/heic");
    expect(typeOf({ name: "notes.txt", type: "text/plain;charset=utf-8" })).toBe("text/plain");
    expect(typeOf({ name: "what", type: "" })).toBe("");
  });
});

describe("the shop's accent colour", () => {
  const rgb = (color: string) =>
    [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as [number, number, number];

  it("leaves every text readable, whatever it is (WCAG AA)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), fc.boolean(), (color, dark) => {
        const { fill, ink, text } = accentColors(`#${color.toString(16).padStart(6, "0")}`, dark);
        expect(contrast(rgb(fill), rgb(ink))).toBeGreaterThanOrEqual(4.5);
        expect(contrast(rgb(text), dark ? [15, 23, 42] : [255, 255, 255])).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it("stays as it is where it can", () => {
    expect(accentColors("#4F46E5", false)).toEqual({ fill: "#4f46e5", ink: "#ffffff", text: "#4f46e5" });
    expect(accentColors("not a color", false).fill).toBe("#4f46e5");
  });
});

describe("a long message", () => {
  it("shows a beginning that ends between characters", () => {
    const character = fc.constantFrom("a", " ", "\n", "é", "e\u0301", "👩‍👩‍👧", "🇩🇪", "ก็", "漢", "م", "👍🏽");
    fc.assert(
      fc.property(fc.array(character, { minLength: 0, maxLength: 2_500 }), (characters) => {
        const text = characters.join("");
        const short = shorten(text);
        if (short === undefined) {
          expect(text.length <= 1_200 && text.split("\n").length <= 20).toBe(true);
          return;
        }
        expect(text.startsWith(short)).toBe(true);
        expect(short.isWellFormed()).toBe(true);
        expect(text.slice(short.length, short.length + 1)).not.toMatch(/^(?:\p{M}|\u200d|\ufe0f)/u);
        expect(short).not.toMatch(/\u200d$/);
      }),
      { numRuns: 200 },
    );
  });
});

describe("times and sizes", () => {
  it("are told in the reader's language", () => {
    const now = new Date(2026, 4, 2, 12).getTime();
    const day = (days: number) => new Date(2026, 4, 2 + days, 23, 50).toISOString();
    expect(dayLabel(day(0), "en", now)).toBe("Today");
    expect(dayLabel(day(-1), "es", now)).toBe("Ayer");
    expect(dayLabel(day(-1), "zh-CN", now)).toBe("昨天");
    expect(dayLabel(day(-40), "en", now)).toContain("March 23");
    expect(dayLabel(day(-400), "en", now)).toContain("2025");
    expect(fileSize(1_572_864, "de")).toBe("1,5 MB");
    for (const locale of LOCALES) expect(fileSize(20 * 1024 * 1024, locale)).toMatch(/20|٢٠/);
  });
});

describe("an identity", () => {
  it("needs an id and a signature; anything else leaves the shopper anonymous and tells the developer", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    expect(checkIdentity({ externalId: "7", hash: "ab", name: "Ana", more: true })).toEqual({
      externalId: "7",
      hash: "ab",
      name: "Ana",
    });
    for (const wrong of [undefined, null, "7", {}, { externalId: "7" }, { externalId: 7, hash: "ab" }]) {
      expect(checkIdentity(wrong)).toBeUndefined();
    }
    expect(warn).toHaveBeenCalledTimes(6);
  });
});
