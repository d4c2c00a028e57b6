import { expect, test } from "vitest";
import { receiveMail } from "../../../channels/email/receive.ts";
import { raw } from "./build.ts";

const options = { inboxId: "a".repeat(24), secret: "s", envelope: {} };
const PNG = Buffer.from("89504e470d0a1a0a", "hex");
const picture = (bytes: number) => Buffer.concat([PNG, Buffer.alloc(bytes - PNG.length, 7)]).toString("base64");
const part = (headers: string, body: string) => `--b\n${headers}\n\n${body}\n`;
const inline = (cid: string, bytes: number) =>
  part(
    `Content-Type: image/png; name=${cid}.png\nContent-Disposition: inline; filename=${cid}.png\nContent-ID: <${cid}>\nContent-Transfer-Encoding: base64`,
    picture(bytes).replace(/(.{76})/g, "$1\n"),
  );
const received = (type: "mixed" | "related", ...parts: string[]) =>
  receiveMail(
    raw(
      `From: ana@buyer.example\nSubject: Lamp\nContent-Type: multipart/${type}; boundary=b`,
      "",
      `${parts.join("")}--b--`,
    ),
    options,
  );
const text = (body: string) => part("Content-Type: text/plain", body);
const html = (body: string) => part("Content-Type: text/html", body);
const names = (mail: Awaited<ReturnType<typeof receiveMail>>) => mail.files.map(({ name }) => name);

test("a phone's photo with a Content-ID that no HTML names is shown", async () => {
  expect(names(await received("mixed", text("See"), inline("photo", 5_000)))).toEqual(["photo.png"]);
  expect(names(await received("related", text("See"), inline("photo", 20_000)))).toEqual(["photo.png"]);
});
test("a small screenshot among the writer's words is shown", async () => {
  const mail = await received(
    "related",
    html('<p>The error:</p><p><img src="cid:shot"></p><p>Ana</p>'),
    inline("shot", 5_000),
  );
  expect(names(mail)).toEqual(["shot.png"]);
});
test("the logo of a signature and pictures of the history are not", async () => {
  const mail = await received(
    "related",
    html(
      '<p>Please help.</p><div class="gmail_signature">-- <br>Ana<br><img src="cid:logo"></div><div class="gmail_quote"><blockquote><img src="cid:old"></blockquote></div>',
    ),
    inline("logo", 5_000),
    inline("old", 5_000),
  );
  expect(names(mail)).toEqual([]);
  expect(mail.notes).toEqual([]);
});
test("a dot among the writer's words is told by a note", async () => {
  const mail = await received("related", html('<p>See <img src="cid:dot"> here</p>'), inline("dot", 200));
  expect(names(mail)).toEqual([]);
  expect(mail.notes).toEqual(["small_pictures"]);
});
test.each([
  ["message/rfc822", "From: a@b.example\nSubject: Old\n\nStreet number missing"],
  ["text/calendar; name=visit.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR"],
  ["application/ms-tnef; name=winmail.dat", "x"],
  ["application/pkcs7-mime; name=smime.p7m", "x"],
])("a part of %s is kept for the reader", async (type, body) => {
  const mail = await received(
    "mixed",
    text("See"),
    part(`Content-Type: ${type}\nContent-Disposition: attachment`, body),
  );
  expect(mail.files.length).toBe(1);
});
test.each([
  ["application/pdf; name=form.pdf", "form.pdf"],
  ["image/png; name=lid.png", "lid.png"],
  ["text/calendar; name=visit.ics", "visit.ics"],
])("a mail that is nothing but a file of type %s shows the file", async (type, name) => {
  const headers = `From: ana@buyer.example\nSubject: Lamp\nContent-Type: ${type}\nContent-Transfer-Encoding: base64`;
  const mail = await receiveMail(raw(headers, "", picture(9_000).replace(/(.{76})/g, "$1\n")), options);
  expect(names(mail)).toEqual([name]);
  expect(mail.files[0]?.content.length).toBe(9_000);
});
test("what signs a mail is no file of it", async () => {
  const mail = await received(
    "mixed",
    text("See"),
    part("Content-Type: application/pkcs7-signature; name=smime.p7s", "x"),
  );
  expect(mail.files).toEqual([]);
});
