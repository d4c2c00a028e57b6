import { describe, expect, it } from "vitest";
import en from "../../../locales/en/console.json" with { type: "json" };
import { defaultChannel, reachableChannels } from "../../../web/console/conversations/composer/reply-channel.ts";
import { activityText } from "../../../web/console/conversations/thread/activity-text.ts";
import { explainError, takenBy } from "../../../web/console/errors.ts";
import type { Translate } from "../../../web/console/texts.ts";
import { ApiError } from "../../../web/ui/http.ts";
import { buildConversation, buildMessage } from "./build.ts";

/** The English texts without i18next: what a key says, with its values put in. */
const t: Translate = (key, values = {}) => {
  const text = key.split(".").reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], en);
  return String(text).replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
};

describe("a line of history", () => {
  const say = (activity: NonNullable<Parameters<typeof buildMessage>[1]>["activity"], name?: string) =>
    activityText(
      buildMessage(1, { direction: "activity", author: name ? { type: "user", name } : { type: "system" }, activity }),
      t,
      "en",
    );

  it("says who did what", () => {
    expect(say({ kind: "claimed", name: "Mei" }, "Mei")).toBe("Mei took over");
    expect(say({ kind: "assigned", name: "Ben" }, "Mei")).toBe("Assigned to Ben");
    expect(say({ kind: "resolved" }, "Mei")).toBe("Mei resolved the conversation");
    expect(say({ kind: "reopened" })).toBe("Reopened");
    expect(say({ kind: "woken" })).toBe("The snooze is over");
  });

  it("says in words why the bot handed off", () => {
    expect(say({ kind: "handed_off", reason: "customer_request" })).toBe(
      "Bot handed off: the buyer asked for a person",
    );
    expect(say({ kind: "handed_off" })).toBe("The bot handed the conversation to a person");
  });
});

describe("an error", () => {
  it("that says who was faster names them", () => {
    const error = new ApiError("already_claimed", "taken", 409, { assignee: { id: "1", name: "Ben" } });
    expect(takenBy(error)).toBe("Ben");
    expect(explainError(error, t)).toBe("Ben has taken over this conversation.");
  });

  it("is told in the server's words, or in ours where there are none", () => {
    expect(explainError(new ApiError("rate_limited", "Wait a moment.", 429), t)).toBe("Wait a moment.");
    expect(explainError(new ApiError("network", "", 0), t)).toBe(en.errors.network);
    expect(explainError(new Error("bug"), t)).toBe(en.errors.unexpected);
  });

  it("is worth another try only when it may pass", () => {
    const temporary = (status: number) => new ApiError("unavailable", "", status).temporary;
    expect([0, 429, 502, 503].every(temporary)).toBe(true);
    expect([400, 403, 409, 422, 500].some(temporary)).toBe(false);
  });
});

describe("a reply", () => {
  const conversation = buildConversation(1, { channel: "chat" });
  it("goes to where the buyer last wrote", () => {
    const messages = [
      buildMessage(1, { channel: "chat" }),
      buildMessage(2, { channel: "email" }),
      buildMessage(3, { channel: "chat", direction: "outgoing" }),
    ];
    expect(defaultChannel(conversation, messages)).toBe("email");
    expect(defaultChannel(conversation, [])).toBe("chat");
  });

  it("can go to every channel the buyer is known on", () => {
    expect(reachableChannels(conversation, [{ channel: "email" }, { channel: "chat" }])).toEqual(["chat", "email"]);
    expect(reachableChannels(conversation, undefined)).toEqual(["chat"]);
  });
});
