import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayName, formatBytes, formatDuration, formatPercent, isTimeZone } from "../../../web/ui/format.ts";
import { linkify } from "../../../web/ui/linkify.ts";

const links = (text: string) => linkify(text).flatMap((part) => (part.href ? [part.text] : []));

describe("links in a message", () => {
  it("are found without the punctuation around them", () => {
    expect(links("See https://shop.example/track?id=7, or (https://a.example/x_(y)).")).toEqual([
      "https://shop.example/track?id=7",
      "https://a.example/x_(y)",
    ]);
    expect(links("请看https://shop.example/退货。谢谢")).toEqual(["https://shop.example/退货"]);
  });

  it("are only ever http or https, and never hide where they lead", () => {
    expect(links("javascript:alert(1) data:text/html,x ftp://x.example")).toEqual([]);
    expect(links("https://bank.example@evil.example/ http://user:pw@x.example")).toEqual([]);
    expect(links('<a href="https://x.example">')).toEqual(["https://x.example"]);
  });

  it("change nothing of the text", () => {
    const piece = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("https://x.example/a)", "http://", "。", "("),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        expect(
          linkify(text)
            .map((part) => part.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });
});

describe("numbers and times", () => {
  it("say how long, shortly for the eye and in full for screen readers, in the reader's language", () => {
    expect(formatDuration(40_000, "en")).toBe("40s");
    expect(formatDuration(12 * 60_000, "en")).toBe("12m");
    expect(formatDuration(125 * 60_000, "en")).toBe("2h");
    expect(formatDuration(125 * 60_000, "en", "long")).toBe("2 hours 5 minutes");
    expect(formatDuration(25 * 3_600_000, "en", "long")).toBe("1 day 1 hour");
    expect(formatDuration(100 * 3_600_000, "en")).toBe("4d");
    expect(formatDuration(-5, "en")).toBe("0s");
    expect(formatDuration(12 * 60_000, "zh-CN", "long")).toBe("12分钟");
  });

  it("say sizes and shares", () => {
    expect(formatBytes(900, "en")).toBe("900 byte");
    expect(formatBytes(1_572_864, "en")).toBe("1.5 MB");
    expect(formatPercent(0.914, "en")).toBe("91%");
  });

  it("name languages and countries for the reader", () => {
    expect(displayName("language", "zh-TW", "en")).toBe("Traditional Chinese");
    expect(displayName("language", "es", "de")).toBe("Spanisch");
    expect(displayName("region", "MX", "en")).toBe("Mexico");
    expect(displayName("region", "no such", "en")).toBe("no such");
  });

  it("know a time zone from a made-up one", () => {
    expect(isTimeZone("America/Mexico_City")).toBe(true);
    expect(isTimeZone("Mars/Olympus")).toBe(false);
    expect(isTimeZone(undefined)).toBe(false);
  });
});
