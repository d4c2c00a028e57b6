import type { Types } from "mongoose";
import type { TriggerName } from "../../contract/automation-tables.ts";
import { AutomationModel, type AutomationRecord } from "../models/automation.ts";

/** A rule as it is run: its history stays in the database. */
export type Rule = Omit<AutomationRecord, "history">;

/** The rules that are on, of all workspaces, at most some seconds old: every message and order event asks them. */
export class Rules {
  #byTrigger = new Map<TriggerName, Rule[]>();
  #byId = new Map<string, Rule>();

  /** Reads them anew. */
  async refresh(): Promise<void> {
    const rules = await AutomationModel.find({ enabled: true }, { history: 0 }).lean<Rule[]>();
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

  /** A rule that is on. */
  find(id: Types.ObjectId): Rule | undefined {
    return this.#byId.get(id.toHexString());
  }

  get size(): number {
    return this.#byId.size;
  }
}
