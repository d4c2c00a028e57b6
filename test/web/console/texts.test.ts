import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import automations from "../../../locales/en/automations.json" with { type: "json" };
import general from "../../../locales/en/console.json" with { type: "json" };
import copilot from "../../../locales/en/copilot.json" with { type: "json" };
import mailboxes from "../../../locales/en/mailboxes.json" with { type: "json" };
import orders from "../../../locales/en/orders.json" with { type: "json" };

const en = { ...general, automations, copilot, mailboxes, orders };

const CONSOLE = join(import.meta.dirname, "..", "..", "..", "web", "console");

function* keysOf(node: object, prefix = ""): Generator<string> {
  for (const [name, value] of Object.entries(node)) {
    if (typeof value === "string") yield prefix + name.replace(/_(one|other)$/, "");
    else yield* keysOf(value, `${prefix}${name}.`);
  }
}

// That every key used exists is a matter of types (TextKey); this is the other direction.
it("holds no text that the console never shows", async () => {
  const files = (await readdir(CONSOLE, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
  const source = (await Promise.all(files.map((name) => readFile(join(CONSOLE, name), "utf8")))).join("\n");
  const literal = new Set(source.match(/"[\w-]+(\.[\w-]+)+"/g)?.map((text) => text.slice(1, -1)));
  // `list.empty.${filter}` and `activity.${kind}By` use every key of that form.
  const patterns = (source.match(/`[\w-]+\.[\w.$ {}-]*\$\{[^`]*`/g) ?? []).map(
    (text) =>
      new RegExp(
        `^${text
          .slice(1, -1)
          .replaceAll(".", "\\.")
          .replace(/\$\{[^}]*\}/g, "[\\w-]+")}$`,
      ),
  );
  const unused = [...new Set(keysOf(en))].filter(
    (key) => !literal.has(key) && !patterns.some((each) => each.test(key)),
  );
  expect(unused).toEqual([]);
});
