const TLDS =
  "com|net|org|info|biz|shop|store|online|site|top|xyz|club|vip|live|app|dev|example|test|click|link|win|loan|work|buzz|icu|zip|mov|pw|cc|tk|ml|ga|cf|gq|io|ai|co|me|tv|to|ly|gl|eu|de|fr|es|it|pt|br|ru|su|cn|tw|hk|jp|kr|pl|nl|be|ch|at|tr|th|vn|id|uk|us|ca|au|in|evil|рф|中国|中國|公司|网址|網址";
const STRONG = "com|net|org|info|biz|shop|store|online|site|top|xyz|club|vip|live|click|example|io|ru|cn";
const DOT = "dot|punkt|punto|ponto|point|точка|点|點|ドット|닷|kropka|nokta|จุด|cham|titik|نقطه|نقطة";

const SCHEME = /(?:\b[a-z][a-z0-9+.-]{1,12}:\/\/|(?<![a-z])(?:javascript|data):|www\.)[^\s<>"'）)\]，。、]+/gu;
const DOMAIN = new RegExp(
  `(?<![a-z0-9@._-])(?:[a-z0-9-]{1,63}\\.){1,6}(?:${TLDS})(?![a-z0-9\\p{Script=Cyrillic}-])(?:/[^\\s<>"'）)\\]，。、]*)?`,
  "gu",
);
const FOREIGN_DOMAIN = new RegExp(
  `(?<![\\p{L}\\p{N}@.-])(?:[\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\d-]{1,63}\\.){1,6}(?:${TLDS})(?![\\p{L}\\d-])`,
  "gu",
);
const PUNYCODE = /xn--[a-z0-9-]+/gu;
const SPELLED = new RegExp(
  `[a-z0-9-]{2,63}\\s{0,2}(?:[[({]\\s?)?(?:${DOT})(?:\\s?[\\])}])?\\s{0,2}(?:${STRONG})(?![\\p{L}\\d])`,
  "gu",
);
const BRACKETED = new RegExp(
  `[a-z0-9-]{2,63}\\s{0,2}(?:[[({]\\s?\\.\\s?[\\])}]|\\s\\.\\s|\\s\\.|\\.\\s)\\s{0,2}(?:${STRONG})(?![\\p{L}\\d])`,
  "gu",
);
const HANDLE = /(?<![\w.@])@[a-z0-9_]{3,64}/gu;
const ADDRESS = /[\w.%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu;
/** A word of two alphabets: letters that only look like others. */
const MIXED = /(?<!\p{L})(?=\p{L}*[a-z])\p{L}{0,30}[\p{Script=Cyrillic}\p{Script=Greek}]\p{L}*/u;

/** Links, addresses and handles of a legible text, in whatever disguise; each as it can be compared. */
export function links(text: string): Set<string> {
  const plain = text
    .replace(/(?<=[a-z0-9])[。｡․‧·](?=[a-z])/gu, ".")
    .replace(/(?<!\S)(?:\S ){4,200}\S(?!\S)/gu, (spaced) => spaced.replaceAll(" ", ""));
  const found = new Set<string>();
  for (const pattern of [SCHEME, DOMAIN, FOREIGN_DOMAIN, PUNYCODE, SPELLED, BRACKETED, HANDLE, ADDRESS]) {
    for (const [link] of plain.matchAll(pattern)) found.add(keyOf(link));
  }
  for (const word of plain.split(/[\s\p{P}]+/u)) {
    if (word.length < 64 && /[a-z]/.test(word) && MIXED.test(word)) found.add(word);
  }
  return found;
}

/** Whether a link goes nowhere that the known ones do not. */
export function isKnownLink(link: string, known: ReadonlySet<string>): boolean {
  if (known.has(link)) return true;
  return !/[/@]/.test(link) && [...known].some((each) => each.startsWith(`${link}/`));
}

function keyOf(link: string): string {
  return link
    .replace(/[.,;:!?]+$/u, "")
    .replace(/^h(?:tt|xx)ps?:\/\//, "")
    .replace(/^www\./, "")
    .replace(/\/$/, "");
}
