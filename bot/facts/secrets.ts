import { clauses, sentences, words } from "./read.ts";

/** What no shop needs in a chat. */
const SECRET = words(
  [
    "card number|cvv|cvc|security code|card details|card data|iban|bank details|bank account|account number|password|passcode|login details|credentials|verification code|one-time code|one time code|6-digit code|otp|sms code|code you received|code we sent|confirmation code",
    "卡号|卡號|安全码|安全碼|密码|密碼|验证码|驗證碼|银行账号|銀行帳號|银行卡|銀行卡",
    "número de tarjeta|número de su tarjeta|número de tu tarjeta|contraseña|código de verificación|código de seguridad|cuenta bancaria|datos de la tarjeta|datos de tu tarjeta",
    "numéro de carte|numéro de votre carte|mot de passe|code de vérification|code de sécurité|coordonnées bancaires|code reçu",
    "kartennummer|passwort|kennwort|prüfziffer|sicherheitscode|bestätigungscode|bankverbindung|kontonummer|kreditkartendaten",
    "numero di carta|numero della carta|numero della tua carta|codice di verifica|codice di sicurezza|dati della carta|coordinate bancarie",
    "número do cartão|número do seu cartão|senha|código de verificação|código de segurança|dados do cartão|dados bancários",
    "номер карты|номер вашей карты|пароль|код подтверждения|код из смс|реквизиты карты|код безопасности",
    "カード番号|パスワード|暗証番号|認証コード|確認コード|セキュリティコード|口座番号",
    "카드 번호|카드번호|비밀번호|인증번호|인증 코드|계좌번호|보안 코드",
    "رقم البطاقة|رقم بطاقتك|كلمة المرور|كلمة السر|رمز التحقق|رمز الأمان|الحساب البنكي",
    "numer karty|hasło|kod weryfikacyjny|kod sms|numer konta|kod bezpieczeństwa|dane karty",
    "kaartnummer|wachtwoord|pincode|verificatiecode|beveiligingscode|bankgegevens",
    "kart numara|şifre|doğrulama kodu|güvenlik kodu|banka hesap|onay kodu",
    "หมายเลขบัตร|เลขบัตร|รหัสผ่าน|รหัสยืนยัน|รหัส otp|เลขบัญชี",
    "số thẻ|mật khẩu|mã xác minh|mã xác nhận|mã otp|số tài khoản|mã bảo mật",
    "nomor kartu|kata sandi|kode verifikasi|kode otp|nomor rekening|kode keamanan",
  ].join("|"),
);
/** Asking for it, to be written here. */
const ASK = words(
  [
    "send|tell|give|share|provide|reply with|what is your|what's your|need your|need the|confirm your|text me|text us|let us know|let me know|let me have|dictate|forward|submit|type|enter|write",
    "发给|發給|告诉|告訴|提供|发送|發送|请输入|請輸入|回复|回覆|请发|請發|把您的",
    "envía|envíe|envíanos|envíenos|envíame|dime|díganos|indícanos|indique|facilite|proporcione|comparte|danos|necesitamos|necesito|escribe|confirme|confirma",
    "envoyez|communiquez|donnez|indiquez|fournissez|transmettez|partagez|écrivez|confirmez|besoin de votre|saisissez",
    "senden sie|schicken sie|nennen sie|teilen sie|geben sie|schreiben sie|sende|schick|nenne|benötigen|brauchen|bestätigen sie|verraten",
    "invia|inviaci|inviami|comunica|fornisci|indica|scrivi|dammi|dicci|abbiamo bisogno|conferma|mandaci",
    "envie|informe|diga|forneça|passe|mande|compartilhe|precisamos|preciso|confirme|digite",
    "отправьте|пришлите|сообщите|укажите|назовите|напишите|предоставьте|введите|продиктуйте|нужен ваш",
    "教えて|送って|お送りください|お知らせください|ご入力|入力してください|ご記入|ご返信|ご提示",
    "알려|보내|입력해|제공해|말씀해|적어",
    "أرسل|ارسل|أخبرنا|زودنا|أعطنا|اكتب|شارك|أدخل|نحتاج|تزويدنا",
    "podaj|proszę podać|wyślij|prześlij|napisz|potrzebujemy|potwierdź|wpisz",
    "stuur|geef|deel|vertel|mail ons|schrijf|hebben je|hebben uw|nodig|bevestig",
    "gönder|paylaş|yaz|bildir|ilet|verin|girin|söyle",
    "ส่ง|แจ้ง|บอก|ให้ข้อมูล|กรอก|พิมพ์",
    "gửi|cho biết|cung cấp|nhập|chia sẻ|nhắn|đọc",
    "kirim|beritahu|berikan|sebutkan|bagikan|masukkan|tuliskan|butuh",
  ].join("|"),
);
const NEVER = new RegExp(
  `${words("never|not|don't|no one|nobody|niemals|nie|nicht|keine|nunca|no|jamais|ne|pas|mai|non|não|nao|никогда|не|لا|ابدا|nigdy|nooit|niet|geen|asla|không|đừng|jangan|tidak|we send|we will send|we'll send|we sent|we emailed", { whole: true })}|请勿|請勿|不要|不会|不會|切勿|别|ません|しないで|않|마세요|อย่า|ไม่|paylaşmayın|istemeyiz`,
  "u",
);
const secret = new RegExp(`${SECRET}|(?<!\\p{L})(?:pin|tan|cvv)(?!\\p{L})`, "u");
const ask = new RegExp(ASK, "u");

/** Sentences of a legible text that ask for a card's data, a password or a code. */
export function requestsForSecrets(text: string): string[] {
  return sentences(text).filter((sentence) => {
    if (!secret.test(sentence) || !ask.test(sentence)) return false;
    return clauses(sentence).some((clause) => secret.test(clause) && !NEVER.test(clause));
  });
}
