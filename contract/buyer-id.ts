/**
 * What shops, platforms and their exports write where a buyer has no account, in the product's languages. Compared without
 * case, accents, spaces and punctuation.
 */
const NOBODY = [
  ..."null|none|nil|nan|undefined|unknown|empty|blank|missing|false|n/a|not available|not applicable|not set".split(
    "|",
  ),
  ..."guest|guests|guest user|guest customer|guest buyer|guest checkout|guest order|guest account|visitor".split("|"),
  ..."anonymous|anonymous user|anonymous buyer|anonymous customer|anon|unregistered|not registered".split("|"),
  ..."not logged in|no customer|no account|no id|walk-in|walk-in customer|cash customer".split("|"),
  ..."游客|访客|匿名|匿名用户|匿名买家|未登录|未登录用户|未注册|非会员|散客|无|空|未知|暂无".split("|"),
  ..."遊客|訪客|匿名用戶|匿名使用者|未登入|未註冊|非會員|無|無資料".split("|"),
  ..."invitado|invitada|cliente invitado|visitante|anónimo|anónima|ninguno|desconocido|sin cuenta|sin registro".split(
    "|",
  ),
  ..."invité|invitée|client invité|visiteur|anonyme|aucun|inconnu|sans compte|non renseigné".split("|"),
  ..."gast|gastkunde|gastbesteller|gastbestellung|gastkonto|besucher|anonym|unbekannt|kein|keine|keine angabe|k. a.|ohne konto".split(
    "|",
  ),
  ..."ospite|utente ospite|cliente ospite|visitatore|anonimo|nessuno|sconosciuto|nessun account".split("|"),
  ..."convidado|cliente convidado|anônimo|nenhum|desconhecido|sem cadastro|sem conta".split("|"),
  ..."гость|посетитель|аноним|анонимный|анонимно|нет|неизвестно|неизвестный|без регистрации|не указано".split("|"),
  ..."ゲスト|ゲストユーザー|ゲスト購入|訪問者|匿名ユーザー|なし|無し|未登録|非会員|不明".split("|"),
  ..."게스트|비회원|손님|방문자|익명|없음|미등록|알 수 없음".split("|"),
  ..."ضيف|زائر|مجهول|بدون حساب|لا يوجد|غير معروف|غير مسجل".split("|"),
  ..."gość|klient gość|odwiedzający|anonimowy|brak|nieznany|bez konta|bez rejestracji".split("|"),
  ..."gastklant|bezoeker|anoniem|onbekend|geen|geen account".split("|"),
  ..."misafir|misafir kullanıcı|ziyaretçi|anonim|yok|bilinmiyor|üye değil|kayıtsız".split("|"),
  ..."แขก|ลูกค้าทั่วไป|ผู้เยี่ยมชม|ผู้มาเยือน|ไม่ระบุ|ไม่ระบุชื่อ|ไม่มี|ไม่ทราบ|นิรนาม".split("|"),
  ..."khách|khách vãng lai|khách lẻ|khách hàng ẩn danh|ẩn danh|không có|không rõ|chưa đăng ký|không xác định".split(
    "|",
  ),
  ..."tamu|pengunjung|tanpa akun|tidak ada|tidak diketahui|belum terdaftar|kosong".split("|"),
];

/** Letters and digits alone, so that `N/A`, `(null)` and `Invité` are found however they are written. */
function plain(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/ı/g, "i")
    .replace(/[^\p{L}\p{N}]/gu, "");
}

const WORDS = new Set(NOBODY.map(plain));

/**
 * Whether an id of a customer is none: `0`, `-`, `NULL`, `guest` … stand for everybody who bought without an account.
 * @example isNobody("Guest") // true
 * @example isNobody("guest-8831") // false: it tells one guest from the others
 */
export function isNobody(externalId: string): boolean {
  const word = plain(externalId.slice(0, 200));
  return word === "" || /^0+$/.test(word) || /^-0*1$/.test(externalId.trim()) || WORDS.has(word);
}

/** Ways to tell a buyer without an account from others, in one form each. */
export interface BuyerAddresses {
  email?: string;
  /** Digits alone. */
  phone?: string;
}

export function addressesOf({
  email,
  phone,
}: {
  email?: string | undefined;
  phone?: string | undefined;
}): BuyerAddresses {
  const digits = phone?.normalize("NFKC").replace(/\D/g, "").replace(/^00/, "") ?? "";
  return {
    ...(email !== undefined && !isFiller(email) && { email: email.toLowerCase() }),
    // Fewer are an extension.
    ...(digits.length >= 6 && !FILLER_NUMBER.test(digits) && { phone: digits }),
  };
}

/** What fills a place that must not be empty: one digit again and again, or all in their order. */
const FILLER_NUMBER = /^(\d)\1+$|^0?123456(?:7(?:8(?:90?)?)?)?$/;

/** Addresses that shops and platforms give everybody who left none: nobody reads there, so they tell nobody apart. */
function isFiller(email: string): boolean {
  const at = email.lastIndexOf("@");
  const local = email.slice(0, at);
  return isNobody(local) || /^(?:no|do-?not|dont)[-_.]?reply$/i.test(local) || /\.invalid$/i.test(email);
}

/** What stands for the id of a buyer who has none; undefined without an address or number. */
export function guestId({ email, phone }: BuyerAddresses): string | undefined {
  return email ?? (phone && `phone:${phone}`);
}
