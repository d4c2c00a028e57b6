/** Letters from which a word may be one slip away from a known one, and from which two. */
const ONE_SLIP = 5;
const TWO_SLIPS = 8;
/** A syllable block of Hangul is two or three letters. */
const HANGUL = /^\p{Script=Hangul}+$/u;
const HANGUL_SLIP = 3;
const MOST = 30;
const REMEMBERED = 1_000;

/** The words of an FAQ, to tell what a mistyped or otherwise inflected one was meant to be. */
export class Vocabulary {
  private readonly counts = new Map<string, number>();
  /** First letter and length → words with their letters: what is compared with a word is a small part of all. */
  private readonly shelves = new Map<string, Map<string, number>>();
  /** What was looked up lately: a message is read more than once. */
  private readonly found = new Map<string, string | undefined>();

  has(word: string): boolean {
    return this.counts.has(word);
  }

  /** Times a word was added. */
  count(word: string): number {
    return this.counts.get(word) ?? 0;
  }

  add(word: string): void {
    const known = this.counts.get(word) ?? 0;
    this.counts.set(word, known + 1);
    if (known > 0 || word === "") return;
    this.found.clear();
    const key = shelfOf(word[0]!, word.length);
    const shelf = this.shelves.get(key);
    if (shelf) shelf.set(word, lettersOf(word));
    else this.shelves.set(key, new Map([[word, lettersOf(word)]]));
  }

  remove(word: string): void {
    const left = (this.counts.get(word) ?? 0) - 1;
    if (left > 0) this.counts.set(word, left);
    else if (this.counts.delete(word)) {
      this.shelves.get(shelfOf(word[0] ?? "", word.length))?.delete(word);
      this.found.clear();
    }
  }

  /** The word itself where it is known, else the known one fewest slips away, the more frequent of equals. */
  nearest(word: string): string | undefined {
    if (this.counts.has(word)) return word;
    const slips = slipsOf(word);
    if (slips === 0) return undefined;
    if (this.found.has(word)) return this.found.get(word);
    const best = this.search(word, slips);
    if (this.found.size >= REMEMBERED) this.found.clear();
    this.found.set(word, best);
    return best;
  }

  private search(word: string, slips: number): string | undefined {
    const letters = lettersOf(word);
    let best: string | undefined;
    let fewest = slips + 1;
    // A slip hits the first letter rarely, and most often by a swap with the second.
    for (const first of new Set([word[0]!, word[1]!])) {
      for (let length = word.length - slips; length <= word.length + slips; length++) {
        for (const [known, others] of this.shelves.get(shelfOf(first, length)) ?? []) {
          // A slip changes two letters at most.
          if (bits(letters ^ others) > 2 * slips) continue;
          const distance = slipsBetween(word, known, slips);
          if (distance > fewest || distance > slips) continue;
          if (distance < fewest || this.count(known) > this.count(best!)) best = known;
          fewest = distance;
        }
      }
    }
    return best;
  }
}

/** A bit for each letter that occurs; letters of other alphabets share them. */
function lettersOf(word: string): number {
  let mask = 0;
  for (let at = 0; at < word.length; at++) mask |= 1 << (word.charCodeAt(at) & 31);
  return mask;
}

function bits(mask: number): number {
  let count = 0;
  for (let left = mask; left !== 0; left &= left - 1) count++;
  return count;
}

function shelfOf(first: string, length: number): string {
  return `${first}${length}`;
}

function slipsOf(word: string): number {
  if (/\d/.test(word) || word.length > MOST) return 0;
  if (word.length >= TWO_SLIPS) return 2;
  return word.length >= (HANGUL.test(word) ? HANGUL_SLIP : ONE_SLIP) ? 1 : 0;
}

/** Letters to add, leave out, change or swap with their neighbour (optimal string alignment); `most + 1` when more. */
function slipsBetween(a: string, b: string, most: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
