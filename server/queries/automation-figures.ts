import { Types } from "mongoose";
import { CheckInModel, type CheckInRecord } from "../models/check-in.ts";
import { ConversationModel } from "../models/conversation.ts";
import { listAutomations } from "./automations.ts";

const DAY_MS = 86_400_000;
export const FIGURE_DAYS = 30;
/** Of one rule's latest check-ins; a rule that sends more in a month is told by these. */
const MOST = 20_000;
const AT_ONCE = 1_000;

export interface Figures {
  id: string;
  sent: number;
  /** Messages whose buyer has written since, in the conversation that they went to. */
  answered: number;
  held: number;
}

type Row = Pick<CheckInRecord, "_id" | "outcome" | "sentAt" | "plan">;

/** What came of each rule in the last 30 days. */
export async function automationFigures(workspaceId: string, now: Date): Promise<Figures[]> {
  const from = Types.ObjectId.createFromTime((now.getTime() - FIGURE_DAYS * DAY_MS) / 1_000);
  const figures: Figures[] = [];
  for (const { _id } of await listAutomations(workspaceId)) {
    const rows = await CheckInModel.find(
      { automationId: _id, _id: { $gte: from } },
      { outcome: 1, sentAt: 1, "plan.conversationId": 1 },
    )
      .sort({ _id: -1 })
      .limit(MOST)
      .lean<Row[]>();
    const sent = rows.filter(({ outcome }) => outcome === "sent");
    figures.push({
      id: _id.toHexString(),
      sent: sent.length,
      answered: await answeredOf(sent),
      held: rows.filter(({ outcome }) => outcome === "held").length,
    });
  }
  return figures;
}

async function answeredOf(sent: readonly Row[]): Promise<number> {
  let answered = 0;
  for (let at = 0; at < sent.length; at += AT_ONCE) {
    const rows = sent.slice(at, at + AT_ONCE);
    const ids = [...new Set(rows.flatMap(({ plan }) => plan?.conversationId.toHexString() ?? []))];
    const found = await ConversationModel.find({ _id: { $in: ids } }, { lastIncomingAt: 1 }).lean<
      { _id: Types.ObjectId; lastIncomingAt?: Date }[]
    >();
    const wrote = new Map(found.map(({ _id, lastIncomingAt }) => [_id.toHexString(), lastIncomingAt]));
    answered += rows.filter(({ plan, sentAt }) => {
      const last = plan && wrote.get(plan.conversationId.toHexString());
      return last !== undefined && sentAt !== undefined && last > sentAt;
    }).length;
  }
  return answered;
}
