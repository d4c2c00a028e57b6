import { describe, expect, it } from "vitest";
import { DEFAULT_THRESHOLD } from "../../../contract/bot.ts";
import { canOpen, SETTINGS } from "../../../web/console/permissions.ts";
import { nextPath } from "../../../web/console/session/next-path.ts";
import { thresholdWord } from "../../../web/console/settings/auto-reply/threshold-word.ts";
import {
  differs,
  draftOf,
  incompleteLanguages,
  inputOf,
  languagesOf,
  NEW_FAQ,
  problemOf,
  titleOf,
} from "../../../web/console/settings/faq/faq-draft.ts";
import { readImport } from "../../../web/console/settings/faq/read-import.ts";
import { embedSnippet, identitySnippet, toOrigin } from "../../../web/console/settings/inboxes/snippets.ts";

describe("an FAQ entry while it is edited", () => {
  const saved = draftOf({
    questions: { en: ["How do I return it?"], es: ["¿Cómo lo devuelvo?"] },
    answers: { en: "Write to us.", es: "Escríbenos." },
    enabled: true,
  });

  it("is saved without blank lines, spaces around, repeats and empty languages", () => {
    const draft = {
      ...saved,
      questions: { en: [" How do I return it? ", "", "How do I return it?", "Return?"], fr: ["", " "] },
      answers: { en: " Write to us. \n", fr: "  " },
    };
    expect(inputOf(draft)).toEqual({
      questions: { en: ["How do I return it?", "Return?"] },
      answers: { en: "Write to us." },
      enabled: true,
      orderStatus: false,
      documents: [],
    });
    expect(languagesOf(draft)).toEqual(["en"]);
  });

  it("tells what is missing", () => {
    expect(problemOf(NEW_FAQ)).toBe("noQuestion");
    expect(problemOf({ ...NEW_FAQ, questions: { en: ["Why?"] } })).toBe("noAnswer");
    expect(problemOf(saved)).toBeUndefined();
    expect([...incompleteLanguages({ ...saved, answers: { en: "Write to us." } })]).toEqual(["es"]);
  });

  it("can be saved only when something changed that counts", () => {
    expect(differs({ ...saved, questions: { ...saved.questions, de: [""] } }, saved)).toBe(false);
    expect(differs({ ...saved, enabled: false }, saved)).toBe(true);
  });

  it("is known by its first question in the reader's language", () => {
    expect(titleOf(saved, "es-MX")).toBe("¿Cómo lo devuelvo?");
    expect(titleOf(saved, "ja")).toBe("How do I return it?");
    expect(titleOf({ questions: {}, externalId: "returns" }, "en")).toBe("returns");
  });
});

describe("a file of FAQ entries", () => {
  it("is read when it is right, with or without a byte order mark", () => {
    const entries = [{ externalId: "returns", questions: { en: ["Return?"] }, answers: { en: "Yes." } }];
    expect(readImport(`\uFEFF${JSON.stringify(entries)}`)).toEqual({ ok: true, entries });
  });

  it("is refused with the reason and the place before anything is sent", () => {
    expect(readImport("{")).toEqual({ ok: false, problem: "notJson" });
    expect(readImport("{}")).toEqual({ ok: false, problem: "notAList" });
    expect(readImport("[]")).toEqual({ ok: false, problem: "empty" });
    const wrong = [
      { questions: { en: ["a"] }, answers: { en: "b" } },
      { questions: { en: [""] }, answers: {} },
    ];
    expect(readImport(JSON.stringify(wrong))).toMatchObject({ problem: "wrongEntry", at: 2, path: "questions.en.0" });
  });
});

describe("what a shop copies", () => {
  it("is the script tag with its inbox", () => {
    expect(embedSnippet("https://hub.example", "chat")).toBe(
      '<script src="https://hub.example/widget.js" data-inbox="chat" async></script>',
    );
    expect(identitySnippet("https://hub.example", 'a"b')).toContain('data-inbox="a&#34;b"');
  });

  it("allows a website by its origin, however it was typed", () => {
    expect(toOrigin(" https://Shop.example/path?x ")).toBe("https://shop.example");
    expect(toOrigin("http://localhost:8080")).toBe("http://localhost:8080");
    expect(toOrigin("shop.example")).toBeUndefined();
    expect(toOrigin("javascript:alert(1)")).toBeUndefined();
  });
});

describe("who sees which settings", () => {
  const seen = (role: "agent" | "supervisor" | "admin") => SETTINGS.filter((screen) => canOpen(screen, role));
  it("goes by role", () => {
    expect(seen("agent")).toEqual(["profile"]);
    expect(seen("supervisor")).toEqual(["profile", "faq", "documents", "canned-responses"]);
    expect(seen("admin")).toEqual(SETTINGS);
  });
});

describe("after the login", () => {
  const next = (path: string) => nextPath(`?next=${encodeURIComponent(path)}`);
  it("people come back to where they were, and only within the console", () => {
    expect(next("/settings/faq?x=1")).toBe("/settings/faq?x=1");
    for (const path of [
      "https://evil.example",
      "//evil.example",
      "/\\evil.example",
      "/login",
      "/password?next=/a",
      "",
    ]) {
      expect(next(path)).toBe("/conversations");
    }
  });
});

describe("the bot's threshold in words", () => {
  it("gets stricter upwards", () => {
    expect([0, DEFAULT_THRESHOLD, 0.5, 0.7, 0.95].map(thresholdWord)).toEqual([
      "bold",
      "balanced",
      "balanced",
      "careful",
      "strict",
    ]);
  });
});
