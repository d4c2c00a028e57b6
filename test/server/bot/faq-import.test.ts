import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FaqPreviewResult } from "../../../contract/faq.ts";
import { readCsv } from "../../../server/faq-import/csv.ts";
import { readPage } from "../../../server/faq-import/page.ts";
import { readMarkdown } from "../../../server/faq-import/sections.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

describe("a table of questions", () => {
  it("is read with quotes, line breaks, semicolons and several ways to ask", () => {
    const { entries, problems } = readCsv(
      '\uFEFFFrage;Antwort;Sprache\n"Wann kommt es?\nWie lange dauert es?";"In ""3"" Tagen;\nsicher";de\nWhen?;Soon.;en\n;Nobody asked.;de\nUnd?;;de\nX?;Y.;klingon\n',
      "de",
    );
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({
      questions: { de: ["Wann kommt es?", "Wie lange dauert es?"] },
      answers: { de: 'In "3" Tagen;\nsicher' },
    });
    expect(problems.map(({ code }) => code)).toEqual(["unknown_locale", "no_question", "no_answer"]);
  });

  it("with a column for each language makes one entry of a row", () => {
    const { entries } = readCsv(
      "id,question:en,answer:en,question:es,answer:es\nr1,Where?,Here.,¿Dónde?,Aquí.\n",
      "en",
    );
    expect(entries).toEqual([
      { externalId: "r1", questions: { en: ["Where?"], es: ["¿Dónde?"] }, answers: { en: "Here.", es: "Aquí." } },
    ]);
  });

  it("joins rows of one id, and refuses a table without questions", () => {
    const { entries } = readCsv("id,locale,question,answer\n7,en,Where?,Here.\n7,fr,Où ?,Ici.\n", "en");
    expect(entries).toMatchObject([{ externalId: "7", answers: { en: "Here.", fr: "Ici." } }]);
    expect(() => readCsv("name,price\nlamp,3\n", "en")).toThrow("import_unreadable");
  });
});

describe("a Markdown file", () => {
  it("has its questions in headings; marks, links and code blocks are read as people mean them", () => {
    const { entries } = readMarkdown(
      "---\ntitle: x\n---\n# Help\n\n## How do I return *it*?\nOpen **your account** and see [the page](https://shop.example/r).\n\n- print\n- send\n\nHow long?\n---------\n30 days.\n\n## Config\n```\n# not a heading\n```\n### Empty\n",
      "en",
    );
    expect(entries.map(({ questions, answers }) => [questions.en?.[0], answers.en])).toEqual([
      ["How do I return it?", "Open your account and see the page (https://shop.example/r).\n\n- print\n- send"],
      ["How long?", "30 days."],
      ["Config", "# not a heading"],
    ]);
  });
});

const PAGE = `<!doctype html><html lang="es"><head><title>Ayuda</title><style>h2{}</style></head><body>
<nav><h2>Menú</h2><p>Inicio</p></nav><main><h1>Ayuda</h1>
<h2 id="envio">¿Cuánto tarda el <b>envío</b>?</h2><p>Entre 3&nbsp;y 5 d&iacute;as.</p><ul><li>Península: 3</li><li>Islas: 5</li></ul>
<details><summary>¿Puedo devolverlo?</summary><p>Sí, en 30 días.</p></details>
<script>alert("<h2>no</h2>")</script></main><footer><h3>Contacto</h3><p>Madrid</p></footer></body></html>`;

