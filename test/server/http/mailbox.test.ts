import { createPublicKey, createVerify } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import type { Inbox } from "../../../contract/settings.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

interface View {
  signature: string;
  signatures: Record<string, string>;
  dkim: { domain: string; selector: string; record: { name: string; value: string } } | null;
  receiver: { port: number } | null;
  webhookPath: string;
  local: boolean;
  state: { connected: boolean; problem?: string; message?: string } | null;
}

let app: TestApp;
let inbox: Inbox;
const path = (rest = "") => `/inboxes/${inbox.id}/mailbox${rest}`;
const view = async () => (await app.call<View>("GET", path(), undefined, app.admin)).body;
const change = async (body: object) => app.call<View>("PATCH", path(), body, app.admin);

beforeAll(async () => {
  app = await startTestApp({ env: { DEMO: "true", ALLOW_NETWORKS: "127.0.0.1/32" } });
  const { body } = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin);
  inbox = body.find(({ channel }) => channel === "email")!;
});
afterAll(() => app?.dispose());

async function conversationsOf(email: string): Promise<Conversation[]> {
  await app.idle();
  const { body } = await app.call<{ items: Conversation[] }>("GET", "/conversations?limit=100", undefined, app.admin);
  return body.items.filter((each) => each.contact.email === email);
}

describe("a mailbox", () => {
  test("tells that nothing leaves without a server, and why fetching does not work", async () => {
    expect(await view()).toMatchObject({ local: true, state: null, receiver: null });
    await change({ imap: { host: "127.0.0.1", port: 1, security: "none", user: "ana", password: "x" } });
    await expect.poll(async () => (await view()).state).toMatchObject({ connected: false, problem: "refused" });
    expect((await view()).state?.message).toMatch(/^Nothing answers/);
    await change({ imap: null });
    expect((await view()).state).toBeNull();
  });

  test("makes a DKIM key, shows the record to publish, and refuses what is no key", async () => {
    const made = await change({ dkim: { domain: "shop.example", selector: "parley" } });
    expect(made.body.dkim?.record.name).toBe("parley._domainkey.shop.example");
    const value = made.body.dkim!.record.value;
    expect(value).toMatch(/^v=DKIM1; k=rsa; p=/);
    const key = createPublicKey({ key: Buffer.from(value.split("p=")[1]!, "base64"), format: "der", type: "spki" });
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(createVerify("RSA-SHA256").update("x").verify(key, Buffer.alloc(256))).toBe(false);
    // Changed without a key: the one there is stays.
    const renamed = await change({ dkim: { domain: "shop.example", selector: "second" } });
    expect(renamed.body.dkim?.record.value).toBe(value);
    const broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----";
    const refused = await change({ dkim: { domain: "shop.example", selector: "a", privateKey: broken } });
    expect(refused.status).toBe(400);
    await change({ dkim: null });
    expect((await view()).dkim).toBeNull();
  });

  test("signs in the reader's language", async () => {
    await change({ signature: "Your shop", signatures: { es: "Tu tienda" } });
    await app.call(
      "POST",
      "/demo/mails",
      {
        from: "luz@buyer.example",
        to: inbox.address,
        subject: "Hola",
        text: "Buenos días, quisiera hablar con una persona, por favor. ¿Dónde está mi pedido?",
      },
      app.admin,
    );
    const [conversation] = await conversationsOf("luz@buyer.example");
    const bodies = async () => {
      const { body } = await app.call<{ id: string; to: string[] }[]>("GET", "/demo/mails", undefined, app.admin);
      const mine = body.filter(({ to }) => to.includes("luz@buyer.example"));
      return Promise.all(
        mine.map(
          async ({ id }) =>
            (await app.call<{ text: string }>("GET", `/demo/mails/${id}`, undefined, app.admin)).body.text,
        ),
      );
    };
    expect(conversation?.locale).toBe("es");
    await expect.poll(bodies).toEqual([expect.stringContaining("Tu tienda")]);
  });
});

