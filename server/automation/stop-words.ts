/**
 * Words by which buyers stop messages, and ask for them again, when they are all that is written. STOP, STOPALL, UNSUBSCRIBE and
 * START are what carriers of text messages understand everywhere (CTIA Messaging Principles, 5.1.3).
 */
const STOP = new Set(
  [
    "stop|stopall|stop all|unsubscribe|opt out|optout",
    "退订|退訂|停止|取消订阅|取消訂閱|td",
    "parar|alto|baja|darme de baja|cancelar suscripción",
    "stopper|désabonner|désinscription|arrêter|arret",
    "stopp|abmelden|abbestellen|austragen",
    "basta|cancellami|disiscrivimi|annulla iscrizione",
    "pare|sair|descadastrar|cancelar inscrição",
    "стоп|отписаться|отписка",
    "配信停止|停止希望|ストップ|解除",
    "수신거부|수신 거부|중지|그만",
    "إيقاف|توقف|إلغاء الاشتراك",
    "rezygnuję|wypisz|wypisz mnie",
    "afmelden|uitschrijven",
    "dur|durdur|abonelikten çık|aboneliği iptal",
    "หยุด|ยกเลิก|ยกเลิกการรับข่าวสาร",
    "dừng|ngừng|hủy đăng ký|huỷ đăng ký",
    "berhenti|berhenti berlangganan",
  ].flatMap((words) => words.split("|").map(normalize)),
);
const START = new Set(["start", "unstop", "subscribe", "订阅", "訂閱"].map(normalize));

/** Longer texts are about something. */
const MOST_CHARACTERS = 40;

/** `stop` or `start` when a message is nothing but a word for it. */
export function askedToStop(text: string): "stop" | "start" | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  const word = normalize(text);
  if (STOP.has(word)) return "stop";
  return START.has(word) ? "start" : undefined;
}

function normalize(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/^[\s\p{P}\p{S}]+|[\s\p{P}\p{S}]+$/gu, "");
}
