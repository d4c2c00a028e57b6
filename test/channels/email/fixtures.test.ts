import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { classify } from "../../../channels/email/classify.ts";
import { parseMail } from "../../../channels/email/parse.ts";
import { visibleText } from "../../../channels/email/visible/index.ts";

interface Expected {
  text?: string;
  class: string;
  subject?: string;
  from?: { name: string; address: string };
  references?: string[];
  files?: object[];
  bounce?: { originalId: string };
  complaint?: { originalId: string };
}

const folder = new URL("../../fixtures/email/", import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".eml"))
  .map((name) => name.slice(0, -4));

describe("mails as programs and servers write them", () => {
  test.each(names)("%s", async (name) => {
    const expected = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Expected;
    const mail = await parseMail(readFileSync(new URL(`${name}.eml`, folder)));
    expect(mail.notes).toEqual([]);
    const found = classify(mail);
    expect(found.class).toBe(expected.class);
    expect(found.automatic).toBe(expected.class !== "person");
    if (expected.text !== undefined) expect(visibleText(mail).text).toBe(expected.text);
    if (expected.subject !== undefined) expect(mail.subject).toBe(expected.subject);
    if (expected.from) expect(mail.from).toEqual(expected.from);
    if (expected.references)
      expect(mail.references.length ? mail.references : mail.inReplyTo).toEqual(expected.references);
    if (expected.files) expect(mail.files.map(({ content: _, ...file }) => file)).toEqual(expected.files);
    for (const kind of ["bounce", "complaint"] as const) {
      const wanted = expected[kind];
      if (!wanted) continue;
      const { originalId, ...rest } = wanted;
      expect(found[kind]).toMatchObject(rest);
      expect(found[kind]?.originalIds).toContain(originalId);
    }
  });
});
