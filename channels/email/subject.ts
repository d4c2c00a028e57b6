/** What mail programs put before the subject of an answer, by their languages. */
const REPLY =
  "re|aw|antw|antwort|sv|vs|ref|rif|r|res|odp|ynt|yan|atb|bls|balas|bl|σχετ|απ|отв|ответ|vá|vlaz|odg|trả lời|tl|回复|回覆|回復|答复|答覆|答|回|返信|返|회신|답장|답변|رد|الرد|ตอบกลับ|ตอบ|השב|ha|inoltrato";
const FORWARD =
  "fwd|fw|wg|tr|rv|enc|i|doorst|fs|vb|vl|pd|vidaresänt|videresendt|tow|ilt|iletilen|trs|chuyển tiếp|转发|轉寄|轉發|転送|전달|إعادة توجيه|пересл|пер|fwd fw|terusan|ส่งต่อ|πρθ|továbbítás";

const prefix = (words: string) =>
  new RegExp(
    `^\\s*(?:(?:${words})(?:\\s*[\\[(（]\\s*\\d{1,3}\\s*[\\])）]|\\s?\\^\\d{1,3}|\\s?\\*\\d{1,3})?\\s*[:：﹕]|[【\\[](?:${words})[】\\]])\\s*`,
    "iu",
  );
const REPLY_PREFIX = prefix(REPLY);
const FORWARD_PREFIX = prefix(FORWARD);
const BLOB = /^\s*\[[^\]\n]{1,40}\]\s*(?=\S)/;

/** The subject without any prefixes, as RFC 5256 section 2.1 has it, for more programs and languages than it knows. */
export function baseSubject(subject: string): string {
  let rest = subject.normalize("NFKC").replace(/\s+/g, " ").trim();
  for (let round = 0; round < 20; round++) {
    const before = rest;
    rest = rest.replace(REPLY_PREFIX, "").replace(FORWARD_PREFIX, "");
    // "[list] Re: subject": the blob goes only where a prefix follows, as it may be part of the subject.
    const blob = BLOB.exec(rest);
    if (blob) {
      const inner = rest.slice(blob[0].length);
      if (REPLY_PREFIX.test(inner) || FORWARD_PREFIX.test(inner)) rest = inner;
    }
    if (rest === before) break;
  }
  return rest.replace(/\s*\((?:fwd|转发)\)\s*$/i, "").trim();
}

export function isForwardSubject(subject: string): boolean {
  const text = subject.normalize("NFKC").replace(/^\s*\[[^\]\n]{1,40}\]\s*/, "");
  return FORWARD_PREFIX.test(text) && !REPLY_PREFIX.test(text);
}

/** The subject of our answer: the buyer's, with one prefix. */
export function replySubject(subject: string): string {
  const base = baseSubject(subject);
  return base === "" ? "" : `Re: ${base}`;
}
