import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ErrorBody } from "../../../contract/errors.ts";
import { WIDGET_LIMITS } from "../../../server/realtime/widget.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { connectAgent, connectWidget } from "../../support/sockets.ts";

let app: TestApp;
beforeAll(async () => {
  // A window so long that a slow machine can not outlast it.
  app = await startTestApp({ socketLimits: { ...WIDGET_LIMITS, message: { points: 20, seconds: 3_600 } } });
});
afterAll(() => app.dispose());

async function conversationsStored(): Promise<number> {
  const { body } = await app.call<{ items: unknown[] }>("GET", "/conversations?limit=100", undefined, app.admin);
  return body.items.length;
}

function upload(token: string, bytes: BodyInit, type: string, name = "photo.png"): Promise<Response> {
  return fetch(`${app.url}/api/v1/widget/attachments?inbox=chat&name=${encodeURIComponent(name)}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": type },
    body: bytes,
  });
}
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe("connecting", () => {
  it.each([
    ["an unknown inbox", { inboxKey: "nowhere" }, "unknown_inbox"],
    ["a token that was made up", { visitorToken: "abc.def.ghi" }, "invalid_visitor_token"],
    ["a customer nobody signed for", { identity: { externalId: "1", hash: "" } }, "invalid_identity"],
    ["claims of the wrong type", { identity: 7 as never }, "invalid_request"],
  ])("with %s is refused with a stable code and words", async (_what, auth, code) => {
    const refusal = (await connectWidget(app.url, auth).catch((error: ErrorBody) => error)) as ErrorBody;
    expect(refusal.code).toBe(code);
    expect(refusal.message.length).toBeGreaterThan(10);
  });

  it("as an agent without a login is refused", async () => {
    await expect(connectAgent(app.url, { key: "pk_wrong" })).rejects.toMatchObject({ code: "unauthenticated" });
  });
});

describe("sending", () => {
  it.each([
    ["too long", { echoId: "a", text: "x".repeat(10_001) }, "message_too_long"],
    ["not text in any encoding", { echoId: "b", text: "\ud800" }, "invalid_encoding"],
    ["empty", { echoId: "c", text: "   " }, "empty_message"],
    ["no echoId", { text: "hi" }, "invalid_request"],
    ["not an object", "hi", "invalid_request"],
    ["null", null, "invalid_request"],
    ["somebody else's file", { echoId: "d", text: "", attachments: ["0".repeat(24)] }, "unknown_attachment"],
  ])("a message that is %s gets a clear refusal and changes nothing", async (_what, payload, code) => {
    const before = await conversationsStored();
    const { socket } = await connectWidget(app.url);
    const result = await socket.emitWithAck("message:send", payload as never);
    expect(result).toMatchObject({ ok: false, error: { code } });
    expect(await conversationsStored()).toBe(before);
    socket.disconnect();
  });

  it("a flood is slowed down, told so in the shopper's language, and counted", async () => {
    const { socket } = await connectWidget(app.url, { locale: "de" });
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, index) => socket.emitWithAck("message:send", { echoId: `f${index}`, text: "hi" })),
    );
    const refused = results.filter((result) => !result.ok);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ error: { code: "rate_limited" } });
    const { body } = await app.call<{ key: string }>(
      "POST",
      "/api-keys",
      { name: "metrics", role: "admin" },
      app.admin,
    );
    const metrics = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${body.key}` } });
    expect(await metrics.text()).toMatch(/parley_errors_total\{code="rate_limited",via="socket"\} [1-9]/);
    socket.disconnect();
  });

  it("does not stop the connection's next good message", async () => {
    const { socket } = await connectWidget(app.url);
    await socket.emitWithAck("message:send", { nonsense: true } as never);
    expect(await socket.emitWithAck("message:send", { echoId: "ok", text: "good" })).toMatchObject({ ok: true });
    socket.disconnect();
  });
});

describe("files", () => {
  it("that are what they say arrive, and are served to whoever has the link", async () => {
    const { socket, session } = await connectWidget(app.url);
    const response = await upload(session.visitorToken, PNG, "image/png", "my photo.png");
    expect(response.status).toBe(201);
    const file = (await response.json()) as { id: string; url: string; width: number };
    expect(file.width).toBe(1);
    const sent = await socket.emitWithAck("message:send", { echoId: "p", attachments: [file.id] });
    expect(sent).toMatchObject({ ok: true, message: { attachments: [{ name: "my photo.png", type: "image/png" }] } });
    const served = await fetch(`${app.url}${file.url}`);
    expect(Buffer.from(await served.arrayBuffer())).toEqual(PNG);
    expect(served.headers.get("content-security-policy")).toContain("sandbox");
    expect((await fetch(`${app.url}${file.url.replace(/signature=..../, "signature=AAAA")}`)).status).toBe(404);
    socket.disconnect();
  });

  it.each([
    ["a web page that calls itself a picture", "<html><script>alert(1)</script>", "image/png", 415],
    ["a picture that calls itself a PDF", PNG, "application/pdf", 415],
    ["more than 20 MB", Buffer.alloc(21 * 1024 * 1024), "image/png", 413],
    ["nothing at all", "", "image/png", 422],
  ])("%s are refused", async (_what, bytes, type, status) => {
    const { socket, session } = await connectWidget(app.url);
    const response = await upload(session.visitorToken, bytes, type);
    expect(response.status).toBe(status);
    expect(((await response.json()) as { error: ErrorBody }).error.code).toMatch(/^(attachment_|empty_)/);
    socket.disconnect();
  });

  it("of one visitor can not be sent by another", async () => {
    const one = await connectWidget(app.url);
    const two = await connectWidget(app.url);
    const file = (await (await upload(one.session.visitorToken, PNG, "image/png")).json()) as { id: string };
    const stolen = await two.socket.emitWithAck("message:send", { echoId: "s", attachments: [file.id] });
    expect(stolen).toMatchObject({ ok: false, error: { code: "unknown_attachment" } });
    one.socket.disconnect();
    two.socket.disconnect();
  });
});
