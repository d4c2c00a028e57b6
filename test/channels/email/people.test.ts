import { describe, expect, test } from "vitest";
import { classify, type Envelope } from "../../../channels/email/classify.ts";
import { receiveMail } from "../../../channels/email/receive.ts";
import { isNoSender } from "../../../channels/email/sender.ts";
import { mailOf, raw } from "./build.ts";

const OURS: Envelope = { ours: ["support@shop.example"], mailFrom: "ana@buyer.example" };
const GROUP = {
  Precedence: "list",
  "List-ID": "<support.shop.example>",
  "Mailing-list": "list support@shop.example; contact support+owners@shop.example",
  "List-Post": "<https://groups.example/support/post>, <mailto:support@shop.example>",
  "List-Unsubscribe": "<mailto:manage+4711+unsubscribe@groups.example>",
};

describe("a person's mail stays a person's", () => {
  test.each([
    ["through a group that is the shop's address", GROUP],
    [
      "through a list of another address on the shop's domain",
      { ...GROUP, To: "help@shop.example", "List-ID": "<help.shop.example>", "Mailing-list": "", "List-Post": "" },
    ],
    [
      "through an old list with Precedence: bulk",
      { Precedence: "bulk", "List-ID": "Orders <orders.shop.example>", To: "orders@shop.example" },
    ],
    ["through a distribution list that sets no more than Precedence", { Precedence: "list" }],
    ["written at Zoho", { "Feedback-ID": "rr0801122:zu0801122:rf0801122:ZohoMail", "User-Agent": "Zoho Mail" }],
    ["with a Feedback-ID alone", { "Feedback-ID": "1.eu-1.abc=:AmazonSES" }],
    ["from an Exchange that wants no automatic answer", { "X-Auto-Response-Suppress": "DR, OOF, AutoReply" }],
    ["from Zoho through an Exchange", { "Feedback-ID": "rr1:zu1:rf1:ZohoMail", "X-Auto-Response-Suppress": "All" }],
    ["passed on by a rule of Exchange", { "X-MS-Exchange-Inbox-Rules-Loop": "support@shop.example" }],
    ["passed on by a filter", { "Auto-Submitted": "auto-forwarded" }],
    ["with a List-Unsubscribe alone", { "List-Unsubscribe": "<mailto:u@crm.example>" }],
    [
      "with a signed return path",
      { "List-Unsubscribe": "<mailto:u@crm.example>", "Return-Path": "<prvs=1234abcd=ana@buyer.example>" },
    ],
    ["about the days when they are away", { Subject: "Away from home on Friday, deliver on Monday?" }],
    ["about a chair for the office", { Subject: "Out of the office chair, screws are missing" }],
  ] as [string, Record<string, string>][])("%s", async (_, headers) => {
    const all = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ""));
    const mail = await mailOf(all, "I got green, I ordered blue. Can you change it?");
    expect(classify(mail, { ...OURS, ...("Return-Path" in all && { mailFrom: undefined }) } as Envelope)).toMatchObject(
      {
        class: "person",
        automatic: false,
      },
    );
  });

  test("passed on by a filter with a null sender", async () => {
    const mail = await mailOf({ "Auto-Submitted": "auto-forwarded" });
    expect(classify(mail, { ...OURS, mailFrom: "" }).class).toBe("person");
  });

  test("a form of the shop's own site that calls its mails generated", async () => {
    const mail = await mailOf({
      From: "support@shop.example",
      "Reply-To": "ana@buyer.example",
      "Auto-Submitted": "auto-generated",
    });
    expect(classify(mail, OURS).class).toBe("person");
  });

  test("a group that the hub knows nothing of is known by its name", async () => {
    const hub: Envelope = { ours: ["support@parley.localhost"], recipients: ["support@parley.localhost"] };
    expect(classify(await mailOf(GROUP), hub).class).toBe("person");
    const other = {
      ...GROUP,
      To: "cats@fans.example",
      "List-ID": "<cats.fans.example>",
      "Mailing-list": "list cats@fans.example",
      "List-Post": "<mailto:cats@fans.example>",
    };
    expect(classify(await mailOf(other), hub).class).toBe("bulk");
  });
});

