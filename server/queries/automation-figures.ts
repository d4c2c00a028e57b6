import { Types } from "mongoose";
import { CheckInModel, type CheckInRecord } from "../models/check-in.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { listAutomations } from "./automations.ts";

const DAY_MS = 86_400_000;
export const FIGURE_DAYS = 30;
const AT_ONCE = 1_000;

export interface Figures {
  id: string;
  sent: number;
  /** Messages whose buyer has written since, in the conversation that they went to. */
  answered: number;
  held: number;
}

/** What came of each rule in the last 30 days. Sent and held are counted in an index; of answers those who did answer are looked at. */
export async function automationFigures(workspaceId: string, now: Date): Promise<Figures[]> {
  const since = new Date(now.getTime() - FIGURE_DAYS * DAY_MS);
  const count = (automationId: Types.ObjectId, outcome: "sent" | "held") =>
    CheckInModel.countDocuments({ automationId, outcome, finishedAt: { $gte: since } });
  const [rules, answered] = await Promise.all([listAutomations(workspaceId), answeredSince(workspaceId, since)]);
  return Promise.all(
    rules.map(async ({ _id }) => {
      const id = _id.toHexString();
      const [sent, held] = await Promise.all([count(_id, "sent"), count(_id, "held")]);
      return { id, sent, answered: answered.get(id) ?? 0, held };
    }),
  );
}

type Wrote = Required<Pick<ConversationRecord, "_id" | "lastIncomingAt">>;

/** How many messages of each rule, by its id, the buyer has written after. */
async function answeredSince(workspaceId: string, since: Date): Promise<Map<string, number>> {
  const answered = new Map<string, number>();
  const conversations = ConversationModel.find(
    {
      workspaceId: new Types.ObjectId(workspaceId),
      lastIncomingAt: { $gt: since },
      lastRuleAt: { $gte: since },
    },
    { lastIncomingAt: 1 },
  )
    .lean<Wrote>()
    .cursor({ batchSize: AT_ONCE });
  let batch: Wrote[] = [];
  for await (const conversation of conversations) {
    batch.push(conversation as unknown as Wrote);
    if (batch.length < AT_ONCE) continue;
    await countAnswers(batch, since, answered);
    batch = [];
  }
  await countAnswers(batch, since, answered);
  return answered;
}

async function countAnswers(conversations: readonly Wrote[], since: Date, answered: Map<string, number>) {
  const wrote = new Map(conversations.map(({ _id, lastIncomingAt }) => [_id.toHexString(), lastIncomingAt]));
  const sent = await CheckInModel.find(
    { conversationId: { $in: conversations.map(({ _id }) => _id) }, outcome: "sent", finishedAt: { $gte: since } },
    { automationId: 1, conversationId: 1, sentAt: 1 },
  ).lean<Pick<CheckInRecord, "automationId" | "conversationId" | "sentAt">[]>();
  for (const { automationId, conversationId, sentAt } of sent) {
    const last = conversationId && wrote.get(conversationId.toHexString());
    if (!last || !sentAt || last <= sentAt) continue;
    const id = automationId.toHexString();
    answered.set(id, (answered.get(id) ?? 0) + 1);
  }
}
