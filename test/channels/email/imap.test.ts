import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { imapSchema } from "../../../channels/email/config.ts";
import {
  type ImapCursor,
  ImapReceiver,
  type ImapReceiverOptions,
  testImap,
} from "../../../channels/email/receive-imap.ts";
import { raw } from "./build.ts";
import { Dovecot, noDovecot } from "./dovecot.ts";

const mail = (subject: string) =>
  raw(
    "From: ana@buyer.example",
    `Subject: ${subject}`,
    `Message-ID: <${subject}@buyer.example>`,
    "",
    `Text of ${subject}`,
  );
const subjectOf = (source: Buffer) => /^Subject: (.*)$/m.exec(source.toString())![1]!.trim();

/** A mailbox as the hub keeps it: what is stored, and how far it got. */
class Store {
  readonly subjects: string[] = [];
  cursor: ImapCursor | undefined;
  /** Called before a mail is stored. */
  before: (subject: string) => void = () => undefined;
  #waiting: { condition: () => boolean; resolve: () => void }[] = [];

  options(port: number): ImapReceiverOptions {
    return {
      config: imapSchema.parse({
        host: "127.0.0.1",
        port,
        security: "none",
        user: "ana",
        password: "x",
        pollSeconds: 10,
      }),
      cursor: {
        load: async () => this.cursor,
        save: async (cursor) => {
          this.cursor = cursor;
          this.#changed();
        },
      },
      maxBytes: 1_000_000,
      store: async (source) => {
        this.before(subjectOf(source));
        this.subjects.push(subjectOf(source));
        this.#changed();
      },
      unreadable: async () => undefined,
      onState: () => this.#changed(),
    };
  }
  #changed(): void {
    this.#waiting = this.#waiting.filter(({ condition, resolve }) => {
      if (!condition()) return true;
      resolve();
      return false;
    });
  }
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ condition, resolve }));
  }
}

describe.skipIf(noDovecot)(`a mailbox on a real IMAP server${noDovecot ? ` (skipped: ${noDovecot})` : ""}`, () => {
  let dovecot: Dovecot;
  let store: Store;
  const receivers: ImapReceiver[] = [];
  const receive = () => {
    const receiver = new ImapReceiver(store.options(dovecot.port));
    receivers.push(receiver);
    receiver.start();
    return receiver;
  };

  beforeEach(async () => {
    dovecot = new Dovecot();
    await dovecot.start();
    store = new Store();
  });
  afterEach(async () => {
    for (const receiver of receivers.splice(0)) await receiver.stop();
    await dovecot.stop();
  });

  test("new mail is fetched once, in order, at once; what was there before is left alone, and no flag changes", async () => {
    dovecot.deliver(mail("old"));
    const receiver = receive();
    await store.until(() => store.cursor !== undefined);
    dovecot.deliver(mail("one"));
    dovecot.deliver(mail("two"));
    await store.until(() => store.subjects.length === 2 && store.cursor!.lastUid === 3);
    await receiver.stop();
    receive();
    dovecot.deliver(mail("three"));
    await store.until(() => store.subjects.length === 3);
    expect(store.subjects).toEqual(["one", "two", "three"]);
    expect(dovecot.files().some((name) => /:2,.*S/.test(name))).toBe(false);
  });

  test("a stop in the middle of a batch skips nothing and stores nothing twice", async () => {
    const first = receive();
    await store.until(() => store.cursor !== undefined);
    await first.stop();
    for (const name of ["a", "b", "c", "d"]) dovecot.deliver(mail(name));
    let second: ImapReceiver | undefined;
    store.before = (subject) => {
      if (subject === "b") void second?.stop();
    };
    second = receive();
    await store.until(() => store.cursor!.lastUid === 2);
    await second.stop();
    expect(store.subjects).toEqual(["a", "b"]);
    receive();
    await store.until(() => store.subjects.length === 4);
    expect(store.subjects).toEqual(["a", "b", "c", "d"]);
  });

  test("mail that could not be stored is fetched again", async () => {
    const first = receive();
    await store.until(() => store.cursor !== undefined);
    await first.stop();
    let failures = 1;
    store.before = () => {
      if (failures-- > 0) throw new Error("the database is away");
    };
    dovecot.deliver(mail("a"));
    receive();
    await store.until(() => store.subjects.length === 1);
    expect(store.subjects).toEqual(["a"]);
  });

  test("after the server renumbered its mails, those since the beginning come again", async () => {
    const first = receive();
    await store.until(() => store.cursor !== undefined);
    dovecot.deliver(mail("a"));
    await store.until(() => store.cursor!.lastUid === 1);
    await first.stop();
    const before = store.cursor!.uidValidity;
    dovecot.renumber();
    dovecot.deliver(mail("b"));
    receive();
    await store.until(() => store.subjects.length === 3);
    expect([...store.subjects].sort()).toEqual(["a", "a", "b"]);
    expect(store.cursor!.uidValidity).not.toBe(before);
  });

  test("a broken connection is made again", async () => {
    receive();
    await store.until(() => store.cursor !== undefined);
    dovecot.disconnect();
    dovecot.deliver(mail("a"));
    await store.until(() => store.subjects.length === 1);
    expect(store.subjects).toEqual(["a"]);
  });

  test("the connection test opens the mailbox, or says that the folder is missing", async () => {
    const { config } = store.options(dovecot.port);
    expect(await testImap(config)).toBeUndefined();
    expect((await testImap({ ...config, folder: "Nowhere" }))?.problem).toBe("folder");
  });
});

describe("a mailbox that cannot be opened", () => {
  test("a wrong password and a server that is not there are told apart", async () => {
    const server = createServer((socket) => {
      socket.write("* OK ready\r\n");
      socket
        .on("data", (data) => {
          for (const line of data.toString().split("\r\n").filter(Boolean)) {
            const [tag, command] = line.split(" ");
            if (/capability/i.test(command!)) socket.write(`* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n${tag} OK done\r\n`);
            else if (/login|authenticate/i.test(command!))
              socket.write(`${tag} NO [AUTHENTICATIONFAILED] Invalid credentials\r\n`);
            else socket.write(`${tag} OK done\r\n`);
          }
        })
        .on("error", () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const config = imapSchema.parse({ host: "127.0.0.1", port, security: "none", user: "ana", password: "x" });
    expect((await testImap(config))?.problem).toBe("login");
    await new Promise((resolve) => server.close(resolve));
    expect((await testImap(config))?.problem).toBe("refused");
  });
});
