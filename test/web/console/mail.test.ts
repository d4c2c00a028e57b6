import { describe, expect, it } from "vitest";
import type { Attachment } from "../../../contract/attachment.ts";
import {
  isAddress,
  reachableChannels,
  usualCopies,
} from "../../../web/console/conversations/composer/reply-channel.ts";
import { paragraphsOf } from "../../../web/console/conversations/composer/rich-text.ts";
import { changeOf, draftOf, portFor } from "../../../web/console/settings/inboxes/mailbox/account.ts";
import { Uploads } from "../../../web/console/sync/uploads.ts";
import { memoryStore } from "../../../web/ui/storage.ts";
import { buildConversation, buildMessage } from "./build.ts";

const PLACE = "conversation";

/** Uploads that end when the test says so. */
function startUploads(store = memoryStore(), userId = "me") {
  const ends: ((attachment: Attachment) => void)[] = [];
  const uploads = new Uploads({
    store,
    userId,
    upload: (_file, _progress, signal) =>
      new Promise((resolve, reject) => {
        ends.push(resolve);
        signal.addEventListener("abort", () => reject(new Error("aborted")));
      }),
    explain: String,
  });
  const file = (name: string) => new File(["x"], name);
  const there = (name: string): Attachment => ({ id: name, name, type: "text/plain", size: 1, url: `/${name}` });
  return { uploads, store, file, finish: (name: string) => ends.shift()?.(there(name)) };
}

describe("files that are attached and not sent", () => {
  it("go up while another conversation is open, and are there when the first is opened again", async () => {
    const { uploads, file, finish } = startUploads();
    uploads.add(PLACE, [file("a.txt")], () => undefined);
    expect(uploads.get("another")).toEqual([]);
    expect(uploads.get(PLACE)).toMatchObject([{ name: "a.txt", progress: 0 }]);
    finish("a.txt");
    await expect.poll(() => uploads.get(PLACE)[0]?.attachment?.id).toBe("a.txt");
  });

  it("survive a reload once they are on the server, for the person who attached them", async () => {
    const { uploads, store, file, finish } = startUploads();
    uploads.add(PLACE, [file("a.txt"), file("b.txt")], () => undefined);
    finish("a.txt");
    await expect.poll(() => uploads.get(PLACE)[0]?.attachment?.id).toBe("a.txt");
    expect(startUploads(store).uploads.get(PLACE)).toMatchObject([{ name: "a.txt", progress: 1 }]);
    expect(startUploads(store, "another").uploads.get(PLACE)).toEqual([]);
    uploads.forget();
    expect(startUploads(store).uploads.get(PLACE)).toEqual([]);
  });

  it("are gone after they were sent or removed, and ten are the most", () => {
    const { uploads, file } = startUploads();
    uploads.add(
      PLACE,
      Array.from({ length: 12 }, (_, at) => file(`${at}.txt`)),
      ({ name }) => (name === "0.txt" ? "not this one" : undefined),
    );
    const [first, second] = uploads.get(PLACE);
    expect(uploads.get(PLACE)).toHaveLength(10);
    expect(first?.error).toBe("not this one");
    uploads.remove(PLACE, second!.key);
    expect(uploads.get(PLACE)).toHaveLength(9);
    uploads.clear(PLACE);
    expect(uploads.get(PLACE)).toEqual([]);
  });
});

describe("who gets an answer by email", () => {
  const person = (address: string) => ({ address, name: "" });
  const conversation = buildConversation(1, {
    channel: "email",
    contact: { id: "1", name: "Ana", email: "ana@buyer.example", verified: false },
  });
  const original = {
    subject: "Cup",
    from: person("Ana@buyer.example"),
    to: [person("support+r123@shop.example"), person("luis@buyer.example")],
    cc: [person("LUIS@buyer.example"), person("casa@buyer.example"), person("ana@buyer.example")],
    stored: true,
    notes: [],
  };

  it("is everybody who got the buyer's last mail, once each, without the buyer and the shop", () => {
    const messages = [buildMessage(1), buildMessage(2, { channel: "email", original })];
    expect(usualCopies(conversation, messages, ["support@shop.example", undefined])).toEqual([
      "LUIS@buyer.example",
      "casa@buyer.example",
    ]);
    expect(usualCopies(conversation, [buildMessage(1)], ["support@shop.example"])).toEqual([]);
  });

  it("is nobody whom only a mail of an unproven sender, or of somebody else, copies", () => {
    const mail = (more: object) => buildMessage(2, { channel: "email", original: { ...original, ...more } });
    for (const doubted of [{ proof: "unknown" }, { proof: "fail" }, { proof: "pass", role: "another_address" }]) {
      expect(usualCopies(conversation, [buildMessage(1), mail(doubted)], []), JSON.stringify(doubted)).toEqual([]);
    }
    expect(usualCopies(conversation, [mail({ proof: "pass" })], ["support@shop.example"]).length).toBe(2);
  });

  it("can be a shopper who only chatted but gave an address", () => {
    const chat = buildConversation(2, {
      contact: { id: "2", name: "Bea", email: "bea@buyer.example", verified: false },
    });
    expect(reachableChannels(chat, [], ["email"])).toEqual(["chat", "email"]);
    expect(reachableChannels(buildConversation(3), [], ["email"])).toEqual(["chat"]);
  });

  it("is checked before anything is sent", () => {
    for (const good of ["a@b.example", " name+tag@shop.co.uk ", "用户@例子.公司"]) expect(isAddress(good)).toBe(true);
    for (const bad of ["", "a", "a@b", "a b@c.example", "a@b.example, c@d.example", "<a@b.example>"]) {
      expect(isAddress(bad), bad).toBe(false);
    }
  });
});

it("keeps what was typed when formatting is switched on", () => {
  expect(paragraphsOf("Hello <you>\nline two\n\nBye & thanks")).toBe(
    "<p>Hello &lt;you><br>line two</p><p>Bye &amp; thanks</p>",
  );
  expect(paragraphsOf(" \n")).toBe("");
});

describe("a mail server's settings", () => {
  const mailbox = {
    senderName: "",
    signature: "",
    signatures: {},
    addressPattern: "plus" as const,
    trustedRelays: [],
    trustedResults: [],
    imap: {
      host: "imap.example.com",
      port: 993,
      security: "tls" as const,
      user: "me",
      passwordSet: true,
      folder: "INBOX",
      pollSeconds: 60,
    },
    smtp: null,
    dkim: null,
    receiver: null,
    webhookPath: "",
    local: true,
    state: null,
  };

  it("keep a password that is not typed anew, and replace one that is", () => {
    const draft = draftOf("imap", mailbox);
    expect(changeOf("imap", draft).imap).not.toHaveProperty("password");
    expect(changeOf("imap", { ...draft, password: "new" }).imap).toMatchObject({ password: "new", user: "me" });
    expect(changeOf("smtp", { ...draftOf("smtp", mailbox), host: " smtp.example.com " }).smtp).toEqual({
      host: "smtp.example.com",
      port: 465,
      security: "tls",
      user: "",
    });
  });

  it("follow the encryption with the usual port, unless somebody chose another", () => {
    const draft = draftOf("smtp", mailbox);
    expect(portFor("smtp", draft, "starttls")).toBe(587);
    expect(portFor("smtp", { ...draft, port: 2465 }, "starttls")).toBe(2465);
    expect(portFor("imap", draftOf("imap", mailbox), "none")).toBe(143);
  });
});
