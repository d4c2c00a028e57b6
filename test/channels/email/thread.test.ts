import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baseSubject, isForwardSubject, replySubject } from "../../../channels/email/subject.ts";
import {
  bareAddress,
  conversationOfAddress,
  dedupeKey,
  marketplaceThread,
  messageOfId,
  outgoingMessageId,
  replyAddress,
  threadHints,
} from "../../../channels/email/thread.ts";
import { mailOf } from "./build.ts";

const ids = { conversationId: "0123456789abcdef01234567", inboxId: "aaaaaaaaaaaaaaaaaaaaaaaa" };
const secret = "s".repeat(32);

describe("the address a buyer answers to", () => {
  test("leads to its conversation, also in capitals", () => {
    const address = replyAddress("support@shop.example", ids, secret);
    expect(conversationOfAddress(address, ids.inboxId, secret)).toBe(ids.conversationId);
    expect(conversationOfAddress(address.toUpperCase(), ids.inboxId, secret)).toBe(ids.conversationId);
    expect(address.split("@")[0]!.length).toBeLessThanOrEqual(64);
    expect(bareAddress(address)).toBe("support@shop.example");
  });
  test("opens nothing when guessed, changed, copied to another inbox or signed with another secret", () => {
    const address = replyAddress("support@shop.example", ids, secret);
    expect(conversationOfAddress(address, "b".repeat(24), secret)).toBeUndefined();
    expect(conversationOfAddress(address, ids.inboxId, "other")).toBeUndefined();
    fc.assert(
      fc.property(fc.nat({ max: 35 }), fc.constantFrom(..."0123456789abcdefghjkmnpqrstvwxyz"), (at, char) => {
        const start = address.indexOf("+r") + 2 + at;
        // The last digit holds bits that no byte uses.
        if (at === 35 || address[start] === char) return;
        const changed = address.slice(0, start) + char + address.slice(start + 1);
        expect(conversationOfAddress(changed, ids.inboxId, secret)).toBeUndefined();
      }),
    );
  });
  test("any id survives the way through an address", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 24, maxLength: 24, unit: fc.constantFrom(..."0123456789abcdef") }), (id) => {
        const address = replyAddress("a@b.example", { conversationId: id, inboxId: ids.inboxId }, secret);
        expect(conversationOfAddress(address, ids.inboxId, secret)).toBe(id);
      }),
    );
  });
});

describe("Message-IDs of our mails", () => {
  test("are the same on every try and name their message", () => {
    const id = outgoingMessageId(ids.conversationId, 7, "shop.example", secret);
    expect(outgoingMessageId(ids.conversationId, 7, "shop.example", secret)).toBe(id);
    expect(messageOfId(id, secret)).toEqual({ conversationId: ids.conversationId, seq: 7 });
  });
  test("cannot be made up", () => {
    const id = outgoingMessageId(ids.conversationId, 7, "shop.example", secret);
    expect(messageOfId(id.replace(".7.", ".8."), secret)).toBeUndefined();
    expect(messageOfId(id.replace("0123", "0124"), secret)).toBeUndefined();
    expect(messageOfId("<1@buyer.example>", secret)).toBeUndefined();
  });
});

describe("what ties a mail to a conversation", () => {
  test("the signed address, our own ids, the ids it answers nearest first", async () => {
    const own = outgoingMessageId(ids.conversationId, 3, "shop.example", secret);
    const mail = await mailOf({
      To: replyAddress("support@shop.example", ids, secret),
      "In-Reply-To": own,
      References: `<first@buyer.example> <second@buyer.example>\r\n ${own}`,
    });
    expect(threadHints(mail, { inboxId: ids.inboxId, secret })).toEqual({
      conversationId: ids.conversationId,
      ours: [{ conversationId: ids.conversationId, seq: 3 }],
      references: [own, "<second@buyer.example>", "<first@buyer.example>"],
    });
  });
  test("the token also counts where only the envelope names it", async () => {
    const mail = await mailOf({ To: "undisclosed-recipients:;" });
    const recipients = [replyAddress("support@shop.example", ids, secret)];
    expect(threadHints(mail, { inboxId: ids.inboxId, secret, recipients }).conversationId).toBe(ids.conversationId);
  });
  test.each([
    ["Amazon", "a1b2@marketplace.amazon.de", "Anfrage zu Bestellung 302-1234567-7654321", "amazon:302-1234567-7654321"],
    ["eBay", "buyer_x1@members.ebay.com", "buyer sent a message about Vase #123456789012", "ebay:123456789012"],
    ["Etsy", "conversations@mail.etsy.com", "Re: Etsy Conversation about order #2345678901", "etsy:2345678901"],
    ["somebody else", "ana@buyer.example", "302-1234567-7654321", undefined],
    ["a look-alike", "x@amazon.de.evil.example", "302-1234567-7654321", undefined],
  ])("%s", async (_, from, subject, expected) => {
    expect(marketplaceThread(await mailOf({ From: from, Subject: subject }))).toBe(expected);
  });
});

describe("the same mail counts once", () => {
  test("by its Message-ID", async () => {
    expect(dedupeKey(await mailOf({}))).toBe("<1@buyer.example>");
  });
  test("without one, by what does not change on the way", async () => {
    const headers = { "Message-ID": "", Received: "from a by b; Mon, 05 Aug 2024 10:12:01 +0200" };
    const first = dedupeKey(await mailOf(headers, "It is broken."));
    expect(dedupeKey(await mailOf({ ...headers, Received: "from c by d" }, "It is broken. "))).toBe(first);
    expect(dedupeKey(await mailOf(headers, "It is blue."))).not.toBe(first);
    expect(dedupeKey(await mailOf({ ...headers, From: "bob@buyer.example" }, "It is broken."))).not.toBe(first);
  });
});

describe("subjects", () => {
  test.each([
    ["Re: AW: Fwd: My order", "My order"],
    ["RE[2]: My order", "My order"],
    ["回复：答复: 我的订单", "我的订单"],
    ["Odp: Zamówienie", "Zamówienie"],
    ["[shop] Re: [shop] My order", "[shop] My order"],
    ["[urgent] My order", "[urgent] My order"],
    ["Re:My order", "My order"],
    ["Report: late", "Report: late"],
    ["Ynt: Sipariş", "Sipariş"],
    ["Re: ", ""],
    ["TR : Commande", "Commande"],
    ["رد: طلبي", "طلبي"],
  ])("%j is about %j", (subject, base) => {
    expect(baseSubject(subject)).toBe(base);
  });
  test("an answer has one prefix", () => {
    expect(replySubject("AW: Re: My order")).toBe("Re: My order");
  });
  test("a forward is told from an answer", () => {
    expect(isForwardSubject("WG: Paket")).toBe(true);
    expect(isForwardSubject("Re: Fwd: Paket")).toBe(false);
    expect(isForwardSubject("转发：包裹")).toBe(true);
  });
});
