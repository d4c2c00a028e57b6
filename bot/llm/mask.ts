/** Personal data taken out of texts that go to a model, and put back into what comes from it. */
export interface Mask {
  hide(text: string): string;
  reveal(text: string): string;
}

const EMAIL = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}.-]{1,255}\.\p{L}{2,}/giu;
const IBAN = /\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?\b/g;
/** 13 to 19 digits in groups, as cards have them. */
const CARD = /(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g;
/** US social security, and the Chinese resident identity number. */
const IDENTITY = /(?<!\d)(?:\d{3}-\d{2}-\d{4}|\d{17}[\dXx])(?!\d)/g;
/** International form, or nine and more digits in groups as phones are written. */
const PHONE =
  /(?<![\p{L}\p{N}])(?:\+\d[\d ().-]{7,18}\d|\(?0\d{1,4}\)?[ ./-]?\d{2,4}[ ./-]?\d{2,4}[ ./-]?\d{0,4}\d)(?![\p{L}\p{N}])/gu;

/** A mask for one reply. The same value always gets the same stand-in, so that the model can refer to it. */
export function createMask(): Mask {
  const standIns = new Map<string, string>();
  const values = new Map<string, string>();
  const counts = new Map<string, number>();
  const standIn = (kind: string, value: string) => {
    const known = standIns.get(value);
    if (known) return known;
    const number = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, number);
    const made = `[${kind}_${number}]`;
    standIns.set(value, made);
    values.set(made, value);
    return made;
  };
  return {
    hide: (text) =>
      text
        .replace(EMAIL, (value) => standIn("EMAIL", value))
        .replace(IDENTITY, (value) => standIn("ID", value))
        .replace(CARD, (value) => (isCard(value) ? standIn("CARD", value) : value))
        .replace(IBAN, (value) => (/\d{4}/.test(value) && value.length >= 15 ? standIn("ACCOUNT", value) : value))
        .replace(PHONE, (value) => (value.replace(/\D/g, "").length >= 9 ? standIn("PHONE", value) : value)),
    reveal: (text) => text.replace(/\[(?:EMAIL|ID|CARD|ACCOUNT|PHONE)_\d+\]/g, (made) => values.get(made) ?? made),
  };
}

/** Luhn's check digit: tells card numbers from order and tracking numbers of the same length. */
export function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    let digit = Number(digits[digits.length - 1 - at]);
    if (at % 2 === 1) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return digits.length >= 13 && sum % 10 === 0;
}

/** Puts the values back into a text that comes in pieces: a stand-in may be cut in two. */
export function revealing(mask: Mask): { push(piece: string): string; end(): string } {
  let held = "";
  return {
    push(piece) {
      held += piece;
      const open = held.lastIndexOf("[");
      // A bracket that may become a stand-in waits for its end.
      const cut = open >= 0 && /^\[[A-Z]{0,7}_?\d{0,4}$/.test(held.slice(open)) ? open : held.length;
      const ready = held.slice(0, cut);
      held = held.slice(cut);
      return mask.reveal(ready);
    },
    end() {
      const rest = mask.reveal(held);
      held = "";
      return rest;
    },
  };
}
