import { normalize } from "../text/normalize.ts";
import { words } from "./read.ts";
import { UNIT_AFTER, UNIT_BEFORE, unitsNamed } from "./units.ts";

/** A number as it stands in a text, with the units it can have; none when the text names none. */
export interface Quantity {
  written: string;
  value: string;
  units: readonly string[];
}

/** Number words from two on, by value. "One" is an article in too many languages. */
const NUMBER_WORDS: Record<number, string> = {
  2: "two|dos|deux|zwei|due|dois|duas|twee|dwa|dwie|два|две|두|iki|สอง|hai|dua|يومان|يومين",
  3: "three|tres|trois|drei|tre|três|drie|trzy|три|세|ثلاثة|ثلاث|üç|สาม|tiga",
  4: "four|cuatro|quatre|vier|quattro|quatro|cztery|четыре|네|اربعة|dört|สี่|bốn|empat",
  5: "five|cinco|cinq|fünf|cinque|vijf|pięć|пять|다섯|خمسة|خمس|beş|ห้า|lima",
  6: "six|seis|sechs|sei|zes|sześć|шесть|ستة|altı|หก|sáu|enam",
  7: "seven|siete|sept|sieben|sette|sete|zeven|siedem|семь|سبعة|yedi|เจ็ด|bảy|tujuh",
  8: "eight|ocho|huit|acht|otto|oito|osiem|восемь|ثمانية|sekiz|แปด|tám|delapan",
  9: "nine|nueve|neuf|neun|nove|negen|dziewięć|девять|تسعة|dokuz|เก้า|chín|sembilan",
  10: "ten|diez|dix|zehn|dieci|dez|tien|dziesięć|десять|عشرة|สิบ|mười|sepuluh",
  14: "fourteen|catorce|quatorze|vierzehn|quattordici|veertien|czternaście|четырнадцать",
  15: "fifteen|quince|quinze|fünfzehn|quindici|vijftien|piętnaście|пятнадцать",
  20: "twenty|veinte|vingt|zwanzig|venti|vinte|twintig|dwadzieścia|двадцать|yirmi|ยี่สิบ",
  30: "thirty|treinta|trente|dreißig|trenta|trinta|dertig|trzydzieści|тридцать|ثلاثين|ثلاثون|otuz|สามสิบ",
  50: "fifty|cincuenta|cinquante|fünfzig|cinquanta|cinquenta|vijftig|pięćdziesiąt|пятьдесят|elli|ห้าสิบ",
  60: "sixty|sesenta|soixante|sechzig|sessanta|sessenta|zestig|sześćdziesiąt|шестьдесят|altmış",
  90: "ninety|noventa|neunzig|novanta|negentig|dziewięćdziesiąt|девяносто|doksan",
  100: "hundred|a hundred|one hundred|cien|cent|hundert|cento|cem|honderd|sto|сто|yüz|مئة",
  500: "five hundred|quinientos|cinq cents|fünfhundert|cinquecento|quinhentos|vijfhonderd|pięćset|пятьсот|beş yüz|خمسمئة",
  1000: "thousand|a thousand|one thousand|mil|mille|tausend|duizend|tysiąc|тысяча",
};
const wordValues = new Map<string, number>();
for (const [value, table] of Object.entries(NUMBER_WORDS)) {
  for (const word of table.split("|")) wordValues.set(normalize(word), Number(value));
}
const NUMBER_WORD = new RegExp(words([...wordValues.keys()].join("|"), { whole: true }), "gu");

const HAN = new Map([..."零一二三四五六七八九"].map((digit, value) => [digit, value]));
HAN.set("〇", 0).set("两", 2).set("兩", 2);
const POWERS = new Map([
  ["十", 10],
  ["百", 100],
  ["千", 1_000],
  ["万", 10_000],
  ["萬", 10_000],
]);
const HAN_NUMBER = /[〇零一二两兩三四五六七八九十百千万萬]{1,12}/gu;

const NUMBER = /\d{1,3}(?:[ ']\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,:/-]\d+)*/gu;
const LIST_MARKER = /(^|\n)[ \t]*\d{1,2}[.)](?=[ \t])/gu;

/** All numbers of a legible text with their units. A number written as a word counts where a unit follows. */
export function quantities(text: string): Quantity[] {
  const found: Quantity[] = [];
  for (const match of text.replace(LIST_MARKER, "$1").matchAll(NUMBER)) {
    const units = unitsAround(match.input, match.index, match[0].length);
    const range = /^(\d+)-(\d+)$/.exec(match[0]);
    const values = range ? [range[1]!, range[2]!] : [match[0]];
    for (const value of values)
      found.push({
        written: match[0],
        ...times(canonicalNumber(value), match.input, match.index + match[0].length),
        units,
      });
  }
  for (const match of text.matchAll(NUMBER_WORD)) {
    const units = unitsAround(text, match.index, match[0].length);
    if (units.length > 0) found.push({ written: match[0], value: String(wordValues.get(match[0])), units });
  }
  for (const match of text.matchAll(HAN_NUMBER)) {
    const value = hanValue(match[0]);
    const units = value > 1 ? unitsAround(text, match.index, match[0].length) : [];
    if (units.length > 0 && !/\d/.test(text[match.index - 1] ?? ""))
      found.push({ written: match[0], value: String(value), units });
  }
  return spread(found, text);
}

/** In "3 to 5 days" the first number has the second one's unit. */
function spread(found: Quantity[], text: string): Quantity[] {
  if (!/\d\s?(?:to|a|à|bis|tot|do|до|–|—|~|-|至|到|から|إلى|الى|đến|ถึง|sampai|and|et|y|und|e|en|i|и)\s?\d/u.test(text))
    return found;
  return found.map((each, at) => {
    const next = found[at + 1];
    return each.units.length === 0 && next && next.units.length > 0
      ? { ...each, units: [...next.units, "maybe"] }
      : each;
  });
}

function times(value: string, text: string, end: number): { value: string } {
  const power = POWERS.get(text[end] ?? "");
  return { value: power && /^\d+(?:\.\d+)?$/.test(value) ? String(Number(value) * power) : value };
}

function unitsAround(text: string, at: number, length: number): readonly string[] {
  let end = at + length;
  if (POWERS.has(text[end] ?? "")) end += 1;
  UNIT_AFTER.lastIndex = end;
  const after = UNIT_AFTER.exec(text)?.[1];
  const before = UNIT_BEFORE.exec(text.slice(Math.max(0, at - 8), at));
  const name = before?.[1] ?? before?.[2] ?? before?.[3];
  const units = [...(after === undefined ? [] : unitsNamed(after)), ...(name === undefined ? [] : unitsNamed(name))];
  return units;
}

/** One form for 1.000,50 and 1,000.5, for 25,00 and 25. Dates and times stay as they are. */
function canonicalNumber(written: string): string {
  const one = written.replace(/,(\d{1,2})$/, ".$1").replace(/(\d)[,.' ](?=\d{3}(?!\d))/g, "$1");
  return /^\d+\.\d+$/.test(one) ? String(Number(one)) : one.replace(/^0+(?=\d+$)/, "");
}

function hanValue(written: string): number {
  let total = 0;
  let digit = 0;
  for (const sign of written) {
    const power = POWERS.get(sign);
    if (power === undefined) digit = HAN.get(sign) ?? 0;
    else {
      total = power === 10_000 ? (total + digit) * power : total + (digit || 1) * power;
      digit = 0;
    }
  }
  return total + digit;
}
