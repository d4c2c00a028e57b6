import type { Types } from "mongoose";
import type { Condition } from "../../contract/automation.ts";
import type { TriggerName } from "../../contract/automation-tables.ts";
import { AutomationModel, type AutomationRecord } from "../models/automation.ts";
import { WorkspaceModel, type WorkspaceRecord } from "../models/workspace.ts";

/** A rule as it is run: its history stays in the database. */
export type Rule = Omit<AutomationRecord, "history">;

/** The rules that are on, of all workspaces, at most some seconds old: every message and order event asks them. */
export class Rules {
  #byTrigger = new Map<TriggerName, Rule[]>();
  #byId = new Map<string, Rule>();

  /** Reads them anew. */
  async refresh(): Promise<void> {
    const enabled = await AutomationModel.find({ enabled: true }, { history: 0 }).lean<Rule[]>();
    const rules = await awake(enabled);
    this.#byTrigger = Map.groupBy(rules, ({ trigger }) => trigger.type);
    this.#byId = new Map(rules.map((rule) => [rule._id.toHexString(), rule]));
  }

  /** Whether any rule of the hub waits for this: what nobody waits for owes nothing. */
  wants(trigger: TriggerName): boolean {
    return this.#byTrigger.has(trigger);
  }

  of(workspaceId: Types.ObjectId, trigger: TriggerName): Rule[] {
    return (this.#byTrigger.get(trigger) ?? []).filter((rule) => rule.workspaceId.equals(workspaceId));
  }

  /** Those of the whole hub. */
  all(trigger: TriggerName): Rule[] {
    return this.#byTrigger.get(trigger) ?? [];
  }

  /** A rule that is on. */
  find(id: Types.ObjectId): Rule | undefined {
    return this.#byId.get(id.toHexString());
  }

  get size(): number {
    return this.#byId.size;
  }
}

/** Without those that can never hold: answers out of hours, where the team has none. They would cost every message a look. */
async function awake(rules: Rule[]): Promise<Rule[]> {
  const asks = rules.filter(({ conditions }) => conditions.match === "all" && conditions.items.some(outOfHours));
  if (asks.length === 0) return rules;
  const ids = [...new Set(asks.map(({ workspaceId }) => workspaceId.toHexString()))];
  const workspaces = await WorkspaceModel.find({ _id: { $in: ids } }).lean<WorkspaceRecord[]>();
  const always = new Set(workspaces.filter(({ businessHours }) => !businessHours).map(({ _id }) => _id.toHexString()));
  return rules.filter((rule) => !asks.includes(rule) || !always.has(rule.workspaceId.toHexString()));
}

function outOfHours({ field, value }: Condition): boolean {
  return field === "time.business_hours" && value === false;
}
