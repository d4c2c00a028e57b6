/** Devices, systems, programs and carriers that sign mails by themselves; compared in lower case. */
export const SENDING_DEVICES =
  /iphon|ipad|ipod|\bios\b|android|samsung|galaxy|huawei|honor|xiaomi|redmi|\bmi\b|oppo|vivo|oneplus|blackberry|outlook|hotmail|yahoo|gmail|\be-?mail|\bmail\b|windows|nokia|lumia|\bhtc\b|sony|xperia|motorola|\bmoto\b|nexus|pixel|phone|mobile|mobil|móvil|celular|smartphone|tablet|proton|tutanota|thunderbird|spark|mailbird|bluemail|airmail|aquamail|k-9|mailspring|fairemail|wireless|verizon|at&t|t-mobile|device|\bapp\b|gmx|web\.de|t-online|libero|orange|laposte|\bsfr\b|naver|네이버|daum|hanmail|휴대|스마트폰|스마트 폰|телефон|смартфон|яндекс|почт|mail\.ru|yandex|qq|手机|手機|邮箱|郵箱|小米|华为|荣耀|网易|163|126|foxmail|携帯|スマートフォン|スマホ|الهاتف|هاتف|جوال|telefon|telefono|teléfono|téléphone|telemóvel|điện thoại|โทรศัพท์|ponsel|handy|desktop|webmail|roundcube|zoho|fastmail|hey\b|superhuman|front\b|\bmac\b|laptop|computer/;

/** Lines that ask the reader to answer above them, as helpdesks put into their notifications. */
export const REPLY_ABOVE =
  /(?:reply|respond|write|type your (?:reply|response)|answer)[^\n]{0,20}\babove\b[^\n]{0,20}\bline\b|responda? (?:por )?(?:encima|arriba|acima)[^\n]{0,20}\bl[ií]n(?:ea|ha)\b|antworten sie (?:bitte )?(?:über|oberhalb)[^\n]{0,20}(?:linie|zeile)|répond(?:ez|re) au[- ]dessus[^\n]{0,20}ligne|rispond[^\n]{0,20}sopra[^\n]{0,20}(?:riga|linea)|請?请?在此(?:行|线|線)(?:上方|以上|之上)|この行より上に|이 (?:줄|선) 위에|ответ[^\n]{0,30}выше этой (?:линии|строки)/i;

/** Sure signs of a paragraph that a mailing list or a scanner added. Lower case. */
export const FOOTER_PHRASES = [
  "you received this message because you are subscribed",
  "you are receiving this",
  "to unsubscribe from this",
  "to unsubscribe,",
  "unsubscribe from this",
  "mailing list",
  "reply to this email directly or view it on",
  "view this email in your browser",
  "checked for viruses",
  "virus-free",
  "virenfrei",
  "sans virus",
  "libre de virus",
  "livre de vírus",
  "senza virus",
  "без вирусов",
  "auf viren geprüft",
  "avast.com",
  "avg.com",
  "please consider the environment",
  "think before you print",
  "save a tree",
  "bitte denken sie an die umwelt",
  "pensez à l'environnement",
  "pense no meio ambiente",
  "antes de imprimir",
  "prima di stampare",
  "do you yahoo!",
  "invited to use gmail",
  "get your free email",
  "windows live",
] as const;

/**
 * Confidentiality notices: a paragraph counts when it has a word of each group, in any language.
 * (A buyer who writes "confidential" alone loses nothing.)
 */
export const DISCLAIMER_GROUPS: readonly RegExp[] = [
  /e-?mail|message|messaggio|mensaje|mensagem|nachricht|courriel|bericht|wiadomo|сообщени|письм|邮件|郵件|メール|메일|البريد|الرسالة|ileti|e-posta|thư|surel|pesan|อีเมล|transmission|communication|correo/i,
  /confidential|confidencial|vertraulich|confidentiel|riservat|confidenzial|vertrouwelijk|poufn|конфиденциальн|机密|機密|保密|기밀|سري|gizli|bảo mật|mật|rahasia|ความลับ|privileged/i,
  /recipient|intended|destinat|empfänger|adressat|geadresseerde|ontvanger|adresat|odbiorc|адресат|получател|收件|宛先|受信|수신|مستلم|المرسل إليه|alıcı|người nhận|penerima|ผู้รับ|unauthori[sz]ed|unbefugt|disclos|delete|lösch|supprim|elimin|apag|usu[nń]|удал|删除|刪除|削除|삭제/i,
];

/** Labels of a notice that stands at the start of such a paragraph. */
export const DISCLAIMER_HEADS =
  /^(?:\W*)(?:confidential(?:ity)? (?:notice|note|statement)|legal (?:notice|disclaimer)|disclaimer|privileged (?:and|&) confidential|aviso (?:legal|de confidencialid?ad[e]?)|avis de confidentialité|haftungsausschluss|vertraulichkeitshinweis|avviso di riservatezza|clausola di riservatezza|免责声明|保密声明|免責聲明)\b/i;
