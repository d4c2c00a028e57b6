import { describe, expect, test } from "vitest";
import { trustedResults } from "../../../../channels/email/proof/trace.ts";
import { aligned, type MailEvidence, reportedVerdict, verdictOf } from "../../../../channels/email/proof/verdict.ts";

const evidence = (over: Partial<MailEvidence> = {}): MailEvidence => ({
  from: ["ana@shop.example"],
  fromHeaders: 1,
  dkim: [],
  spf: { result: "none", domain: "mailer.example" },
  dmarc: { result: "none", strictDkim: false, strictSpf: false },
  ...over,
});
const proofOf = (over: Partial<MailEvidence>, sender = "ana@shop.example") => verdictOf(evidence(over), sender).proof;
const signed = (domain: string, over = {}) => [{ domain, result: "pass", whole: true, ...over }];
const policy = { result: "found", strictDkim: false, strictSpf: false } as const;

describe("a mail's sender", () => {
  test.each<[string, Partial<MailEvidence>, string]>([
    ["signed by the sender's domain", { dkim: signed("shop.example") }, "pass"],
    ["signed by a subdomain of it", { dkim: signed("mail.shop.example") }, "pass"],
    [
      "signed by a subdomain where the policy is strict",
      { dkim: signed("mail.shop.example"), dmarc: { ...policy, strictDkim: true } },
      "fail",
    ],
    ["signed by somebody else, without a policy", { dkim: signed("evil.example") }, "unknown"],
    ["signed by somebody else, against the policy", { dkim: signed("evil.example"), dmarc: policy }, "fail"],
    ["signed in part", { dkim: signed("shop.example", { whole: false }), dmarc: policy }, "fail"],
    ["sent by a server of the domain", { spf: { result: "pass", domain: "bounce.shop.example" } }, "pass"],
    ["sent by somebody else's server", { spf: { result: "pass", domain: "evil.example" } }, "unknown"],
    ["sent by a server that the domain excludes", { spf: { result: "fail", domain: "shop.example" } }, "fail"],
    ["sent by a server that the domain doubts", { spf: { result: "softfail", domain: "shop.example" } }, "unknown"],
    ["with nothing to judge by", {}, "unknown"],
    ["fetched, unsigned, against a policy", { spf: undefined as never, dmarc: policy }, "unknown"],
    ["with two senders", { from: ["ana@shop.example", "eve@evil.example"], dkim: signed("shop.example") }, "fail"],
    ["whose sender stands in no From", { from: [], fromHeaders: 0 }, "fail"],
    ["with two From headers", { fromHeaders: 2, dkim: signed("shop.example") }, "unknown"],
    ["another than who is answered", { from: ["form@shop.example"], dkim: signed("shop.example") }, "unknown"],
  ])("%s", (_name, over, proof) => {
    expect(proofOf(over)).toBe(proof);
  });

  test("is asked for again when the DNS was silent about what would prove them", () => {
    const dkim = [{ domain: "shop.example", result: "temperror", whole: true }];
    expect(verdictOf(evidence({ dkim, dmarc: policy }), "ana@shop.example")).toEqual({ proof: "unknown", again: true });
    const silent = { result: "temperror", strictDkim: false, strictSpf: false } as const;
    expect(verdictOf(evidence({ dmarc: silent }), "ana@shop.example")).toEqual({ proof: "unknown", again: true });
  });

  test("is believed from a well-known forwarder that found them proven, and from no other", () => {
    const found = "i=1; mx.google.com; dkim=pass header.d=shop.example; dmarc=pass header.from=shop.example";
    const arc = { result: "pass", sealer: "google.com", found };
    expect(proofOf({ dmarc: policy, arc })).toBe("pass");
    expect(proofOf({ dmarc: policy, arc: { ...arc, sealer: "evil.example" } })).toBe("fail");
    expect(proofOf({ dmarc: policy, arc: { ...arc, result: "fail" } })).toBe("fail");
    expect(
      proofOf({ dmarc: policy, arc: { ...arc, found: "mx.google.com; dmarc=fail header.from=shop.example" } }),
    ).toBe("fail");
  });

  test("of one customer of a hosting service is not that of another", () => {
    expect(aligned("eve.github.io", "ana.github.io")).toBe(false);
    expect(aligned("co.uk", "shop.co.uk")).toBe(false);
    expect(aligned("SHOP.example.", "shop.example")).toBe(true);
  });
});

