/** Stops asking a server that keeps failing, and lets one call through now and then to see whether it is back. */
export class CircuitBreaker {
  private failures = 0;
  private openUntil = 0;
  private readonly now: () => number;
  private readonly limit: number;
  private readonly pause: number;

  /** Opens after `limit` failures in a row, for `pause` milliseconds. */
  constructor({
    now = Date.now,
    limit = 4,
    pause = 30_000,
  }: { now?: () => number; limit?: number; pause?: number } = {}) {
    this.now = now;
    this.limit = limit;
    this.pause = pause;
  }

  allows(): boolean {
    if (this.failures < this.limit) return true;
    if (this.now() < this.openUntil) return false;
    // One trial: the next failure closes the door again at once.
    this.openUntil = this.now() + this.pause;
    return true;
  }

  succeeded(): void {
    this.failures = 0;
  }

  failed(): void {
    this.failures++;
    if (this.failures >= this.limit) this.openUntil = this.now() + this.pause;
  }
}

/** What may still be spent on a model. */
export interface TokenBudget {
  /** Tokens left today. */
  left(): number | Promise<number>;
  spend(tokens: number): void;
}

/** Tokens a workspace may use in a day (UTC), counted in this process alone. */
export class Budget implements TokenBudget {
  private day = "";
  private used = 0;
  private readonly limit: number | undefined;
  private readonly now: () => number;

  constructor(limit: number | undefined, now: () => number = Date.now) {
    this.limit = limit;
    this.now = now;
  }

  left(): number {
    this.turnPage();
    return this.limit === undefined ? Number.POSITIVE_INFINITY : this.limit - this.used;
  }

  spend(tokens: number): void {
    this.turnPage();
    this.used += tokens;
  }

  private turnPage(): void {
    const today = new Date(this.now()).toISOString().slice(0, 10);
    if (today === this.day) return;
    this.day = today;
    this.used = 0;
  }
}
