import { Types } from "mongoose";
import { afterAll, beforeAll, expect, it } from "vitest";
import { setOptOut } from "../../../server/actions/opt-out.ts";
import { recordOrderEvent } from "../../../server/actions/record-order-event.ts";
import { isQuiet } from "../../../server/automation/quiet.ts";
import { PROACTIVE } from "../../../server/automation/triggers.ts";
import { zonesOfCountry } from "../../../server/automation/zones.ts";
import { CheckInModel, type CheckInRecord } from "../../../server/models/check-in.ts";
import { ContactModel, type ContactRecord } from "../../../server/models/contact.ts";
import { MessageModel, type MessageRecord } from "../../../server/models/message.ts";
import { COUNTRIES } from "../../support/countries.ts";
import { randomOf } from "../../support/openapi.ts";
import { crash, DAY, HOUR, NOON, type RuleApp, startRuleApp } from "./support.ts";

/** A year of a shop that sells to twenty countries; every event may be told twice, late, or just before a crash. */
const ORDERS = process.env.PARLEY_LONG ? 10_000 : Number(process.env.YEAR_ORDERS ?? 100);
/** In a full year what falls into the same half hour happens at once, side by side: there is no time to do each by itself. */
const STEP = ORDERS > 1_000 ? HOUR / 2 : 1;
const SEED = Number(process.env.YEAR_SEED ?? Date.now() % 1_000_000);
const RULES = [
  "order_confirmed",
  "order_shipped",
  "out_for_delivery",
  "order_delivered",
  "order_late",
  "order_lost",
  "review_low",
];
const QUIET = { from: "20:00", to: "09:00" };
const CAP = { most: 5, hours: 168 };

let app: RuleApp;
beforeAll(async () => {
  app = await startRuleApp();
  for (const key of RULES) await app.turnOn(key);
});
afterAll(() => app.dispose());

const random = randomOf(SEED);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const between = (low: number, high: number) => low + random() * (high - low);

const countryOf = new Map<string, string>();

interface Happening {
  at: number;
  run(): Promise<unknown>;
}

/** What happens to an order, told when it happens or later, once or twice. */
function lifeOf(number: number, workspaceId: string): Happening[] {
  const who = Math.floor(random() * ORDERS * 0.6);
  const country = COUNTRIES[who % COUNTRIES.length] as string;
  countryOf.set(`o-${number}`, country);
  const email = random() < 0.8 ? `b${who}@example.com` : undefined;
  const buyer = { externalId: `b-${who}`, name: "Ana Ruiz", country, ...(email && { email }) };
  const paid = NOON + random() * 365 * DAY;
  const promised = paid + between(4, 9) * DAY;
  const lost = random() < 0.03;
  const delivered = paid + between(3, 14) * DAY;
  const events: [string, number, object?][] = [
    [
      "paid",
      paid,
      {
        order: {
          total: 40,
          currency: "EUR",
          promisedAt: new Date(promised).toISOString(),
          items: [{ name: "Tea set", quantity: 1 }],
        },
      },
    ],
    ["shipped", paid + between(0.5, 2.5) * DAY, random() < 0.9 ? { tracking: { number: `T${number}` } } : {}],
  ];
  if (lost) events.push(["lost", delivered]);
  else {
    events.push(["out_for_delivery", delivered - between(3, 9) * HOUR], ["delivered", delivered]);
    if (random() < 0.3)
      events.push(["reviewed", delivered + between(1, 6) * DAY, { review: { rating: pick([1, 2, 3, 4, 5]) } }]);
    if (random() < 0.1) events.push(["refunded", delivered + between(0, 3) * DAY]);
  }
  return events.flatMap(([type, at, more = {}], index) => {
    const event = {
      eventId: `${number}:${index}`,
      type,
      occurredAt: new Date(at).toISOString(),
      orderId: `o-${number}`,
      buyer,
      ...more,
    };
    const tell = { run: () => recordOrderEvent(app.ctx, { workspaceId, event: event as never }) };
    const late = at + (random() < 0.1 ? between(0, 6) * HOUR : 0);
    return [{ at: late, ...tell }, ...(random() < 0.15 ? [{ at: late + between(0, 2) * DAY, ...tell }] : [])];
  });
}

/** Does what is due now. A whole sweep of the hub looks at much more than rules, so that is for after a crash. */
async function settle(): Promise<void> {
  await app.idle();
  app.ctx.bus.emit("check_ins.scheduled", { dueAt: new Date(app.time.now) });
  await app.idle();
}