describe("a help-centre page", () => {
  it("is read by its headings and fold-outs, without menus and scripts, in the page's language", () => {
    const { entries } = readPage(PAGE, "https://shop.example/help?x=1#top", "en");
    expect(entries).toEqual([
      {
        externalId: "https://shop.example/help?x=1#envio",
        questions: { es: ["¿Cuánto tarda el envío?"] },
        answers: { es: "Entre 3 y 5 días.\n\n- Península: 3\n\n- Islas: 5" },
      },
      {
        externalId: expect.stringMatching(/^import:/),
        questions: { es: ["¿Puedo devolverlo?"] },
        answers: { es: "Sí, en 30 días." },
      },
    ]);
  });

  it("with structured data is read by that", () => {
    const data = {
      "@graph": [
        {
          "@type": "FAQPage",
          mainEntity: [
            {
              "@type": "Question",
              name: "Warranty?",
              acceptedAnswer: { "@type": "Answer", text: "<p>Two <i>years</i>.</p>" },
            },
          ],
        },
      ],
    };
    const { entries } = readPage(
      `<html lang="en"><script type="application/ld+json">${JSON.stringify(data)}</script><h2>Other</h2><p>text</p>`,
      "https://shop.example/",
      "en",
    );
    expect(entries).toMatchObject([{ questions: { en: ["Warranty?"] }, answers: { en: "Two years." } }]);
  });

  it.each(["", "<p>no headings", "<h2>".repeat(2_000), "\u0000<h1", `<h2>${"a".repeat(3_000)}</h2><p>b`])(
    "that says nothing is refused or left out: %#",
    (html) => {
      const read = () => readPage(html, "https://shop.example/", "en").entries;
      expect(read).toThrow("page_unreadable");
    },
  );
});

describe("a file built to take for ever", () => {
  const many = (part: string) => part.repeat(Math.floor(400_000 / part.length));
  it.each(["[", "![", "*", "**a", "_a ", "<a", "`", "# ", "#", "(", "[a](", " ", "-", "\n=", "\n#\t"])(
    "is read all the same: %j",
    (part) => {
      readMarkdown(`# Question?\nAnswer\n${many(part)}\n# ${many(part)}`, "en");
      try {
        readPage(
          `<h2>Question?</h2><p>Answer</p>${many(part)}<b> </b>${many("<b> </b>")}`,
          "https://shop.example/",
          "en",
        );
        readCsv(`question,answer,${many(part)}\n1,2,${many(part)}\n`, "en");
      } catch (error) {
        expect((error as { code?: string }).code).toMatch(/_unreadable$/);
      }
    },
  );
});

describe("an import", () => {
  let app: TestApp;
  let help: { url: string; close(): void };
  beforeAll(async () => {
    const server = createServer((request, response) => {
      if (request.url === "/gone") response.writeHead(404).end();
      else response.writeHead(200, { "Content-Type": "text/html" }).end(PAGE);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    help = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
    app = await startTestApp({ env: { ALLOW_NETWORKS: "127.0.0.1/32" } });
  });
  afterAll(async () => {
    await app?.dispose();
    help?.close();
  });

  const preview = (body: unknown) => app.call<FaqPreviewResult>("POST", "/faqs/import/preview", body, app.admin);
  const count = async () =>
    (await app.call<{ items: unknown[] }>("GET", "/faqs?limit=100", undefined, app.admin)).body.items.length;

  it("shows what it would do, does that, and changes nothing the second time", async () => {
    const before = await count();
    const seen = await preview({ format: "url", url: `${help.url}/help` });
    expect(seen.body.effects).toEqual(["create", "create"]);
    expect(await count()).toBe(before);
    const done = await app.call("POST", "/faqs/import", seen.body.entries, app.admin);
    expect(done.body).toEqual({ created: 2, updated: 0, unchanged: 0 });
    expect((await preview({ format: "url", url: `${help.url}/help` })).body.effects).toEqual([
      "unchanged",
      "unchanged",
    ]);
    const changed = await preview({
      format: "markdown",
      content: "## ¿Puedo devolverlo?\nSí, en 60 días.",
      locale: "es",
    });
    expect(changed.body.effects).toEqual(["update"]);
  });

  it.each(["/gone", "x"])("of a page that is not there says so: %s", async (path) => {
    const url = path === "x" ? "http://help.invalid/" : help.url + path;
    expect(await preview({ format: "url", url })).toMatchObject({
      status: 422,
      body: { error: { code: "page_unreadable" } },
    });
  });

  it("never fetches the hub's own network", async () => {
    const url = "http://169.254.169.254/latest/meta-data";
    expect((await preview({ format: "url", url })).body).toMatchObject({
      error: { code: "page_unreadable", details: { reason: "refused_address" } },
    });
  });
});
