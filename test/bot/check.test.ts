import { describe, expect, it } from "vitest";
import { check, unfounded } from "../../bot/check.ts";
import { commitmentsIn } from "../../bot/llm/grounding.ts";
import { conversation, input } from "./support.ts";

describe("before a reply is sent", () => {
  const source =
    "Refunds of 25,00 € arrive within 5 days, by 24.11.2026. See https://shop.example/refund, code LX12345CN.";

  it.each([
    "It takes 5 days.",
    "You get 25.00 € back.",
    "By 24.11.2026, see https://shop.example/refund.",
    "Your code is LX12345CN",
    "5 يوم",
    "خلال ٥ أيام",
  ])("what stands in the source passes: %s", (text) => expect(unfounded(text, [source])).toEqual([]));

  it.each([
    "It takes 15 days.",
    "You get 250 € back.",
    "You get 25,50 € back.",
    "See https://shop.example.evil/refund",
    "Your code is LX12345CN9",
    "Write to me@evil.example",
    "By 24.12.2026",
    "within 2 days",
  ])("what does not is stopped: %s", (text) => expect(unfounded(text, [source])).not.toEqual([]));

  it("a near-repeat of an earlier reply is stopped", () => {
    const turns = conversation("buyer: hi", "bot: Refunds arrive within five days.", "buyer: when?");
    expect(check("Refunds arrive within five days!", input(turns), { locale: "en" })).toBe("repeats");
    expect(check("Your refund was sent on Monday by bank transfer.", input(turns), { locale: "en" })).toBeUndefined();
  });

  it("the wrong language is stopped, a text too short to tell is not", () => {
    const sources = ["x"];
    expect(check("Esto es claramente una frase en español.", input("hi"), { locale: "en", sources })).toBe(
      "wrong_language",
    );
    expect(check("OK!", input("hi"), { locale: "de", sources })).toBeUndefined();
  });
});

describe("what a text commits the shop to", () => {
  it.each([
    ["You get your money back", ["refund"]],
    ["Wir schenken Ihnen einen Rabatt", ["discount"]],
    ["免费为您换货", ["free", "replacement"]],
    ["J'ai annulé votre commande", ["deed"]],
    ["mình hứa sẽ đền bù", ["compensation", "deed"]],
  ])("%s: %j", (text, found) => expect([...commitmentsIn(text)].sort()).toEqual(found));

  it("a plain answer commits it to nothing", () => {
    expect([...commitmentsIn("Open the link in your shipping mail to follow your parcel.")]).toEqual([]);
  });
});
