import { afterEach, beforeEach, expect, test } from "vitest";
import { MailReader, TooHardToRead } from "../../../channels/email/reader.ts";

const options = { inboxId: "a".repeat(24), secret: "s", envelope: {} };
const mail = (name: string, body = `Hello from ${name}`) =>
  Buffer.from(`From: ${name}@buyer.example\r\nSubject: ${name}\r\n\r\n${body}`);
let reader: MailReader;
beforeEach(() => {
  reader = new MailReader();
});
afterEach(() => reader.stop());

test("mails are read beside each other, files come as bytes", async () => {
  const file = `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--`;
  const [first, second] = await Promise.all([
    reader.read(mail("ana"), options),
    reader.read(Buffer.from(`From: bea@buyer.example\r\nSubject: File\r\n${file}`), options),
  ]);
  expect(first).toMatchObject({ text: "Hello from ana", from: { address: "ana@buyer.example" } });
  expect(Buffer.isBuffer(second.files[0]?.content)).toBe(true);
  expect(second.files[0]?.content.toString()).toBe("%PDF-");
});

test("one that takes too long is given up alone, and those behind it are read", async () => {
  const slow = new MailReader({ patience: 1, milliseconds: 1 });
  await expect(slow.read(mail("ana"), options)).rejects.toThrow(TooHardToRead);
  await slow.stop();
  await expect(reader.read(mail("bea"), options)).resolves.toMatchObject({ subject: "bea" });
});

test("one that needs more time than others is read apart, and so is what else its sender writes", async () => {
  const patient = new MailReader({ patience: 1, milliseconds: 60_000 });
  const apart: string[] = [];
  const read = (name: string, sender: string) =>
    patient.read(mail(name), options, { sender, onApart: () => apart.push(name) });
  await expect(read("ana", "eve")).resolves.toMatchObject({ subject: "ana" });
  await expect(read("bea", "eve")).resolves.toMatchObject({ subject: "bea" });
  expect(apart).toEqual(["ana", "bea"]);
  await patient.stop();
});

test("one that takes too much memory is given up alone, and those beside it are read", async () => {
  const small = new MailReader({ patience: 60_000, milliseconds: 60_000, megabytes: 32 });
  const greedy = `From: eve@evil.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${"\u4e00\n".repeat(8_000_000)}`;
  const results = await Promise.allSettled([
    small.read(mail("ana"), options),
    small.read(Buffer.from(greedy), options),
    small.read(mail("bea"), options),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  await expect(small.read(mail("cleo"), options)).resolves.toMatchObject({ subject: "cleo" });
  await small.stop();
});

test("stopping rejects what is being read", async () => {
  const reading = reader.read(mail("ana"), options);
  await Promise.all([expect(reading).rejects.toThrow("stopped"), reader.stop()]);
});
