import type { Locale } from "../../contract/locales.ts";
import { sentences, words } from "./read.ts";

/** How a language says that something was done: an auxiliary before a verb, or a phrase by itself; and "if", "after". */
interface DeedWords {
  auxiliary: string;
  done: string;
  alone: string;
  condition: string;
}

const DEEDS: Record<Exclude<Locale, "zh-TW">, DeedWords> = {
  en: {
    auxiliary: "i have|i've|i|we have|we've|we|has been|have been|had been|was|were|been|is now|are now|already|just",
    done: "refunded|reimbursed|cancelled|canceled|issued|credited|approved|granted|processed|initiated|applied|waived|replaced|exchanged|changed|updated|upgraded|extended|removed|deleted|transferred|arranged|booked|escalated|forwarded|authorised|authorized|compensated|completed your|sent you a|sent a new|paid you",
    alone:
      "refund is on its way|refund is complete|refund is approved|refund went through|money is on its way|consider it done|you're refunded|it's done|i am refunding|i'm refunding|i'm cancelling|i am cancelling|i'll refund|i will refund|i'll cancel|i will cancel|i'll send you|i am issuing|i'm issuing",
    condition: "if|when|once|after|as soon as|unless|until|before|whether",
  },
  "zh-CN": {
    auxiliary: "已|刚刚|剛剛|成功",
    done: "退款|退还|退還|退回|取消|批准|核准|补发|補發|换货|換貨|更换|更換|修改|更改|更新|延长|延長|删除|刪除|发放|發放|赠送|贈送|减免|減免|赔偿|賠償|补偿|補償|办理|辦理|处理|處理|提交|申请|申請|转账|轉帳|打款",
    alone: "退款已|退款成功|取消成功|退款完成|退了款|退款了|批准了|办好了|辦好了|处理好了|處理好了",
    condition: "如果|如|若|当|當|一旦|后|後|时|時|前|除非",
  },
  es: {
    auxiliary: "ha sido|han sido|he|hemos|fue|fueron|se ha|se han|ya está|acabo de|acabamos de|queda",
    done: "reembolsad|cancelad|emitid|acreditad|abonad|aprobad|concedid|procesad|tramitad|aplicad|reemplazad|sustituid|cambiad|actualizad|modificad|ampliad|eliminad|transferid|autorizad|devuelto|reembolsar|cancelar|emitir|abonar",
    alone: "reembolsé tu|reembolsé su|cancelé|reembolso está en camino|reembolso está aprobado",
    condition: "si|cuando|una vez|tras|después|hasta|en cuanto|a menos|antes",
  },
  fr: {
    auxiliary: "a été|ont été|a bien été|ai|j'ai|avons|est désormais|est déjà|vient d'être|viens de|venons de",
    done: "rembours|annul|émis|crédit|approuv|accord|traité|appliqu|remplac|changé|modifi|mis à jour|prolong|supprim|viré|autoris|effectué|validé|transmis|offert|versé",
    alone: "remboursement est en route|remboursement est validé|c'est remboursé",
    condition: "si|quand|lorsque|une fois|après|dès|jusqu|à moins|avant",
  },
  de: {
    auxiliary: "wurde|wurden|ist|sind|habe|haben|hab",
    done: "erstattet|rückerstattet|storniert|ausgestellt|gutgeschrieben|genehmigt|gewährt|veranlasst|eingeleitet|bearbeitet|ersetzt|umgetauscht|geändert|aktualisiert|verlängert|gelöscht|überwiesen|angewendet|freigegeben|weitergeleitet|zurückgezahlt|ausgezahlt|erlassen",
    alone: "erstattung ist unterwegs|ist erledigt|ich erstatte|ich storniere|ich veranlasse",
    condition: "wenn|falls|sobald|nachdem|nach|bis|bevor|sofern",
  },
  it: {
    auxiliary: "è stato|è stata|sono stati|sono state|ho|abbiamo|è già|appena",
    done: "rimborsat|annullat|emess|accreditat|approvat|concess|elaborat|applicat|sostituit|cambiat|modificat|aggiornat|prolungat|eliminat|trasferit|autorizzat|effettuat|avviat|inoltrat|cancellat",
    alone: "rimborso è in arrivo|rimborso è approvato",
    condition: "se|quando|una volta|dopo|appena avremo|finché|prima",
  },
  "pt-BR": {
    auxiliary: "foi|foram|já|acabei de|acabamos de",
    done: "reembolsad|estornad|cancelad|emitid|creditad|aprovad|concedid|processad|aplicad|substituíd|trocad|alterad|atualizad|prorrogad|excluíd|transferid|autorizad|efetuad|realizad|encaminhad|devolvid|reembolsar|estornar|cancelar|emitir",
    alone:
      "reembolsei|cancelei|estornei|estornamos|emiti|creditei|creditamos|aprovei|aprovamos|apliquei|alterei|encaminhei|reembolso está a caminho",
    condition: "se|quando|assim que|após|depois|até|caso|antes",
  },
  ru: {
    auxiliary: "был|была|было|были|уже|вам",
    done: "возвращен|отменен|оформлен|начислен|одобрен|предоставлен|обработан|применен|заменен|изменен|обновлен|продлен|удален|переведен|выполнен|выплачен|зачислен|компенсирован",
    alone:
      "вернул деньги|вернули деньги|вернул вам|вернули вам|вернули средства|отменил ваш|отменили ваш|отменил заказ|отменили заказ|оформил возврат|оформили возврат|возврат оформлен|возврат одобрен|заказ отменен|возврат выполнен|начислил|одобрил|перевели вам|компенсировали",
    condition: "если|когда|после|как только|пока|до того|прежде",
  },
  ja: {
    auxiliary: "返金|キャンセル|発行|承認|適用|変更|延長|削除|交換|手配|付与|進呈|手続き|処理|転送|更新",
    done: "しました|いたしました|致しました|済み|されました|が完了|は完了|を完了|を行いました",
    alone: "振り込みました|お振込みしました",
    condition: "場合|たら|れば|次第|後に|後、|際|まで|とき",
  },
  ko: {
    auxiliary: "환불|취소|승인|발급|적용|변경|연장|삭제|교환|지급|적립|보상|입금|처리|송금",
    done: "했습|하였|해 드렸|해드렸|되었|됐|처리했|처리되|이 완료|가 완료|을 완료|를 완료|완료",
    alone: "환불금을 보냈|환불해 줬",
    condition: "면|경우|후|때|까지|전에",
  },
  ar: {
    auxiliary: "تم|تمت|لقد|قد|قمنا|قمت|جرى",
    done: "رد|استرداد|استرجاع|إعادة|إلغاء|إصدار|الموافقة|منح|معالجة|تطبيق|استبدال|تغيير|تعديل|تمديد|حذف|تحويل|إيداع|تعويض|رددنا|ألغيت|ألغينا|أصدرنا|وافقنا|أرجعنا|حولنا|عوضنا|بإلغاء|برد|باسترداد|بإصدار|بتحويل|بتطبيق|بتغيير",
    alone: "المبلغ في طريقه اليك",
    condition: "إذا|عند|بعد|متى|حال|عندما|بمجرد|حتى|قبل",
  },
  pl: {
    auxiliary: "został|została|zostało|zostały|już",
    done: "zwrócon|anulowan|wystawion|przyznan|zatwierdzon|przetworzon|zrealizowan|zastosowan|wymienion|zmienion|zaktualizowan|przedłużon|usunięt|przelan|zlecon|przekazan|naliczon",
    alone:
      "zwróciłem|zwróciłam|zwróciliśmy|anulowałem|anulowałam|anulowaliśmy|anulowano|zwrócono|przyznałem|przyznaliśmy|przyznano|wystawiliśmy|zatwierdziliśmy|zmieniłem|zmieniliśmy|zleciłem|zleciliśmy|przelaliśmy",
    condition: "jeśli|jeżeli|gdy|kiedy|po|aż|zanim|o ile",
  },
  nl: {
    auxiliary: "is|zijn|heb|hebben|werd",
    done: "terugbetaald|geannuleerd|uitgegeven|gecrediteerd|goedgekeurd|toegekend|verwerkt|toegepast|vervangen|omgeruild|gewijzigd|aangepast|bijgewerkt|verlengd|verwijderd|overgemaakt|geregeld|doorgestuurd|teruggestort|vergoed|kwijtgescholden",
    alone: "terugbetaling is onderweg",
    condition: "als|wanneer|zodra|nadat|na|totdat|voordat|indien",
  },
  tr: {
    auxiliary: "",
    done: "",
    alone:
      "iade ettim|iade ettik|iade edildi|iadeniz yapıldı|iadeniz onaylandı|iade yapıldı|iadeniz tamamlandı|iptal ettim|iptal ettik|iptal edildi|onayladım|onayladık|onaylandı|uyguladım|uyguladık|uygulandı|tanımladım|tanımladık|tanımlandı|değiştirdim|değiştirdik|değiştirildi|güncelledik|uzattık|uzatıldı|yatırdık|yatırıldı|aktarıldı|başlattım|başlattık|başlatıldı",
    condition: "eğer|ise|sonra|zaman|kadar|durumunda|halinde|takdirde|önce",
  },
  th: {
    auxiliary: "คืนเงิน|ยกเลิก|อนุมัติ|โอนเงิน|โอน|เปลี่ยน|แก้ไข|ใช้ส่วนลด|ชดเชย|ดำเนินการ|จัดการ|ขยายเวลา|ลบ|ส่งสินค้าใหม่|ให้ส่วนลด",
    done: "แล้ว|เรียบร้อย|เสร็จ|สำเร็จ",
    alone: "",
    condition: "หาก|ถ้า|เมื่อ|หลังจาก|หลัง|จนกว่า|กรณี|ก่อน",
  },
  vi: {
    auxiliary: "đã|đã được|vừa",
    done: "hoàn tiền|hoàn lại|hoàn trả|hủy|huỷ|phát hành|duyệt|chấp thuận|phê duyệt|xử lý|áp dụng|thay đổi|cập nhật|gia hạn|xóa|xoá|chuyển khoản|chuyển tiền|tặng|bồi thường|đền bù|gửi tặng",
    alone: "",
    condition: "nếu|khi|sau|trước|cho đến|trường hợp",
  },
  id: {
    auxiliary: "sudah|telah|baru saja|berhasil",
    done: "dikembalikan|kembalikan|mengembalikan|dibatalkan|batalkan|membatalkan|diterbitkan|terbitkan|disetujui|setujui|diproses|proses|memproses|diterapkan|terapkan|diganti|ganti|mengganti|diubah|ubah|mengubah|diperpanjang|perpanjang|dihapus|hapus|ditransfer|transfer|diberikan|berikan|dikreditkan|diteruskan",
    alone: "",
    condition: "jika|bila|apabila|kalau|setelah|ketika|saat|sampai|hingga|sebelum|sesudah",
  },
};

