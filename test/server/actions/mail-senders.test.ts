import { createTransport } from "nodemailer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import { listLocalMails } from "../../../server/actions/mailboxes.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

const SUPPORT = "support@parley.localhost";
let app: TestApp;
let send: (headers: string[], body: string, from?: string) => Promise<void>;

beforeAll(async () => {
  app = await startTestApp({ smtpPort: 0 });
  const transport = createTransport({ host: "127.0.0.1", port: app.mailroom.smtpPort!, ignoreTLS: true });
  send = async (headers, body, from = "ana@buyer.example") => {
    const raw = [`To: ${SUPPORT}`, "Content-Type: text/plain; charset=utf-8", ...headers, "", body].join("\r\n");
    await transport.sendMail({ envelope: { from, to: [SUPPORT] }, raw });
    await app.idle();
  };
});
afterAll(() => app?.dispose());

async function conversations(subject: string): Promise<Conversation[]> {
  const path = "/conversations?limit=100&status=pending,open";
  const { body } = await app.call<{ items: Conversation[] }>("GET", path, undefined, app.admin);
  return body.items.filter((each) => each.subject === subject);
}
async function incoming(id: string): Promise<Message[]> {
  const { body } = await app.call<{ items: Message[] }>("GET", `/conversations/${id}/messages`, undefined, app.admin);
  return body.items.filter(({ direction }) => direction === "incoming");
}

describe("senders", () => {
  test("two strangers whose addresses cannot be read are two contacts, nobody answers them, and agents see why", async () => {
    await send(["From: Ana <ana at buyer.example>", "Subject: Unreadable"], "What are your opening hours?");
    await send(["From: Ben <ben at buyer.example>", "Subject: Unreadable"], "What are your opening hours?");
    const found = await conversations("Unreadable");
    expect(new Set(found.map(({ contact }) => contact.id)).size).toBe(2);
    expect(found.map(({ contact }) => contact.email)).toEqual([undefined, undefined]);
    expect(found.map(({ status }) => status)).toEqual(["open", "open"]);
    expect(found.every(({ waitingSince }) => waitingSince !== null)).toBe(true);
    expect((await incoming(found[0]!.id))[0]?.original?.notes).toContain("no_sender");
    expect((await listLocalMails(50)).filter(({ to }) => to.some((each) => each.includes("invalid")))).toEqual([]);
    const path = `/conversations/${found[0]!.id}/messages`;
    const { body } = await app.call<Message>("POST", path, { text: "Hello" }, app.admin);
    await app.idle();
    const list = await app.call<{ items: Message[] }>("GET", path, undefined, app.admin);
    expect(list.body.items.find(({ id }) => id === body.id)?.status).toBe("failed");
  });

  test("long and quoted addresses are people of their own, and are answered", async () => {
    const long = `${"a".repeat(70)}@relay.example`;
    await send([`From: ${long}`, "Subject: Long"], "What are your opening hours?", long);
    await send(['From: "john doe"@buyer.example', "Subject: Long"], "What are your opening hours?");
    const addresses = (await conversations("Long")).map(({ contact }) => contact.email);
    expect(addresses.toSorted()).toEqual(['"john doe"@buyer.example', long].toSorted());
    expect((await listLocalMails(50)).flatMap(({ to }) => to)).toEqual(expect.arrayContaining([long]));
  });

  test("buyers who write through the shop's group are themselves, wait, and are answered", async () => {
    for (const name of ["mara", "nils"]) {
      await send(
        [
          `From: "'${name}' via Support" <${SUPPORT}>`,
          "Subject: Through the group",
          `X-Original-From: ${name} <${name}@buyer.example>`,
          "Precedence: list",
          "List-ID: <support.parley.localhost>",
        ],
        "What are your opening hours?",
        `support+bncBC${name}@parley.localhost`,
      );
    }
    const found = await conversations("Through the group");
    expect(found.map(({ contact }) => contact.email).toSorted()).toEqual(["mara@buyer.example", "nils@buyer.example"]);
    expect((await incoming(found[0]!.id))[0]?.automatic).toBe(false);
    const answered = (await listLocalMails(50)).flatMap(({ to }) => to);
    expect(answered).toEqual(expect.arrayContaining(["mara@buyer.example", "nils@buyer.example"]));
  });
});

describe("one Message-ID", () => {
  const headers = ["From: ola@buyer.example", "Subject: Same", "Message-ID: <counter-1@program.example>"];

  test("with other words is another message, also under the same subject", async () => {
    await send(headers, "The lamp is broken.");
    await send(headers, "The vase is broken too.");
    await send(headers, "The vase is broken too.\r\n\r\n");
    const texts = (await Promise.all((await conversations("Same")).map(({ id }) => incoming(id)))).flat();
    expect(texts.map(({ text }) => text).toSorted()).toEqual(["The lamp is broken.", "The vase is broken too."]);
  });

  test("with a list's footer or a banner is the same message", async () => {
    const twice = ["From: pia@buyer.example", "Subject: Twice", "Message-ID: <twice@buyer.example>"];
    await send(twice, "The lamp is\r\nbroken.");
    await send(twice, "The lamp is broken.\r\n\r\n____________\r\nSupport mailing list\r\nsupport@lists.example");
    await send(
      [...twice, "X-Way: 3"],
      "CAUTION: This email came from outside your organization.\r\n\r\nThe lamp is broken.",
    );
    const found = (await conversations("Twice")).filter(({ contact }) => contact.email === "pia@buyer.example");
    expect((await Promise.all(found.map(({ id }) => incoming(id)))).flat().length).toBe(1);
  });
});
