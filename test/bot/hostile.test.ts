import { expect, it } from "vitest";
import { unfounded } from "../../bot/check.ts";
import { faultOf } from "../../bot/llm/vet.ts";
import { HONEST, HOSTILE, type Reply } from "./hostile.ts";

/** Why a reply would not be sent, by the checks that ask for no model. */
const stopped = ([locale, text, answer]: Reply) =>
  faultOf(text, { answers: [answer], facts: [] }, locale) ?? unfounded(text, [answer])[0];

it.each(Object.entries(HOSTILE).flatMap(([kind, replies]) => replies.map((reply) => [kind, reply] as const)))(
  "a reply that %s is not sent: %j",
  (_, reply) => expect(stopped(reply)).toBeDefined(),
);

it.each(HONEST.map((reply) => [reply] as const))("an honest reply is sent: %j", (reply) =>
  expect(stopped(reply)).toBeUndefined(),
);

it("a question, an order's item name and a state of another kind found no claim", () => {
  expect(unfounded("You get 500 EUR.", ["Ask us about it."])).toEqual(["500"]);
  expect(
    faultOf("Your order has been cancelled.", { answers: [], facts: ['{"state":"cancelled"}'] }, "en"),
  ).toBeUndefined();
  expect(
    faultOf("Your order was cancelled and refunded.", { answers: [], facts: ['{"state":"cancelled"}'] }, "en"),
  ).toBe("claims_action");
});
