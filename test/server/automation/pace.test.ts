import { expect, it } from "vitest";
import type { CheckIn } from "../../../contract/automation.ts";
import { startTestApp } from "../../support/app.ts";
import { startReceiver } from "../../support/receiver.ts";

it("a shop's system that does not answer holds up nobody else's message", async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<number>();
  const receiver = await startReceiver(() => answered);
  const app = await startTestApp({ env: { ALLOW_NETWORKS: "127.0.0.0/8" } });
  const call = <T>(method: string, path: string, body?: unknown) => app.call<T>(method, path, body, app.admin);
  const { body: rules } = await call<{ id: string; key?: string }[]>("GET", "/automations");
  const confirmed = rules.find(({ key }) => key === "order_confirmed");
  await call("PATCH", `/automations/${confirmed?.id}`, { enabled: true });
  await call("PATCH", "/automations/settings", { quietHours: { from: "00:00", to: "00:00" } });
  const actions = [{ type: "webhook", url: receiver.url }];
  await call("POST", "/automations", { name: "Tell", enabled: true, trigger: { type: "order.lost" }, actions });

  const tell = (orderId: string, type: string) =>
    call("POST", "/orders/events", {
      eventId: `${orderId}-${type}`,
      type,
      occurredAt: new Date().toISOString(),
      orderId,
      buyer: { externalId: orderId, name: "Ana Ruiz", country: "ES" },
    });
  await tell("1", "lost");
  await expect.poll(() => receiver.hooks.length).toBe(1);
  await tell("2", "paid");
  const outcomeOf = async (orderId: string) =>
    (await call<{ items: CheckIn[] }>("GET", `/check-ins?order=${orderId}`)).body.items.map(({ outcome }) => outcome);
  await expect.poll(() => outcomeOf("2")).toEqual(["sent"]);
  // It is still under way, and has not been put off either.
  expect(await outcomeOf("1")).toEqual([undefined]);

  answer(200);
  await expect.poll(() => outcomeOf("1")).toEqual(["done"]);
  await app.dispose();
  await receiver.close();
});
