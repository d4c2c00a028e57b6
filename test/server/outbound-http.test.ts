import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import ipaddr from "ipaddr.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOutboundHttp, isAllowedAddress, isAllowedUrl, type Resolve } from "../../server/outbound-http.ts";

const LOOPBACK = [ipaddr.parseCIDR("127.0.0.1/32")];
const options = { method: "POST", body: "{}", timeoutMs: 5_000, maxBytes: 100 } as const;
let base = "";
const server = createServer((req, res) => {
  if (req.url === "/to-metadata") res.writeHead(307, { location: "http://169.254.169.254/latest" }).end();
  else if (req.url === "/round") res.writeHead(308, { location: "/round" }).end();
  else if (req.url === "/once") res.writeHead(307, { location: "/big" }).end();
  else if (req.url === "/big") res.end("x".repeat(1_000_000));
  else if (req.url !== "/silent") res.end("ok");
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const named = (addresses: Record<string, string[]>): Resolve => {
  return (host, done) =>
    done(
      null,
      (addresses[host] ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
};
const reasonOf = async (call: Promise<unknown>) => call.then(String, (error: { reason?: string }) => error.reason);

describe("addresses that the hub does not send to", () => {
  it.each([
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "127.0.0.1",
    "0.0.0.0",
    "100.100.100.200",
    "169.254.169.254",
    "168.63.129.16",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
  ])("%s", (address) => expect(isAllowedAddress(address, [])).toBe(false));

  it("but public ones, and networks the operator allows", () => {
    expect(isAllowedAddress("93.184.216.34", [])).toBe(true);
    expect(isAllowedAddress("2606:4700::1111", [])).toBe(true);
    expect(isAllowedAddress("10.1.2.3", [ipaddr.parseCIDR("10.1.0.0/16")])).toBe(true);
    expect(isAllowedAddress("10.2.2.3", [ipaddr.parseCIDR("10.1.0.0/16")])).toBe(false);
  });

  it.each([
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.0.0.1./",
    "http://[::ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://localhost:3000/",
    "http://api.localhost./",
    "http://a:b@example.com/",
  ])("however they are written: %s", (url) => expect(isAllowedUrl(url, [])).toBe(false));

  it("and this machine under its name where the operator allows it", () => {
    expect(isAllowedUrl("http://localhost:3000/", LOOPBACK)).toBe(true);
    expect(isAllowedUrl("http://localhost.example/", [])).toBe(true);
  });
});

describe("a request to the outside", () => {
  it("goes nowhere when the name leads inside, also when only one of its addresses does", async () => {
    const http = createOutboundHttp({
      allowed: [],
      resolve: named({ "inside.test": ["10.0.0.1"], "half.test": ["93.184.216.34", "127.0.0.1"] }),
    });
    expect(await reasonOf(http.request("http://inside.test/", options))).toBe("refused_address");
    expect(await reasonOf(http.request("https://half.test/", options))).toBe("refused_address");
    expect(await reasonOf(http.request("http://nobody.test/", options))).toBe("unknown_host");
    await http.close();
  });

  it("follows redirects of its kind, never inside and not for ever", async () => {
    const http = createOutboundHttp({ allowed: LOOPBACK });
    const call = (path: string) => http.request(`http://${base}${path}`, { ...options, redirects: 3 });
    expect(await reasonOf(call("/to-metadata"))).toBe("refused_address");
    expect(await reasonOf(call("/round"))).toBe("too_many_redirects");
    expect(await call("/once")).toMatchObject({ status: 200, text: "x".repeat(100) });
    expect(await http.request(`http://${base}/once`, options)).toMatchObject({ status: 307 });
    await http.close();
  });

  it("ends when nobody answers", async () => {
    const http = createOutboundHttp({ allowed: LOOPBACK });
    expect(await reasonOf(http.request(`http://${base}/silent`, { ...options, timeoutMs: 50 }))).toBe("timeout");
    await http.close();
    expect(await reasonOf(createOutboundHttp({ allowed: LOOPBACK }).request("http://127.0.0.1:1/", options))).toBe(
      "connection_failed",
    );
  });
});
