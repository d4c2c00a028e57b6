import { describe, expect, it } from "vitest";
import type { HandoffReason } from "../../../contract/bot.ts";
import { summarizeHandoff } from "../../../server/jobs/handoff-summary.ts";
import type { MessageRecord } from "../../../server/records.ts";

/** What an agent reads as the buyer's wish after these messages. */
function wishAfter(reason: HandoffReason, ...texts: string[]): string {
  const messages = texts.map(
    (text) =>
      ({ text, direction: "incoming", private: false, automatic: false, attachments: [], author: {} }) as unknown,
  );
  return summarizeHandoff(messages as MessageRecord[], { reason }).wish;
}

describe("the wish that an agent reads", () => {
  it("is the question, where the buyer then asks for a person", () => {
    expect(
      wishAfter("customer_request", "How long does shipping to Spain take?", "I want to talk to a human please"),
    ).toBe("How long does shipping to Spain take?\nI want to talk to a human please");
  });

  it("is the last message, where that tells enough", () => {
    expect(wishAfter("missing_knowledge", "Do you sell mugs in blue?", "Can they go into the dishwasher?")).toBe(
      "Can they go into the dishwasher?",
    );
  });

  it("goes with what came before, where the last is a word or two", () => {
    expect(wishAfter("sentiment", "My vase arrived in pieces", "hello??")).toBe("My vase arrived in pieces\nhello??");
  });

  it("is all there is, where the buyer wrote nothing else", () => {
    expect(wishAfter("customer_request", "Person please!")).toBe("Person please!");
    expect(wishAfter("unsupported_request", "")).toBe("");
  });
});
