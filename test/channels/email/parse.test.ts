import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { PARSE_LIMITS, parseMail } from "../../../channels/email/parse.ts";
import { frameCsp, sanitizeMailHtml } from "../../../channels/email/sanitize.ts";
import { mailOf, raw } from "./build.ts";

const HEAD = [
  "From: Ana <ana@buyer.example>",
  "To: support@shop.example",
  "Subject: My order",
  "Message-ID: <1@buyer.example>",
  "MIME-Version: 1.0",
];

describe("hostile and broken mails", () => {
  test("a mail above the limit is read up to it, with a note", async () => {
    const mail = await parseMail(raw(...HEAD, "", "x".repeat(100_000)), { ...PARSE_LIMITS, mail: 10_000 });
    expect(mail.notes).toContain("too_large");
    expect(mail.subject).toBe("My order");
    expect(mail.text.length).toBeLessThan(10_000);
  });
  test("a stream above the limit is not read to its end", async () => {
    let read = 0;
    const endless = Readable.from(
      (function* () {
        yield raw(...HEAD, "", "");
        for (; read < 10_000; read++) yield Buffer.alloc(1_000, "x");
      })(),
    );
    const mail = await parseMail(endless, { ...PARSE_LIMITS, mail: 50_000 });
    expect(mail.notes).toContain("too_large");
    expect(read).toBeLessThan(200);
  });
  test("a thousand nested parts end with a note and the headers", async () => {
    const depth = 1_000;
    const lines = [...HEAD];
    for (let at = 0; at < depth; at++) lines.push(`Content-Type: multipart/mixed; boundary="b${at}"`, "", `--b${at}`);
    lines.push("Content-Type: text/plain", "", "deep");
    const mail = await parseMail(raw(...lines));
    expect(mail.notes).toContain("too_many_parts");
    expect(mail.from?.address).toBe("ana@buyer.example");
    expect(mail.messageId).toBe("<1@buyer.example>");
  });
  test("a charset that does not exist is read as well as can be", async () => {
    const mail = await parseMail(raw(...HEAD, "Content-Type: text/plain; charset=x-klingon", "", "It is broken."));
    expect(mail.text).toContain("It is broken.");
  });
  test("bytes that are not of their charset are noted", async () => {
    const mail = await parseMail(
      Buffer.concat([
        raw(...HEAD, "Content-Type: text/plain; charset=utf-8", "", ""),
        Buffer.from([0x41, 0xff, 0xfe, 0x42]),
      ]),
    );
    expect(mail.notes).toContain("bad_charset");
    expect(mail.text).toContain("A");
  });
  test("a boundary that never comes still shows the text", async () => {
    const mail = await parseMail(
      raw(
        ...HEAD,
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "It is broken.",
      ),
    );
    expect(mail.text).toContain("It is broken.");
  });
  test("bytes that are no mail at all give an empty one", async () => {
    expect(await parseMail(Buffer.from([0, 1, 2, 3, 255]))).toMatchObject({ references: [], files: [] });
    expect(await parseMail(Buffer.alloc(0))).toMatchObject({ text: "", files: [] });
  });
  test("too many attachments, and too large ones, are left out with a note", async () => {
    const part = (name: string, body: string) => [
      "--b",
      "Content-Type: application/octet-stream",
      `Content-Disposition: attachment; filename="${name}"`,
      "",
      body,
    ];
    const lines = [...HEAD, 'Content-Type: multipart/mixed; boundary="b"', ""];
    for (let at = 0; at < 5; at++) lines.push(...part(`${at}.bin`, "x".repeat(600)));
    const mail = await parseMail(raw(...lines, "--b--"), { ...PARSE_LIMITS, files: 3, fileBytes: 1_000 });
    expect(mail.files.length).toBe(3);
    expect(mail.notes).toEqual(expect.arrayContaining(["too_many_attachments", "attachment_truncated"]));
  });
  test("names of files lose paths and signs that turn the direction", async () => {
    const mail = await parseMail(
      raw(
        ...HEAD,
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        "Content-Type: application/pdf",
        `Content-Disposition: attachment; filename="=?utf-8?B?${Buffer.from("../../a\u202efdp.exe").toString("base64")}?="`,
        "",
        "x",
        "--b--",
      ),
    );
    expect(mail.files[0]?.name).toBe("afdp.exe");
  });
  test("line ends hidden in encoded headers stay in their line", async () => {
    const mail = await mailOf({
      Subject: `=?utf-8?B?${Buffer.from("Hello\r\nBcc: x@evil.example").toString("base64")}?=`,
    });
    expect(mail.subject).toBe("Hello Bcc: x@evil.example");
  });
  test("an attached mail stays a file", async () => {
    const mail = await parseMail(
      raw(
        ...HEAD,
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "See it.",
        "--b",
        "Content-Type: message/rfc822",
        "",
        "Subject: inner",
        "",
        "inner text",
        "--b--",
      ),
    );
    expect(mail.text.trim()).toBe("See it.");
    expect(mail.files[0]).toMatchObject({ type: "message/rfc822", name: "1.eml" });
  });
});

describe("HTML made safe", () => {
  const options = { cidUrl: (cid: string) => (cid === "p@x" ? "/api/v1/files/1" : undefined), remoteImages: false };
  test.each([
    ["<script>alert(1)</script>x", "x"],
    ['<img src=x onerror="alert(1)">', ""],
    ['<a href="javascript:alert(1)">x</a>', '<a target="_blank" rel="noopener noreferrer nofollow">x</a>'],
    ['<a href="/api/v1/auth/logout">x</a>', '<a target="_blank" rel="noopener noreferrer nofollow">x</a>'],
    ['<iframe src="https://evil.example"></iframe>x', "x"],
    ['<form action="https://evil.example"><input name=a><button>x</button></form>', "x"],
    ["<style>@import 'https://evil.example'</style>x", "x"],
    [
      '<div style="background:url(https://evil.example/p.png);position:fixed;color:red">x</div>',
      '<div style="color:red">x</div>',
    ],
    [
      '<svg><a xlink:href="javascript:alert(1)">x</a></svg>',
      '<a target="_blank" rel="noopener noreferrer nofollow">x</a>',
    ],
    ['<meta http-equiv="refresh" content="0;url=https://evil.example">x', "x"],
    ["<base href='https://evil.example'>x", "x"],
    ['<img src="data:image/svg+xml,<svg onload=alert(1)>">', ""],
    ['<img src="//evil.example/p.png">', ""],
  ])("%s", (html, safe) => {
    expect(sanitizeMailHtml(html, options).html).toBe(safe);
  });
  test("pictures from elsewhere are counted and left out until asked for", () => {
    const html = '<p>x<img src="https://t.example/p.gif" width="1" height="1" alt="a"></p>';
    expect(sanitizeMailHtml(html, options)).toEqual({
      html: '<p>x<img alt="a" width="1" height="1" data-blocked="remote" /></p>',
      blockedImages: 1,
    });
    expect(sanitizeMailHtml(html, { ...options, remoteImages: true }).html).toContain('src="https://t.example/p.gif"');
    expect(frameCsp(false)).not.toContain("https:");
  });
  test("pictures of the mail itself are shown in place", () => {
    expect(sanitizeMailHtml('<img src="cid:p%40x" alt="pic">', options).html).toBe(
      '<img alt="pic" src="/api/v1/files/1" />',
    );
    expect(sanitizeMailHtml('<img src="cid:other">', options).html).toBe("");
  });
});
