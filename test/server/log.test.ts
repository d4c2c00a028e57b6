import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createLog, loggableUrl } from "../../server/log.ts";

function logged(facts: object): string {
  let text = "";
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  createLog("info", sink).info(facts, "something happened");
  return text;
}

test.each([
  { password: "hunter2hunter2" },
  { body: { password: "hunter2hunter2" } },
  { headers: { authorization: "Bearer hunter2hunter2" } },
  { req: { headers: { cookie: "parley_session=hunter2hunter2" } } },
  { res: { headers: { "set-cookie": "parley_session=hunter2hunter2" } } },
  { user: { passwordHash: "hunter2hunter2" } },
  { config: { secretKey: "hunter2hunter2", smtpUrl: "smtp://hunter2hunter2", openai: { apiKey: "hunter2hunter2" } } },
  { socket: { handshake: { auth: { visitorToken: "hunter2hunter2" } } } },
])("a secret is never logged: %j", (facts) => {
  const text = logged(facts);
  expect(text).not.toContain("hunter2hunter2");
  expect(text).toContain("[redacted]");
});

test("an error is logged with its cause and stack", () => {
  const text = logged({ err: new Error("outer", { cause: new Error("inner") }) });
  expect(text).toContain("inner");
  expect(text).toContain("log.test.ts");
});

test("the signature in a link is never logged", () => {
  expect(loggableUrl("/api/v1/attachments/1?expires=1&signature=abc")).toBe("/api/v1/attachments/1");
});
