import type { Action, Reason } from "../../contract/automation.ts";
import { assignByRule, labelByRule, prioritizeByRule } from "../actions/act-by-rule.ts";
import { creditOrder, post } from "../actions/compensations.ts";
import { AppError } from "../errors.ts";
import type { CompensationRecord } from "../models/compensation.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import type { Run } from "./run.ts";

export type CreditState = Pick<CompensationRecord, "amount" | "currency" | "state">;

type Perform<Type extends Action["type"]> = (run: Run, action: Extract<Action, { type: Type }>) => Promise<void>;

/** What each action does, `send_template` and those that only shape the sequence apart. A new action is an entry here and in the contract. */
export const PERFORM: { [Type in Action["type"]]?: Perform<Type> } = {
  async label(run, action) {
    const conversation = await conversationOf(run);
    if (conversation) await labelByRule(run.ctx, conversation, action);
  },
  async assign(run, { id, userId }) {
    const conversation = await conversationOf(run);
    const cause = `${run.checkIn._id.toHexString()}:${id}`;
    if (conversation) await assignByRule(run.ctx, conversation, { userId, cause });
  },
  async set_priority(run, action) {
    const conversation = await conversationOf(run);
    if (conversation) await prioritizeByRule(run.ctx, conversation, action);
  },
  async credit_compensation(run, { reason }) {
    const order = await run.facts.order();
    // Where a person speaks with the buyer, that person decides.
    if (!order || (run.held && LEFT_TO_PEOPLE.has(run.held.reason))) return;
    run.credit = await creditOrder(run.ctx, { order, reason });
  },
  async webhook({ ctx, rule, checkIn, facts }, { id, url }) {
    const [order, contact] = await Promise.all([facts.order(), facts.contact()]);
    const key = `${checkIn._id.toHexString()}-${id}`;
    const body = JSON.stringify({
      id: key,
      automation: { id: rule._id.toHexString(), name: rule.name },
      trigger: checkIn.trigger,
      occurredAt: checkIn.occurredAt.toISOString(),
      workspace: rule.workspaceId.toHexString(),
      data: {
        ...(order && { orderId: order.orderId, orderNumber: order.number, state: order.state }),
        ...(contact && { contact: { id: contact._id.toHexString(), name: contact.name } }),
        ...(checkIn.conversationId && { conversationId: checkIn.conversationId.toHexString() }),
      },
    });
    const status = await post(ctx, { url, body, key, workspaceId: rule.workspaceId });
    if (status < 200 || status >= 300) throw new AppError("unavailable", { status });
  },
};

const LEFT_TO_PEOPLE: ReadonlySet<Reason> = new Set(["conversation_open", "buyer_wrote", "loop", "too_late"]);

/** The conversation that an action is about: where the message went, the one that triggered the rule, or the order's. */
async function conversationOf({ facts, conversation, target }: Run): Promise<ConversationRecord | undefined> {
  const known = conversation ?? target?.conversation ?? (await facts.conversation());
  if (known) return known;
  const order = await facts.order();
  return (await facts.conversations()).find(({ orderId }) => order && orderId === order.orderId);
}
