const LATIN_MARKS = /(\p{Script=Latin})\p{M}+/gu;
const ARABIC_MARKS = /[\u064b-\u065f\u0670\u0640]/g;
/** Mail addresses, each part at its greatest length: without those, a message of "a@a@a@…" would be read for minutes. */
export const ADDRESSES = /[\w.%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/giu;
/** Links and mail addresses. */
export const LINKS = new RegExp(`\\b(?:https?:\\/\\/|www\\.)\\S+|${ADDRESSES.source}`, "giu");

/**
 * The form in which texts are compared: compatibility-folded, lower case, Latin letters without accents and Arabic
 * without vowel signs, because buyers on phones leave them out. Thai and Japanese marks stay: they are letters there.
 */
export function normalize(text: string): string {
  let folded = text.normalize("NFKC").toLowerCase();
  if (/[^\p{ASCII}]/u.test(folded)) {
    folded = folded
      .normalize("NFD")
      .replace(LATIN_MARKS, "$1")
      .normalize("NFC")
      .replace(/ı/g, "i")
      .replace(/ł/g, "l")
      .replace(/đ/g, "d")
      .replace(/ß/g, "ss")
      .replace(/ø/g, "o")
      .replace(/[’‘`´]/g, "'")
      .replace(ARABIC_MARKS, "")
      .replace(/[أإآٱ]/g, "ا")
      .replace(/ى/g, "ي")
      .replace(/ة/g, "ه")
      .replace(/ё/g, "е");
  }
  return folded;
}

/** Normalized text without what says nothing about the question: links, addresses, long numbers. */
export function comparable(text: string): string {
  return normalize(text)
    .replace(LINKS, " ")
    .replace(/\p{N}{3,}/gu, " 0 ");
}
