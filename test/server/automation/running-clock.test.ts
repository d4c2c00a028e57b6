import { expect, it } from "vitest";
import type { CheckIn } from "../../../contract/automation.ts";
import { startTestApp } from "../../support/app.ts";

it("a message that may leave now leaves, though the clock runs on while that is looked at", async () => {
  const noon = Date.UTC(2026, 4, 4, 12);
  let read = 0;
  const app = await startTestApp({ clock: { now: () => new Date(noon + read++) } });
  const { body: rules } = await app.call<{ id: string; key?: string }[]>("GET", "/automations", undefined, app.admin);
  const confirmed = rules.find(({ key }) => key === "order_confirmed");
  await app.call("PATCH", `/automations/${confirmed?.id}`, { enabled: true }, app.admin);
  const event = { eventId: "1", type: "paid", occurredAt: new Date(noon).toISOString(), orderId: "10482" };
  const buyer = { externalId: "b-1", name: "Ana Ruiz", country: "ES" };
  await app.call("POST", "/orders/events", { ...event, buyer }, app.admin);
  const outcomes = async () => {
    await app.sweep();
    const { body } = await app.call<{ items: CheckIn[] }>("GET", "/check-ins", undefined, app.admin);
    return body.items.map(({ outcome, reason }) => reason ?? outcome);
  };
  await expect.poll(outcomes).toEqual(["sent"]);
  await app.dispose();
});
