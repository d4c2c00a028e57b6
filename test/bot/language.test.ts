import { describe, expect, it } from "vitest";
import { detectLanguage } from "../../bot/index.ts";
import { stems } from "../../bot/text/words.ts";

describe("the language of a message", () => {
  it.each([
    ["where is my parcel", "en"],
    ["donde esta mi pedido", "es"],
    ["siparisim nerede", "tr"],
    ["don hang cua toi dau", "vi"],
    ["怎么退货", "zh-CN"],
    ["怎麼退貨", "zh-TW"],
    ["注文した商品が届きません", "ja"],
    ["barang saya belum sampai kak", "id"],
    ["barang saya tak sampai lagi", "id"],
    ["où est mon colis svp", "fr"],
  ])("%s → %s", (text, locale) => expect(detectLanguage(text).locale).toBe(locale));

  it.each(["ok", "ok thanks", "DHL?", "PayPal", "👍", "48392018", ""])("two words do not flip it: %s", (text) => {
    expect(detectLanguage(text, { conversationLocale: "de", workspaceLocale: "en" }).locale).toBe("de");
    expect(detectLanguage(text, { conversationLocale: "de", browserLocale: "en-GB" }).locale).toBe("de");
  });

  it("a sentence does", () => {
    const hints = { conversationLocale: "de", workspaceLocale: "en" as const };
    expect(detectLanguage("Could you please tell me when my parcel will arrive?", hints).locale).toBe("en");
  });

  it("browser, country and the name's script decide where the text does not", () => {
    expect(detectLanguage("?", { browserLocale: "pl-PL" }).locale).toBe("pl");
    expect(detectLanguage("123", { orderCountry: "BR" }).locale).toBe("pt-BR");
    expect(detectLanguage("你好", { browserLocale: "zh-HK" }).locale).toBe("zh-TW");
  });

  it("one the product does not speak is named, and answered in the next best", () => {
    expect(detectLanguage("къде е поръчката ми, моля", { workspaceLocale: "de" })).toMatchObject({
      language: "bg",
      locale: "de",
      foreign: true,
    });
    expect(detectLanguage("मेरा ऑर्डर कहाँ है", { browserLocale: "en-IN" })).toMatchObject({
      language: "hi",
      locale: "en",
    });
    expect(detectLanguage("میرا آرڈر کہاں ہے").language).toBe("ur");
  });

  it("links, addresses and numbers say nothing about it", () => {
    const text = "¿cuándo llega? https://www.example.com/the-order-of-the-day info@where-is-it.example LX12345GB";
    expect(detectLanguage(text).locale).toBe("es");
  });
});

describe("words", () => {
  it("are stemmed in languages with endings, and cut where there are no spaces", () => {
    expect(stems("returned returning returns", "en")).toEqual(["return", "return", "return"]);
    expect(stems("我想退货", "zh").length).toBeGreaterThan(1);
    expect(stems("返品したいです", "ja").length).toBeGreaterThan(1);
    expect(stems("อยากคืนสินค้า", "th").length).toBeGreaterThan(1);
  });
});
