import { z } from "zod";
import type { PlatformOrderEvent } from "../integration.ts";
import { amount, country, currency, email, instant, present, sumOf, text } from "../values.ts";

const moneySchema = z.looseObject({ value: amount, currency: text }).nullish();
const personSchema = z
  .looseObject({
    fullName: text,
    email: text,
    contactAddress: z.looseObject({ countryCode: text }).nullish(),
  })
  .nullish();

/** An order as the Fulfillment API gives it (getOrder). */
const orderSchema = z.looseObject({
  orderId: z.string().min(1).max(200),
  legacyOrderId: text,
  creationDate: z.string(),
  lastModifiedDate: text,
  orderPaymentStatus: text,
  orderFulfillmentStatus: text,
  cancelStatus: z.looseObject({ cancelState: text }).nullish(),
  buyer: z.looseObject({ username: text, buyerRegistrationAddress: personSchema }).nullish(),
  pricingSummary: z
    .looseObject({ total: moneySchema, deliveryCost: moneySchema, tax: moneySchema, deliveryDiscount: moneySchema })
    .nullish(),
  paymentSummary: z
    .looseObject({
      payments: z.array(z.looseObject({ paymentDate: text })).nullish(),
      refunds: z.array(z.looseObject({ amount: moneySchema, refundStatus: text })).nullish(),
    })
    .nullish(),
  fulfillmentStartInstructions: z
    .array(
      z.looseObject({
        maxEstimatedDeliveryDate: text,
        shippingStep: z.looseObject({ shipTo: personSchema }).nullish(),
      }),
    )
    .nullish(),
  lineItems: z
    .array(z.looseObject({ sku: text, title: text, quantity: z.number().nullish(), lineItemCost: moneySchema }))
    .nullish(),
});

const PAID = new Set(["PAID", "PARTIALLY_REFUNDED", "FULLY_REFUNDED"]);

/** The events that an eBay order as it is now amounts to. @throws ZodError */
export function ebayOrderEvents(payload: unknown): PlatformOrderEvent[] {
  const order = orderSchema.parse(payload);
  const { orderId } = order;
  const [instruction] = order.fulfillmentStartInstructions ?? [];
  const to = instruction?.shippingStep?.shipTo ?? order.buyer?.buyerRegistrationAddress;
  const { total, deliveryCost, tax } = order.pricingSummary ?? {};
  const refunds = (order.paymentSummary?.refunds ?? []).filter(({ refundStatus }) => refundStatus === "REFUNDED");
  const changed = instant(order.lastModifiedDate) ?? instant(order.creationDate);
  const facts = {
    orderId,
    order: present({
      number: orderId,
      total: total?.value,
      shipping: deliveryCost?.value,
      tax: tax?.value,
      refunded: refunds.length > 0 ? sumOf(refunds.map((one) => one.amount?.value)) : undefined,
      currency: currency(total?.currency),
      promisedAt: instant(instruction?.maxEstimatedDeliveryDate),
      items: order.lineItems?.map(({ sku, title, quantity, lineItemCost }) => {
        const count = Math.max(1, quantity ?? 1);
        // The cost is that of the line.
        const price =
          lineItemCost?.value === undefined ? undefined : Math.round((lineItemCost.value / count) * 100) / 100;
        return present({ sku, name: title ?? sku ?? "", quantity: count, price });
      }),
    }),
    buyer: present({
      externalId: order.buyer?.username && ebayBuyer(order.buyer.username),
      name: to?.fullName,
      email: email(to?.email),
      country: country(to?.contactAddress?.countryCode),
    }),
  };
  const event = (type: string, at: string | undefined): PlatformOrderEvent[] =>
    at === undefined ? [] : [{ eventId: `ebay:${orderId}:${type}:${changed}`, type, occurredAt: at, ...facts }];
  return [
    ...event("created", instant(order.creationDate)),
    ...(PAID.has(order.orderPaymentStatus ?? "")
      ? event("paid", instant(order.paymentSummary?.payments?.[0]?.paymentDate) ?? changed)
      : []),
    ...(order.orderFulfillmentStatus === "FULFILLED" ? event("shipped", changed) : []),
    ...(order.orderPaymentStatus === "FULLY_REFUNDED" ? event("refunded", changed) : []),
    ...(order.cancelStatus?.cancelState === "CANCELED" ? event("cancelled", changed) : []),
  ];
}

/** Names of eBay's buyers are names of eBay's alone. Its numbers of orders are unlike anybody else's (`12-34567-89012`). */
export const EBAY = "ebay:";

export function ebayBuyer(username: string): string {
  return `${EBAY}${username}`.slice(0, 200);
}
