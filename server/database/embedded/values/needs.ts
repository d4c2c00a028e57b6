/** Which top-level fields a filter, an expression or a stage reads, so that a scan need not decode the others. */
export class Needs {
  readonly fields = new Set<string>();
  whole = false;

  /** `path` may be dotted: its first name counts. */
  add(path: string): void {
    const dot = path.indexOf(".");
    this.fields.add(dot < 0 ? path : path.slice(0, dot));
  }

  all(): void {
    this.whole = true;
  }

  /** The names, or undefined for the whole document. */
  get names(): string[] | undefined {
    return this.whole ? undefined : [...this.fields];
  }
}
