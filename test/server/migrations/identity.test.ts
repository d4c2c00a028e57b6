import type { Types } from "mongoose";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { ReviewItem } from "../../../contract/review.ts";
import { migration } from "../../../server/migrations/001-identity.ts";
import { ContactIdentityModel, ContactModel } from "../../../server/models/contact.ts";
import { ConversationModel } from "../../../server/models/conversation.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { identitySecret, shopToken } from "../../support/identity.ts";
import { connectWidget } from "../../support/sockets.ts";

let app: TestApp;
let secret: string;
let mail: (from: string, text: string) => Promise<unknown>;
beforeAll(async () => {
  app = await startTestApp({ smtpPort: 0 });
  secret = await identitySecret(app);
  const transport = createTransport({ host: "127.0.0.1", port: app.mailroom.smtpPort ?? 0, ignoreTLS: true });
  mail = (from, text) => transport.sendMail({ from, to: "support@parley.localhost", subject: text, text });
});
afterAll(() => app.dispose());

/** A customer in the chat whose contact has an address as the hub of before believed it. */
async function customer(sub: string, email: string) {
  const { socket } = await connectWidget(app.url, { identity: { token: await shopToken(secret, { sub, name: sub }) } });
  const sent = await socket.emitWithAck("message:send", { echoId: sub, text: `${sub} writes` });
  if (!sent.ok) throw new Error(JSON.stringify(sent));
  socket.disconnect();
  const conversation = await ConversationModel.findById(sent.message.conversationId).lean();
  const contactId = conversation?.contactId as Types.ObjectId;
  await ContactModel.updateOne({ _id: contactId }, { $set: { email } });
  await ConversationModel.updateMany({ contactId }, { $set: { "contact.email": email } });
  return { contactId, id: sent.message.conversationId };
}
const contactOf = (id: Types.ObjectId | string) => ContactModel.findById(id).lean();
const listed = async () =>
  (await app.call<{ items: ReviewItem[] }>("GET", "/review-items", undefined, app.admin)).body.items.filter(
    ({ kind }) => kind === "unsigned_address",
  );

it("what an unsigned address was believed for is put right, and what it joined is listed for a person", async () => {
  const alone = await customer("alone", "alone@example.com");
  const joined = await customer("joined", "joined@victim.example");
  const ordered = await customer("ordered", "ordered@example.com");
  await app.call(
    "POST",
    "/orders/events",
    {
      eventId: "o1",
      type: "paid",
      occurredAt: new Date().toISOString(),
      orderId: "1",
      buyer: { externalId: "ordered", email: "Ordered@example.com" },
    },
    app.admin,
  );
  await mail("joined@victim.example", "A private mail");
  await app.idle();
  const mixed = await ContactIdentityModel.find({ contactId: joined.contactId }).lean();
  expect(mixed.map(({ key }) => key).sort()).toEqual(["customer:joined", "joined@victim.example"]);

  for (let times = 0; times < 2; times += 1) await migration.run(app.ctx);

  expect(await contactOf(alone.contactId)).toMatchObject({ emailHint: "alone@example.com", verified: true });
  expect((await contactOf(alone.contactId))?.email).toBeUndefined();
  expect((await contactOf(ordered.contactId))?.email).toBe("ordered@example.com");

  const customerOnly = await contactOf(joined.contactId);
  expect(customerOnly).toMatchObject({ name: "joined", emailHint: "joined@victim.example" });
  expect(customerOnly?.email).toBeUndefined();
  const { body } = await app.call<{ items: Conversation[] }>(
    "GET",
    "/conversations?limit=100&status=pending,open,resolved",
    undefined,
    app.admin,
  );
  const [theirs, ...more] = body.items.filter(({ contact }) => contact.email === "joined@victim.example");
  expect(more).toEqual([]);
  expect(theirs?.contact).toMatchObject({ verified: false });
  expect(theirs?.contact.id).not.toBe(joined.contactId.toHexString());
  expect(await listed()).toMatchObject([
    {
      contactIds: [joined.contactId.toHexString(), theirs?.contact.id],
      conversationIds: [theirs?.id],
      facts: { address: "joined@victim.example" },
    },
  ]);
  // The next mail is the mailbox owner's own matter, and the customer reads none of it.
  await mail("joined@victim.example", "Another private mail");
  await app.idle();
  const { socket, session } = await connectWidget(app.url, {
    identity: { token: await shopToken(secret, { sub: "joined" }) },
  });
  expect(session.conversationId).toBe(joined.id);
  const history = await socket.emitWithAck("history", { afterSeq: 0 });
  expect(JSON.stringify(history)).not.toContain("private mail");
  socket.disconnect();
});