describe("what a server wrote above a mail", () => {
  test.each([
    ["mx.example; dmarc=pass (p=NONE) header.from=shop.example", "pass"],
    ["mx.example; dkim=pass header.d=shop.example; dmarc=fail header.from=shop.example", "fail"],
    ["mx.example; dkim=pass header.i=@shop.example", "pass"],
    ["mx.example 1; spf=pass smtp.mailfrom=bounce@shop.example", "pass"],
    ["mx.example; spf=fail smtp.mailfrom=ana@shop.example; dkim=none", "fail"],
    ["mx.example; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=eve@evil.example", undefined],
    ["mx.example; dmarc=pass header.from=evil.example", undefined],
    ['mx.example; spf=fail (not "dmarc=pass; x) smtp.mailfrom=eve@evil.example', undefined],
    ["mx.example; spf=none (dmarc=pass header.from=shop.example; dkim=pass header.d=shop.example)", undefined],
    ["spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=shop.example; dkim=pass header.d=shop.example;", "pass"],
    ["mx.example; none", undefined],
  ])("%s", (value, said) => {
    expect(reportedVerdict(value, "shop.example")).toBe(said);
  });

  const mail = (...headers: string[]) =>
    Buffer.from([...headers, "From: Ana <ana@shop.example>", "", "Hi"].join("\r\n"));
  const said = "dmarc=pass header.from=shop.example";
  const read = (raw: Buffer, servers: string[] = [], delivered = true) =>
    trustedResults(raw, "ana@shop.example", { servers, delivered });

  test("counts above the topmost Received, which no sender reaches", () => {
    const received = "Received: from client.example by mx.example";
    expect(read(mail(`Authentication-Results: mx.example; ${said}`, received))).toBe("pass");
    expect(read(mail(received, `Authentication-Results: mx.example; ${said}`))).toBeUndefined();
    expect(read(mail(`Authentication-Results: mx.example; ${said}`))).toBeUndefined();
    expect(read(mail(`Authentication-Results: mx.example; ${said}`, received), [], false)).toBeUndefined();
  });

  test("counts in a trusted server's name, but not what the sender wrote in that name below", () => {
    const received = "Received: from client.example by mx.example";
    const own = "Authentication-Results: mx.example; dmarc=fail header.from=shop.example";
    const forged = `Authentication-Results: mx.example;\r\n ${said}`;
    expect(read(mail(received, forged), ["mx.example"])).toBe("pass");
    expect(read(mail(received, own, forged), ["mx.example"])).toBe("fail");
    expect(read(mail(received, "Authentication-Results: mx.example; none", forged), ["mx.example"])).toBeUndefined();
    expect(read(mail(received, forged), ["other.example"])).toBeUndefined();
  });

  test("is about one From header", () => {
    const results = `Authentication-Results: mx.example; ${said}`;
    const received = "Received: from client.example by mx.example";
    expect(read(mail(results, received, "From: eve@evil.example"))).toBeUndefined();
    const raw = Buffer.from(
      `${results}\r\n${received}\r\nFrom: "x@y.example" <ana@shop.example>, eve@evil.example\r\n\r\nHi`,
    );
    expect(read(raw)).toBeUndefined();
  });

  test("is read in linear time, whatever stands there", () => {
    const long = "a".repeat(200_000);
    const spaces = " ".repeat(200_000);
    expect(
      read(mail(`Authentication-Results: ${"(".repeat(100_000)}`, `Authentication-Results: x${spaces}=${spaces}`), [
        "x",
      ]),
    ).toBeUndefined();
    expect(read(Buffer.from(`Received: x\r\nFrom: ${long}${spaces}${long}\r\n\r\n`), ["x"])).toBeUndefined();
  });
});
