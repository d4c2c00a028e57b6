import { describe, expect, test } from "vitest";
import { AWAY_SUBJECTS } from "../../../channels/email/automatic-phrases.ts";
import { readBounce } from "../../../channels/email/bounce.ts";
import { classify } from "../../../channels/email/classify.ts";
import { LOCALES } from "../../../contract/locales.ts";
import { mailOf } from "./build.ts";

const classOf = async (headers: Record<string, string>, body?: string) => classify(await mailOf(headers, body)).class;

describe("automatic mail", () => {
  test.each(LOCALES)("an absence note is known by its subject in %s", async (locale) => {
    for (const phrase of AWAY_SUBJECTS[locale]!) {
      const subject = `=?utf-8?B?${Buffer.from(`${phrase} My order`).toString("base64")}?=`;
      expect(await classOf({ Subject: subject }), phrase).toBe("auto_reply");
    }
  });
  test.each([
    [{ "Auto-Submitted": "auto-replied" }, "auto_reply"],
    [{ "Auto-Submitted": "auto-generated" }, "notification"],
    [{ "X-Autoreply": "yes" }, "auto_reply"],
    [{ Precedence: "auto_reply" }, "auto_reply"],
    [{ Precedence: "bulk" }, "bulk"],
    [{ "List-Id": "<users.list.example>" }, "bulk"],
    [{ "Return-Path": "<>" }, "auto_reply"],
    [{ From: "noreply@carrier.example" }, "notification"],
    [{ "Content-Type": 'multipart/report; report-type=disposition-notification; boundary="x"' }, "receipt"],
  ] as [Record<string, string>, string][])("%j is %s", async (headers, expected) => {
    const found = classify(await mailOf(headers));
    expect(found.class).toBe(expected);
    expect(found.automatic).toBe(true);
  });
  test("an empty envelope sender is automatic, whatever the headers say", async () => {
    expect(classify(await mailOf({}), { mailFrom: "" }).automatic).toBe(true);
    expect(classify(await mailOf({}), { mailFrom: "ana@buyer.example" }).automatic).toBe(false);
  });
});

describe("people's mail", () => {
  test.each([
    {},
    { "Auto-Submitted": "no" },
    { Subject: "Why did I get an automatic reply?" },
    { Subject: "Re: Automatic reply: my order is broken" },
    { Subject: "Delivery problem with my parcel" },
    { Subject: "Returned mail? I sent the vase back" },
    { Subject: "My parcel is undeliverable, says the carrier" },
    { From: "Post Master Shop <post@buyer.example>" },
    { Subject: "Fwd: Undeliverable: Your order" },
    { From: "no-reply@forms.example", "Reply-To": "ana@buyer.example" },
    { Subject: "Delivery failure" },
    { "Return-Path": "<ana@buyer.example>" },
  ] as Record<string, string>[])("%j", async (headers) => {
    expect(await classOf(headers, "The carrier could not deliver to ana@buyer.example. Why?")).toBe("person");
  });
});

describe("what servers say", () => {
  const said = async (body: string, subject = "Mail delivery failed") =>
    readBounce(await mailOf({ From: "MAILER-DAEMON@host.example", Subject: subject }, body));
  test.each([
    ["550 5.1.1 <ana@buyer.example> User unknown", "mailbox_unknown", "hard"],
    ["550 No such user here ana@buyer.example", "mailbox_unknown", "hard"],
    ["550 5.4.1 Recipient address rejected: Access denied. ana@buyer.example", "mailbox_unknown", "hard"],
    ["554 5.4.4 ana@buyer.example Unable to resolve: Domain not found", "domain_unknown", "hard"],
    ["550 5.2.1 The account ana@buyer.example is disabled", "mailbox_disabled", "hard"],
    ["452 4.2.2 ana@buyer.example Mailbox full", "mailbox_full", "soft"],
    ["552 5.3.4 ana@buyer.example Message size exceeds fixed limit", "too_large", "soft"],
    ["550 5.7.26 ana@buyer.example This mail is unauthenticated: SPF did not pass", "authentication", "soft"],
    [
      "554 5.7.1 ana@buyer.example Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
      "blocked",
      "soft",
    ],
    ["554 ana@buyer.example Message rejected as spam by content scanner", "spam", "soft"],
    ["451 4.7.1 ana@buyer.example Greylisted, try again later", "rate_limited", "soft"],
    ["ana@buyer.example: connect to mx.buyer.example[192.0.2.9]:25: Connection timed out", "unreachable", "soft"],
    ["554 5.4.6 ana@buyer.example Too many hops", "loop", "soft"],
    ["ana@buyer.example 收件人地址不存在", "mailbox_unknown", "hard"],
    ["ana@buyer.example ящик переполнен", "mailbox_full", "soft"],
    ["ana@buyer.example Der Empfänger existiert nicht", "mailbox_unknown", "hard"],
  ])("%s", async (body, reason, kind) => {
    const bounce = await said(body);
    expect([bounce.reason, bounce.kind, bounce.recipients]).toEqual([reason, kind, ["ana@buyer.example"]]);
  });
  test("a warning of a delay is no failure", async () => {
    const bounce = await said(
      "ana@buyer.example\nThis is a warning message only. You do not need to resend.",
      "Warning: message delayed 4 hours",
    );
    expect(bounce.action).toBe("delayed");
  });
});
