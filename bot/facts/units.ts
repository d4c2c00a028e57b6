import { words } from "./read.ts";

/** Names of units in all languages. A name that several units share stands under each of them. */
const UNITS: Record<string, string> = {
  EUR: "€|eur|euro|euros|евро|ユーロ|欧元|歐元|유로|يورو|ยูโร",
  USD: "$|usd|us$|us dollar|dollar|dollars|dólares|dólar|dollari|долларов|доллар|доллара|美元|ドル|米ドル|달러|دولار|دولارا|ดอลลาร์|đô la|dolar|dolarów|dolary",
  GBP: "£|gbp|pound|pounds|libras|livres|pfund|sterline|英镑|英鎊|ポンド|파운드",
  CNY: "¥|cny|rmb|yuan|元|块|人民币|人民幣|위안|юаней",
  TWD: "twd|nt$|元|新台幣|台幣|$",
  JPY: "¥|jpy|yen|円|日元|엔|иен",
  KRW: "₩|krw|원|won",
  RUB: "₽|rub|руб|рубль|рубля|рублей",
  PLN: "pln|zł|złoty|złote|złotych",
  TRY: "₺|try|tl|lira",
  BRL: "r$|brl|real|reais",
  THB: "฿|thb|บาท|baht",
  VND: "₫|vnd|đồng|đ",
  IDR: "rp|idr|rupiah",
  CHF: "chf|franken|francs",
  SAR: "sar|ريال|ريالا",
  AED: "aed|درهم|درهما",
  percent:
    "%|٪|percent|per cent|prozent|por ciento|pour cent|per cento|por cento|procent|процент|процента|процентов|パーセント|퍼센트|프로|بالمئه|بالمائه|في المئه|في المائه|เปอร์เซ็นต์|phần trăm|persen",
  minute:
    "minute|minutes|min|mins|minuto|minutos|minuten|minuti|minut|minuty|минут|минуты|минута|分钟|分鐘|分|분|دقيقه|دقائق|dakika|นาที|phút|menit",
  hour: "hour|hours|hrs|hr|h|hora|horas|heure|heures|stunde|stunden|ora|ore|uur|uren|godzin|godziny|godzinę|час|часа|часов|小时|小時|钟头|時間|시간|ساعه|ساعات|saat|ชั่วโมง|giờ|tiếng|jam",
  day: "day|days|workday|workdays|día|días|jour|jours|tag|tage|tagen|tages|werktage|werktagen|arbeitstage|arbeitstagen|kalendertage|kalendertagen|giorno|giorni|dia|dias|dag|dagen|werkdagen|dzień|dni|день|дня|дней|天|日|工作日|营业日|營業日|営業日|일|영업일|يوم|يوما|ايام|gün|günü|gündür|günlük|iş günü|iş günüdür|วัน|วันทำการ|ngày|hari",
  week: "week|weeks|semana|semanas|semaine|semaines|woche|wochen|settimana|settimane|weken|tydzień|tygodnie|tygodni|неделя|недели|недель|周|週|星期|礼拜|週間|주|اسبوع|اسابيع|hafta|สัปดาห์|tuần|minggu|pekan",
  month:
    "month|months|mes|meses|mois|monat|monate|monaten|mese|mesi|mês|maand|maanden|miesiąc|miesiące|miesięcy|месяц|месяца|месяцев|个月|個月|か月|ヶ月|カ月|ヵ月|개월|달|شهر|شهرا|اشهر|شهور|ay|เดือน|tháng|bulan",
  year: "year|years|año|años|an|ans|année|années|jahr|jahre|jahren|anno|anni|ano|anos|jaar|jaren|rok|lata|lat|год|года|лет|年|年間|년|سنه|سنوات|عام|اعوام|yıl|ปี|năm|tahun",
  date: "日|号|號|月|年|일|월|년",
  kilo: "kg|kilo|kilos|kilogram|公斤|千克|кг|كجم|กก",
  gram: "g|gram|grams|gramm|克|г",
  centimetre: "cm|厘米|公分|см|سم|ซม",
  metre: "m|metre|meter|metres|米|метр",
  litre: "l|litre|liter|升|литр",
};
/** Words that may stand between a number and its unit. */
const QUALIFIERS =
  "business|working|work|calendar|full|whole|more|consecutive|us|рабочих|рабочие|календарных|полных|ganze|volle|weitere|iş|个|個|營業|营业|工作";

const named = new Map<string, string[]>();
for (const [unit, table] of Object.entries(UNITS)) {
  for (const name of table.split("|")) {
    const key = name.normalize("NFKC").toLowerCase();
    for (const form of new Set([key, plain(key)])) named.set(form, [...(named.get(form) ?? []), unit]);
  }
}
function plain(name: string): string {
  return name
    .normalize("NFD")
    .replace(/(\p{Script=Latin})\p{M}+/gu, "$1")
    .normalize("NFC")
    .replace(/ł/g, "l")
    .replace(/đ/g, "d")
    .replace(/ı/g, "i");
}

const names = words(Object.values(UNITS).join("|"), { whole: true });
/** What follows a number: its unit, with a word between at most. */
export const UNIT_AFTER = new RegExp(
  `[\\s)\\]-]{0,3}(?:(?:${words(QUALIFIERS, { whole: true })})\\s?)?(${names})`,
  "uy",
);
/** What stands before it, as with €5, Rp 5, %5, yüzde 5 and 百分之五. */
export const UNIT_BEFORE =
  /(?:(€|us\$|nt\$|r\$|\$|£|¥|₩|₽|₺|฿|₫|(?<!\p{L})(?:eur|usd|gbp|cny|rmb|jpy|krw|chf|twd|brl|pln|rp|idr|thb|vnd|sar|aed))\s?|(?<!\d)([%٪])|(?<!\p{L})(yuzde|ร้อยละ|百分之)\s?)$/u;

/** The units that a name can mean. */
export function unitsNamed(name: string): readonly string[] {
  return /^(?:[%٪]|yuzde|ร้อยละ|百分之)$/u.test(name) ? ["percent"] : (named.get(name) ?? []);
}
