/** Work about the same thing goes one after the other on this node, and other work beside it. */
export class Locks {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Does work while nobody else has any of the keys. They are taken in one order, so that nobody waits in a circle. */
  async run<T>(keys: Iterable<string>, work: () => Promise<T>): Promise<T> {
    const [first, ...rest] = [...new Set(keys)].sort();
    return first === undefined ? work() : this.#alone(first, () => this.run(rest, work));
  }

  async #alone<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#tails.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(key) === mine) this.#tails.delete(key);
    }
  }
}
