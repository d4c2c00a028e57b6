import type { Locale } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import type { OrderRecord } from "../records.ts";

const ON_ITS_WAY = ["created", "paid", "shipped", "out_for_delivery"];

/** Where an order is, in words of the buyer's language. Whoever calls knows that it is the buyer's. */
export function describeOrder(ctx: Context, order: OrderRecord, locale: Locale): string {
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
  const say = (key: string, params: Record<string, unknown> = {}) => ctx.translate(locale, `orders.${key}`, params);
  const { tracking, promisedAt, deliveredAt } = order;
  const sentences = [
    say(`state.${order.state}`, { number: order.number, date: deliveredAt ? day.format(deliveredAt) : "" }),
  ];
  if (order.delayed) sentences.push(say("delayed"));
  if (promisedAt && promisedAt > ctx.clock.now() && ON_ITS_WAY.includes(order.state)) {
    sentences.push(say("promised", { date: day.format(promisedAt) }));
  }
  if (tracking?.number && ON_ITS_WAY.includes(order.state)) {
    const key = tracking.carrier ? "tracking" : "trackingNoCarrier";
    sentences.push(say(key, { number: tracking.number, carrier: tracking.carrier }));
  }
  // Chinese and Japanese put no space between sentences; Thai, which has none between words, does.
  return sentences.join(/^(zh|ja)/.test(locale) ? "" : " ");
}
