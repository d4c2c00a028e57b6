import { describe, expect, it } from "vitest";
import { templateInputSchema } from "../../../contract/template.ts";
import {
  complete,
  completionAt,
  insertVariable,
  matching,
  offsetOf,
} from "../../../web/console/templates/completion.ts";
import {
  differs,
  inputOf,
  keyFrom,
  languagesOf,
  newTemplate,
  problemOf,
  type TemplateDraft,
  withOwnWords,
  withPart,
  writtenOf,
} from "../../../web/console/templates/template-draft.ts";

/** What is being written where the text has a `^`. */
const at = (marked: string) => {
  const caret = marked.indexOf("^");
  return { text: marked.replace("^", ""), caret };
};
const asked = (marked: string) => {
  const { text, caret } = at(marked);
  return completionAt(text, caret);
};
const taken = (marked: string, name: string) => {
  const { text, caret } = at(marked);
  const result = complete(text, caret, completionAt(text, caret)!, name);
  return `${result.text.slice(0, result.caret)}^${result.text.slice(result.caret)}`;
};

describe("typing a variable", () => {
  it("begins with two braces, or in a condition", () => {
    expect(asked("Hi {{^")).toMatchObject({ kind: "variable", typed: "" });
    expect(asked("Hi {{ order.nu^ }}")).toMatchObject({ kind: "variable", typed: "order.nu" });
    expect(asked("{% if buyer.^ %}")).toMatchObject({ kind: "variable", typed: "buyer." });
    expect(asked("{% if order.total > 5 and buy^")).toMatchObject({ kind: "variable", typed: "buy" });
    expect(asked("{{ order.total | mo^")).toMatchObject({ kind: "filter", typed: "mo" });
  });

  it("is over outside of the braces", () => {
    for (const text of ["Hi ^", "{{ order.number }} ^", "{ order^", "{{ order.number ^", "{% endif %}x^", "{{\n^"]) {
      expect(asked(text), text).toBeUndefined();
    }
  });

  it("puts the name in, closes the braces once and goes on behind them", () => {
    expect(taken("Hi {{^", "buyer.name")).toBe("Hi {{ buyer.name }}^");
    expect(taken("Hi {{ bu^, welcome", "buyer.name")).toBe("Hi {{ buyer.name }}^, welcome");
    expect(taken("Hi {{ bu^ }}!", "buyer.name")).toBe("Hi {{ buyer.name^ }}!");
    expect(taken("{% if bu^ %}", "buyer.name")).toBe("{% if buyer.name^ %}");
    expect(taken("{{ order.total | mo^", "money")).toBe("{{ order.total | money^");
  });

  it("finds names by their beginning first, then by a part", () => {
    const names = ["buyer.name", "order.number", "tracking.number"].map((name) => ({ name }));
    expect(matching(names, "num").map(({ name }) => name)).toEqual(["order.number", "tracking.number"]);
    expect(matching(names, "order.").map(({ name }) => name)).toEqual(["order.number"]);
  });

  it("from the list asks first for what an order may lack", () => {
    expect(insertVariable("Hi !", 3, 3, { name: "buyer.name", optional: true }).text).toBe(
      "Hi {% if buyer.name %}{{ buyer.name }}{% endif %}!",
    );
    expect(insertVariable("No. x", 4, 5, { name: "order.number", optional: false }).text).toBe(
      "No. {{ order.number }}",
    );
  });

  it("leads to the line and column of a mistake", () => {
    expect(offsetOf("one\ntwo {{ x }}", 2, 5)).toBe(8);
    expect(offsetOf("short", 9, 9)).toBe(5);
  });
});

describe("a template while it is edited", () => {
  const draft: TemplateDraft = {
    ...newTemplate("en"),
    name: "Shipped",
    key: "shipped",
    texts: { en: { subject: "On its way", text: "It left." }, es: { text: " " } },
  };

  it("is saved without languages and channels that say nothing, and is then what the server takes", () => {
    const own = withOwnWords(draft, "en", "insite", true);
    expect(writtenOf(own, "en", "insite")?.text).toBe("It left.");
    const shorter = withPart(own, "en", "insite", "text", "Sent.");
    const input = inputOf(withPart(shorter, "en", "chat", "text", "  "));
    expect(input.texts).toEqual({
      en: { subject: "On its way", text: "It left.", channels: { insite: { subject: "On its way", text: "Sent." } } },
    });
    expect(templateInputSchema.safeParse(input).success).toBe(true);
    expect(inputOf(withOwnWords(shorter, "en", "insite", false)).texts.en).not.toHaveProperty("channels");
    expect(languagesOf(draft)).toEqual(["en"]);
  });

  it("loses an emptied subject, and changes only when something counts", () => {
    expect(inputOf(withPart(draft, "en", "all", "subject", "")).texts.en).toEqual({ text: "It left." });
    expect(differs(withPart(draft, "de", "all", "text", ""), draft)).toBe(false);
    expect(differs(withPart(draft, "de", "all", "text", "Weg."), draft)).toBe(true);
  });

  it("tells what is missing, the fallback language's text above all", () => {
    expect(problemOf(newTemplate("en"))).toBe("noName");
    expect(problemOf({ ...draft, key: "Not a key" })).toBe("noKey");
    expect(problemOf({ ...draft, fallback: "es" })).toBe("noFallback");
    expect(problemOf(draft)).toBeUndefined();
  });

  it("gets its key from its name where that can be written so", () => {
    expect(keyFrom("Bestellung unterwegs – Größe M")).toBe("bestellung_unterwegs_gro_e_m");
    expect(keyFrom("发货通知")).toBe("");
  });
});