describe("a mail service's webhook", () => {
  const raw = (name: string) =>
    `From: ${name}@buyer.example\r\nTo: support@parley.localhost\r\nSubject: Hi\r\nMessage-ID: <${name}@buyer.example>\r\n\r\nHello from ${name}`;
  const post = (url: string, body: string | FormData | URLSearchParams, type?: string) =>
    fetch(url, { method: "POST", body, ...(type && { headers: { "content-type": type } }) });

  test("hands mails over as they are, in a form or in JSON", async () => {
    const url = app.url + (await view()).webhookPath;
    expect((await post(url, raw("plain"), "message/rfc822")).status).toBe(202);
    const form = new FormData();
    form.set("recipient", "support@parley.localhost");
    form.set("body-mime", raw("form"));
    expect((await post(url, form)).status).toBe(202);
    expect((await post(url, new URLSearchParams({ email: raw("urlencoded") }))).status).toBe(202);
    const content = { email_rfc822: Buffer.from(raw("json")).toString("base64"), email_rfc822_is_base64: true };
    const relayed = JSON.stringify([{ msys: { relay_message: { content } } }]);
    expect((await post(url, relayed, "application/json")).status).toBe(202);
    for (const name of ["plain", "form", "urlencoded", "json"]) {
      const [conversation] = await conversationsOf(`${name}@buyer.example`);
      const { body } = await app.call<{ items: Message[] }>(
        "GET",
        `/conversations/${conversation!.id}/messages`,
        undefined,
        app.admin,
      );
      expect(body.items[0]?.text).toBe(`Hello from ${name}`);
    }
    expect((await post(url, "{}", "application/json")).status).toBe(422);
  });

  test("is known by its address alone, which can be made new", async () => {
    const before = app.url + (await view()).webhookPath;
    expect((await post(`${before}x`, raw("wrong"), "message/rfc822")).status).toBe(404);
    const renewed = await app.call<View>("POST", path("/webhook"), {}, app.admin);
    const after = app.url + renewed.body.webhookPath;
    expect(after).not.toBe(before);
    expect((await post(before, raw("old"), "message/rfc822")).status).toBe(404);
    expect((await post(after, raw("new"), "message/rfc822")).status).toBe(202);
  });
});

describe("the demo mailbox", () => {
  test("takes a buyer's mail with a picture, and shows the shop's with headers and files", async () => {
    expect((await app.call<{ mailbox: boolean }>("GET", "/demo")).body.mailbox).toBe(true);
    const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==";
    const written = await app.call(
      "POST",
      "/demo/mails",
      {
        from: "pia@buyer.example",
        name: "Pia",
        to: inbox.address,
        subject: "My vase",
        text: "It is broken, see the picture.",
        attachments: [{ name: "vase.png", type: "image/png", base64: png }],
      },
      app.admin,
    );
    expect(written.status).toBe(202);
    const [conversation] = await conversationsOf("pia@buyer.example");
    const { body } = await app.call<{ items: Message[] }>(
      "GET",
      `/conversations/${conversation!.id}/messages`,
      undefined,
      app.admin,
    );
    const file = body.items[0]!.attachments[0]!;
    expect(file).toMatchObject({ name: "vase.png", type: "image/png" });

    const upload = await fetch(`${app.url}/api/v1/attachments?name=label.txt`, {
      method: "POST",
      headers: { "content-type": "text/plain", ...("cookie" in app.admin && { cookie: app.admin.cookie }) },
      body: "Send it to this address.",
    });
    const { id } = (await upload.json()) as { id: string };
    await app.call(
      "POST",
      `/conversations/${conversation!.id}/messages`,
      { text: "Here is a label.", attachments: [id], cc: ["dad@buyer.example"] },
      app.admin,
    );
    await app.idle();
    const list = (await app.call<{ id: string; to: string[] }[]>("GET", "/demo/mails", undefined, app.admin)).body;
    const { id: mailId } = list.find(({ to }) => to.includes("dad@buyer.example"))!;
    const mail = await app.call<{
      cc: string[];
      headers: { name: string; value: string }[];
      files: { name: string; size: number }[];
    }>("GET", `/demo/mails/${mailId}`, undefined, app.admin);
    expect(mail.body.cc).toEqual(["dad@buyer.example"]);
    expect(mail.body.headers).toContainEqual({ name: "Subject", value: "Re: My vase" });
    expect(mail.body.files).toEqual([{ name: "label.txt", type: "text/plain", size: 24 }]);
    const saved = await fetch(`${app.url}/api/v1/demo/mails/${mailId}/files/0`, {
      headers: app.admin as { cookie: string },
    });
    expect(await saved.text()).toBe("Send it to this address.");
    expect(saved.headers.get("content-disposition")).toContain("attachment");
    expect(
      (await fetch(`${app.url}/api/v1/demo/mails/${mailId}/files/1`, { headers: app.admin as { cookie: string } }))
        .status,
    ).toBe(404);
  });
});
