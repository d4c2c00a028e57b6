/** Parts of the hub that may fail while it serves people all the same. */
export const PARTS = ["smtp", "imap", "schedules", "owed"] as const;
export type Part = (typeof PARTS)[number];

export interface PartState {
  /** `off`: not wanted by the configuration. */
  state: "ok" | "starting" | "failed" | "off";
  /** What is wrong, in English, for whoever runs the hub. */
  detail?: string;
}

/** How the parts of this process are, for `/readyz`. */
export class Health {
  readonly #parts = new Map<Part, PartState>(PARTS.map((part) => [part, { state: "starting" }]));

  set(part: Part, state: PartState["state"], detail?: string): void {
    this.#parts.set(part, { state, ...(detail !== undefined && { detail }) });
  }

  get(part: Part): PartState {
    return this.#parts.get(part) ?? { state: "starting" };
  }

  all(): Record<Part, PartState> {
    return Object.fromEntries(PARTS.map((part) => [part, this.get(part)])) as Record<Part, PartState>;
  }
}
