/**
 * Where several zones are inhabited: the one most people live in, then the others that a message must be fit for. All the rest
 * have one, or agree on the time of day within an hour or two; `Intl` knows it.
 */
const ZONES: Record<string, readonly [string, ...string[]]> = {
  US: ["America/New_York", "America/Los_Angeles"],
  CA: ["America/Toronto", "America/Vancouver"],
  MX: ["America/Mexico_City", "America/Tijuana"],
  BR: ["America/Sao_Paulo", "America/Manaus"],
  CL: ["America/Santiago"],
  EC: ["America/Guayaquil"],
  AR: ["America/Argentina/Buenos_Aires"],
  RU: ["Europe/Moscow", "Asia/Novosibirsk"],
  KZ: ["Asia/Almaty"],
  MN: ["Asia/Ulaanbaatar"],
  CN: ["Asia/Shanghai"],
  ID: ["Asia/Jakarta", "Asia/Jayapura"],
  MY: ["Asia/Kuala_Lumpur"],
  UZ: ["Asia/Tashkent"],
  AU: ["Australia/Sydney", "Australia/Perth"],
  NZ: ["Pacific/Auckland"],
  PG: ["Pacific/Port_Moresby"],
  CD: ["Africa/Kinshasa", "Africa/Lubumbashi"],
  ES: ["Europe/Madrid"],
  PT: ["Europe/Lisbon"],
  DE: ["Europe/Berlin"],
  UA: ["Europe/Kyiv"],
  GL: ["America/Nuuk"],
  CY: ["Asia/Nicosia"],
  PS: ["Asia/Gaza"],
};

const found = new Map<string, readonly string[]>();

/** The zones of a country by ISO 3166-1 alpha-2, the main one first; empty when there is no such country. */
export function zonesOfCountry(country: string | undefined): readonly string[] {
  if (!country || !/^[A-Z]{2}$/i.test(country)) return [];
  const code = country.toUpperCase();
  let zones = found.get(code);
  if (!zones) {
    zones = ZONES[code] ?? intlZones(code);
    found.set(code, zones);
  }
  return zones;
}

/** Newer than the types: ECMA-402 Intl Locale Info. */
function intlZones(code: string): string[] {
  const locale = new Intl.Locale(`und-${code}`) as Intl.Locale & { getTimeZones?: () => string[] | undefined };
  return locale.getTimeZones?.()?.slice(0, 1) ?? [];
}

interface Where {
  contact?: { timeZone?: string | undefined; country?: string | undefined } | undefined;
  country?: string | undefined;
  fallback?: string | undefined;
}

/** The zones in which it may be day for a buyer: their browser's, else those of their country or the order's. */
export function zonesOf({ contact, country, fallback = "UTC" }: Where): readonly string[] {
  if (contact?.timeZone && isZone(contact.timeZone)) return [contact.timeZone];
  const zones = zonesOfCountry(country ?? contact?.country);
  return zones.length > 0 ? zones : [fallback];
}

/** The zone that a buyer's dates are written in. */
export function timeZoneOf(where: Where): string {
  return zonesOf(where)[0] ?? "UTC";
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
