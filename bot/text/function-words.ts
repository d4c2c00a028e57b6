import { COMMON_WORDS } from "../language/common-words.ts";
import { normalize } from "./normalize.ts";

/** Frequent words of shop talk in the list of common words: they carry the question. */
const SHOP_TALK = `order help days day back pedido ayuda llega llegado necesito compré artículo commande colis reçu acheté
  bestellung paket hilfe zurück ordine pacco aiuto arrivato giorni ajuda chegou bestelling pakket hulp ontvangen terug
  besteld gekregen zamówienie zamowienie paczka paczki zwrot pomoc przesyłka sipariş siparis siparişim siparisim kargo
  kargom ürün iade yardım đơn hàng giao nhận trả đổi tiền shop mua pesanan barang paket kirim sampai bantu comanda pachet
  objednávka balík beställning`;

/** Languages without Latin script, whose detection needs no list: what stands around the question there. */
const OTHERS: Record<string, string> = {
  ru: `и в во не на я что с со как а по это он она к но мы вы ты из за у же от так о для ли бы есть был мне меня мой моя моё
    мои ваш ваша где когда почему какой какая какие кто сколько можно ли ещё уже пожалуйста могу можете хочу ваши если до`,
  ar: `في من على ان الى هل ما ماذا متى اين كيف لماذا كم هذا هذه ذلك التي الذي هو هي انا انت نحن لي لك لكم عن مع لا لم لن قد كان
    يكون او و ثم اي بعد قبل عند عندي لديكم لديك يمكن يمكنني اريد من فضلك ممكن`,
  ko: `이 그 저 제 내 것 수 있나요 있어요 없어요 어떻게 언제 어디 어디서 왜 무엇 뭐 얼마나 몇 누가 하나요 되나요 인가요 해요 하고 싶어요 좀 네 아직 이거`,
  zh: `的 了 是 我 你 您 他 她 它 们 我们 你们 在 吗 呢 吧 啊 有 没有 没 不 不是 就 也 都 和 跟 与 这 那 这个 那个 什么 怎么 怎样 哪里 哪 哪些
    哪个 什么时候 为什么 多少 几 可以 能 会 要 想 请 请问 很 还 已经 一个 一下 嗎 們 這 那個 這個 沒有 什麼 怎麼 哪裡 為什麼 會 還 已經 請問 您好`,
  ja: `の は が を に で と も へ から まで や です ます か ね よ です か ない た て いる ある する した れる られる この その あの これ それ いつ どこ
    どの 何 なぜ どう どうすれば いい ください 私 ありますか できますか`,
  th: `ที่ และ ของ ใน ได้ ไม่ มี เป็น จะ ให้ ไป มา กับ นี้ นั้น อะไร ไหน เมื่อไหร่ อย่างไร ยังไง ทำไม เท่าไหร่ ไหม ค่ะ ครับ คะ นะ ฉัน ผม คุณ เรา แล้ว หรือ ก็ ต้อง อยู่`,
};

const words = new Map<string, Set<string>>();
const shopTalk = new Set(SHOP_TALK.split(/\s+/).map(normalize));
for (const [language, list] of Object.entries({ ...COMMON_WORDS, ...OTHERS })) {
  words.set(
    language,
    new Set(
      list
        .split(/\s+/)
        .map(normalize)
        .filter((word) => !shopTalk.has(word)),
    ),
  );
}

/** Whether a normalized word only holds a sentence together. `language` is ISO 639-1. */
export function isFunctionWord(word: string, language: string): boolean {
  return words.get(language)?.has(word) ?? false;
}