/** A few words between, or a stretch where there are no spaces. */
const BETWEEN = "(?:[\\s]+[\\p{L}\\p{N}'#-]+){0,6}[\\s]+";
const BETWEEN_UNSPACED = "[^,，。!?\\n]{0,10}";
const UNSPACED = new Set(["zh-CN", "ja", "ko", "th"]);

const rows = Object.entries(DEEDS).map(([locale, { auxiliary, done, alone, condition }]) => {
  const gap = UNSPACED.has(locale) ? BETWEEN_UNSPACED : BETWEEN;
  const claims = [
    auxiliary && `(?:${words(auxiliary, { whole: true })})${gap}(?:${words(done)})`,
    alone && words(alone),
  ].filter(Boolean);
  return { claim: new RegExp(claims.join("|"), "u"), condition: new RegExp(words(condition, { whole: true }), "u") };
});
const NOT = /(?<!\p{L})(?:not|nicht|no|ne|pas|non|não|nao|niet|nie|не)(?!\p{L})|没|沒|未|不|ません|않|ไม่|ยังไม่/u;

/** A claimed action, and whether it is told of a case that may come: "once we have refunded you". */
export interface Deed {
  sentence: string;
  conditional: boolean;
}

/** Sentences of a legible text that claim that something was done, in whatever language. */
export function deedsIn(text: string): Deed[] {
  return sentences(text).flatMap((sentence) => {
    for (const { claim, condition } of rows) {
      const match = claim.exec(sentence);
      if (match && !NOT.test(match[0])) return [{ sentence, conditional: condition.test(sentence) }];
    }
    return [];
  });
}

const CANCEL = new RegExp(
  words(
    "cancel|annul|storn|取消|キャンセル|취소|الغاء|отмен|anul|iptal|ยกเลิก|hủy|huỷ|batal|dibatalkan|membatalkan|geannuleerd",
  ),
  "u",
);
/** Whether a sentence speaks of a cancelled order. */
export const speaksOfCancelling = (sentence: string): boolean => CANCEL.test(sentence);