it(`a year of ${ORDERS} orders brings each message once at most, by day, within the caps, and to nobody who opted out (YEAR_SEED=${SEED})`, async () => {
  const { workspaceId } = app.firstStart;
  const happenings = Array.from({ length: ORDERS }, (_, number) => lifeOf(number, workspaceId)).flat();
  const optedOut = new Map<string, number>();
  for (let count = 0; count < ORDERS / 20; count += 1) {
    const at = NOON + random() * 365 * DAY;
    const skip = Math.floor(random() * 20);
    happenings.push({
      at,
      async run() {
        const contact = await ContactModel.findOne({ workspaceId }).sort({ _id: -1 }).skip(skip).lean<ContactRecord>();
        if (!contact || contact.optedOut) return;
        await setOptOut(app.ctx, { workspaceId, contactId: contact._id, by: "link" });
        optedOut.set(contact._id.toHexString(), app.time.now);
      },
    });
    happenings.push({ at: at + HOUR, run: () => crash(app) });
  }
  happenings.sort((a, b) => a.at - b.at);
  // The clock stops at everything that happens and at every time that something is due.
  for (let next = 0; ; ) {
    const due = await CheckInModel.findOne({ dueAt: { $gt: new Date(0) } })
      .sort({ dueAt: 1 })
      .lean<CheckInRecord>();
    const happening = happenings[next];
    if (!due && !happening) break;
    const at = Math.min(due?.dueAt?.getTime() ?? Number.POSITIVE_INFINITY, happening?.at ?? Number.POSITIVE_INFINITY);
    app.time.now = Math.max(app.time.now, Math.ceil(at / STEP) * STEP);
    const first = next;
    while (happenings[next] && (happenings[next]?.at ?? 0) <= app.time.now) next += 1;
    await Promise.all(happenings.slice(first, next).map((each) => each.run()));
    await settle();
  }

  const scope = { workspaceId: new Types.ObjectId(workspaceId) };
  const checkIns = await CheckInModel.find(scope).lean<CheckInRecord[]>();
  const ids = [...new Set(checkIns.flatMap(({ plan }) => (plan ? [plan.conversationId.toHexString()] : [])))];
  const messages: MessageRecord[] = [];
  for (const id of ids) messages.push(...(await MessageModel.find({ conversationId: id }).lean<MessageRecord[]>()));
  const sent = messages.filter(({ automation }) => automation);

  // Nothing is left undone, and each step of a rule stands once for an order.
  expect(checkIns.filter(({ finishedAt }) => !finishedAt)).toEqual([]);
  expect(new Set(checkIns.map(({ key }) => key)).size).toBe(checkIns.length);
  // A message for each that says it was sent, and none beside.
  const told = checkIns.filter(({ outcome }) => outcome === "sent").map(({ _id }) => _id.toHexString());
  expect(sent.map(({ automation }) => automation?.checkInId.toHexString()).sort()).toEqual(told.sort());
  expect(sent.length).toBeGreaterThan(ORDERS);
  // What was not sent has a reason of the kind that there is.
  const reasons = new Set(checkIns.filter(({ outcome }) => outcome !== "sent").map(({ reason }) => reason));
  expect([...reasons].filter((reason) => reason === undefined || reason === "failed" || reason === "awaiting")).toEqual(
    [],
  );

  const byId = new Map(checkIns.map((checkIn) => [checkIn._id.toHexString(), checkIn]));
  const times = new Map<string, number[]>();
  for (const { createdAt, automation } of sent) {
    const { contactId, orderId, trigger } = byId.get(automation?.checkInId.toHexString() ?? "") as CheckInRecord;
    const country = countryOf.get(orderId ?? "") ?? "";
    expect(isQuiet(createdAt, QUIET, zonesOfCountry(country)[0] ?? ""), `${country} ${createdAt.toISOString()}`).toBe(
      false,
    );
    const contact = contactId?.toHexString() ?? "";
    expect(createdAt.getTime()).toBeLessThanOrEqual(optedOut.get(contact) ?? Number.POSITIVE_INFINITY);
    if (PROACTIVE.includes(trigger)) times.set(contact, [...(times.get(contact) ?? []), createdAt.getTime()]);
  }
  for (const list of times.values()) {
    list.sort((a, b) => a - b);
    const over = list.filter(
      (at, index) => at - (list[index - CAP.most] ?? Number.NEGATIVE_INFINITY) < CAP.hours * HOUR,
    );
    expect(over).toEqual([]);
  }
}, 3_600_000);