describe("a machine's mail stays a machine's", () => {
  test.each([
    [
      "a newsletter with one-click unsubscribing",
      { "List-Unsubscribe": "<https://n.example/u>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
      "Our summer rates",
    ],
    [
      "a newsletter that says how to unsubscribe",
      { "List-Unsubscribe": "<https://n.example/u>" },
      "Summer rates.\n\nUnsubscribe: https://n.example/u",
    ],
    ["a newsletter in French", { "List-Unsubscribe": "<https://n.example/u>" }, "Nos tarifs d'été.\n\nSe désabonner"],
    ["offers", { From: "offers@carrier.example", "List-Unsubscribe": "<https://n.example/u>" }, "Ship for less"],
    [
      "a mailing whose failures are counted",
      { "Feedback-ID": "77:SG", "Return-Path": "<bounces+77-ab=shop.example@em.carrier.example>" },
      "Your label",
    ],
    ["a mailing with two marks", { "Feedback-ID": "77:SG", "List-Unsubscribe": "<https://n.example/u>" }, "Your label"],
    [
      "a program that says so",
      { "X-Auto-Response-Suppress": "All" },
      "Ticket 12 was opened. This is an automatically generated message.",
    ],
    ["a list of others", { "List-Id": "<users.list.example>" }, "Which version do you use?"],
    [
      "an absence note passed on by a rule",
      { Subject: "Automatic reply: hello", "X-MS-Exchange-Inbox-Rules-Loop": "a@b.example" },
      "I am away",
    ],
    [
      "an absence note by its subject",
      { Subject: "Out of office" },
      "I am back on Monday. Urgent? Write to my colleague.",
    ],
    [
      "an answering program passed on by a filter",
      { "Auto-Submitted": "auto-forwarded", "X-Autoreply": "yes" },
      "I am away",
    ],
  ] as [string, Record<string, string>, string][])("%s", async (_, headers, body) => {
    const { mailFrom: _none, ...fetched } = OURS;
    expect(classify(await mailOf(headers, body), fetched).automatic).toBe(true);
  });
});

describe("who wrote it", () => {
  const options = { inboxId: "a".repeat(24), secret: "s", envelope: { ...OURS, recipients: ["support@shop.example"] } };
  const received = (...lines: string[]) => receiveMail(raw(...lines, "Subject: Hello", "", "Where is it?"), options);

  test.each([
    ["X-Original-From: Nora Berg <nora@buyer.example>", "nora@buyer.example"],
    ["Reply-To: Nora Berg <nora@buyer.example>", "nora@buyer.example"],
    ["X-Original-Sender: nora@buyer.example", "nora@buyer.example"],
  ])("a group of the shop's wrote its own address over the writer's: %s", async (header, address) => {
    const mail = await received(
      "From: \"'Nora Berg' via Support\" <support@shop.example>",
      "To: support@shop.example",
      "List-ID: <support.shop.example>",
      header,
    );
    expect(mail.from).toEqual({ address, name: "Nora Berg" });
    expect(mail.classified.class).toBe("person");
  });
  test("nobody else can name another writer", async () => {
    const mail = await received(
      "From: eve@evil.example",
      "X-Original-From: nora@buyer.example",
      "X-Original-Sender: nora@buyer.example",
    );
    expect(mail.from.address).toBe("eve@evil.example");
  });
  test.each([
    [`${"long".repeat(20)}@relay.example`, `${"long".repeat(20)}@relay.example`],
    ['"john doe"@buyer.example', '"john doe"@buyer.example'],
    ['"a@b"@buyer.example', '"a@b"@buyer.example'],
    ["Team: nora@buyer.example, ola@buyer.example;", "nora@buyer.example"],
    ["a@xn--mller-kva.example", "a@müller.example"],
    ["taro..y.@docomo.example", "taro..y.@docomo.example"],
  ])("From: %s", async (from, address) => {
    expect((await received(`From: ${from}`)).from.address).toBe(address);
  });
  test.each(["", "Empty:;", "nobody", "Postmaster <>", "Ana <ana at buyer.example>"])(
    "two mails without an address are two strangers: %s",
    async (from) => {
      const [first, second] = await Promise.all([received(`From: ${from}`), received(`From: ${from}`, "X-Other: 1")]);
      expect(isNoSender(first.from.address)).toBe(true);
      expect(first.from.address).not.toBe(second.from.address);
      expect(first.notes).toContain("no_sender");
    },
  );
});
