import { sealMessage } from "mailauth/lib/arc/index.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SenderChecker } from "../../../../channels/email/proof/checker.ts";
import { type DnsAnswer, noAnswer } from "../../../../channels/email/proof/dns.ts";
import { rawMail } from "../../../../channels/email/send.ts";
import { DKIM_KEY, TestDns } from "../../../support/senders.ts";

const dns = new TestDns();
/** Domains whose DNS never answers at all. */
const never = () => new Promise<DnsAnswer>(() => undefined);
let checker: SenderChecker;
let hanging: SenderChecker;

beforeAll(() => {
  dns.publish("shop.example", { dkim: true, dmarc: "v=DMARC1; p=reject" });
  checker = new SenderChecker(dns.resolve);
  hanging = new SenderChecker((name, type) => (name.includes("hangs.example") ? never() : dns.resolve(name, type)), {
    patienceMs: 300,
    atOnce: 4,
    perDomain: 2,
  });
});
afterAll(() => Promise.all([checker.stop(), hanging.stop()]));

const SENDER = "ana@shop.example";
const CLIENT = { address: "198.51.100.7", helo: "client.example", mailFrom: "x@mailer.example" };
const signed = (domainName = "shop.example", text = "Where is my order?") =>
  rawMail({
    from: `ana@${domainName}`,
    to: "support@parley.localhost",
    subject: "Hi",
    text,
    dkim: { domainName, keySelector: "s1", privateKey: DKIM_KEY },
  });

describe("a signed mail", () => {
  test("is of its sender", async () => {
    expect(await checker.check(await signed(), { sender: SENDER, client: CLIENT })).toEqual({
      proof: "pass",
      again: false,
    });
    expect(await checker.check(await signed(), { sender: SENDER })).toEqual({ proof: "pass", again: false });
  });

  test("is not any more once somebody changed a word, its subject, or added a sender", async () => {
    const raw = (await signed()).toString();
    for (const changed of [
      raw.replace("my order", "your money"),
      raw.replace("Subject: Hi", "Subject: Ho"),
      `From: eve@evil.example\r\n${raw}`,
    ]) {
      expect(changed).not.toBe(raw);
      const { proof } = await checker.check(Buffer.from(changed), { sender: SENDER, client: CLIENT });
      expect(proof).not.toBe("pass");
    }
  });

  test("is not believed where only its beginning is signed", async () => {
    const raw = (await signed()).toString();
    // With l= a signature covers so many bytes, and anybody may write on.
    const longer = Buffer.from(raw.replace(/(DKIM-Signature: v=1;)/, "$1 l=10;"));
    expect((await checker.check(longer, { sender: SENDER, client: CLIENT })).proof).toBe("fail");
  });

  test("with more signatures than anybody needs asks the DNS nothing", async () => {
    const many = "DKIM-Signature: v=1; a=rsa-sha256; d=shop.example; s=s1; h=from; bh=x; b=x\r\n".repeat(2_000);
    const asked = dns.asked;
    expect(await checker.check(Buffer.from(`${many}From: ${SENDER}\r\n\r\nHi`), { sender: SENDER })).toEqual({
      proof: "unknown",
      again: false,
    });
    expect(dns.asked).toBe(asked);
  });
});

describe("a forwarded mail that is signed by nobody any more", () => {
  const found = "mx.google.com; dkim=pass header.d=shop.example; dmarc=pass header.from=shop.example";
  const sealed = async (signingDomain: string, authResults: string) => {
    const raw = await rawMail({
      from: SENDER,
      to: "support@parley.localhost",
      subject: "Hi",
      text: "Where is my order?",
    });
    const seal = { signingDomain, selector: "s1", privateKey: DKIM_KEY, authResults, cv: "none", i: 1 } as const;
    return Buffer.concat([await sealMessage(raw, seal), raw]);
  };
  const proofOf = async (raw: Buffer) => (await checker.check(raw, { sender: SENDER, client: CLIENT })).proof;

  test("is of its sender where a well-known forwarder found that and sealed it", async () => {
    dns.publish("google.com", { dkim: true });
    dns.publish("evil.example", { dkim: true });
    const raw = await sealed("google.com", found);
    expect(await proofOf(raw)).toBe("pass");
    expect(await proofOf(Buffer.from(raw.toString().replace("my order", "my money")))).toBe("fail");
    expect(await proofOf(await sealed("google.com", "mx.google.com; dmarc=fail header.from=shop.example"))).toBe(
      "fail",
    );
    expect(await proofOf(await sealed("evil.example", found))).toBe("fail");
  });
});

describe("a DNS that does not answer", () => {
  test("makes its own mails unknown, to be asked again, and holds up no other", async () => {
    const raw = await signed("hangs.example");
    const late = Array.from({ length: 20 }, () => hanging.check(raw, { sender: "ana@hangs.example", client: CLIENT }));
    expect(new Set((await Promise.all(late)).map((verdict) => JSON.stringify(verdict)))).toEqual(
      new Set([JSON.stringify({ proof: "unknown", again: true })]),
    );
  });

  test("leaves places for the mails of others", async () => {
    const slow = new SenderChecker(
      (name, type) => (name.includes("hangs.example") ? never() : dns.resolve(name, type)),
      {
        atOnce: 3,
        perDomain: 2,
      },
    );
    const raw = await signed("hangs.example");
    for (let at = 0; at < 10; at++) void slow.check(raw, { sender: "ana@hangs.example", client: CLIENT });
    expect((await slow.check(await signed(), { sender: SENDER, client: CLIENT })).proof).toBe("pass");
    await slow.stop();
  });

  test("is a fault of the DNS, not of the sender", async () => {
    const refusing = new SenderChecker(() => Promise.reject(noAnswer("ECONNREFUSED")));
    expect(await refusing.check(await signed(), { sender: SENDER, client: CLIENT })).toEqual({
      proof: "unknown",
      again: true,
    });
    await refusing.stop();
  });
});
