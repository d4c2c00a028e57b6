import { expect, test } from "vitest";
import { visibleText } from "../../../channels/email/visible/index.ts";

/** What programs and services of many countries put between an answer and the history, and what only looks like it. */
const H = "Dear customer,\n\nyour parcel left our warehouse.\n\nShop";
const q = () =>
  H.split("\n")
    .map((line) => `> ${line}`.trimEnd())
    .join("\n");
const R = "It has not come yet.";
const CASES: [name: string, mail: string, shown: string][] = [
  ["samsung wrote", `${R}\n\nSent from Samsung GalaxyShop <support@shop.example> wrote:\n\n${q()}`, R],
  ["gmt line", `${R}\n\n2024-08-05 10:12 GMT+03:00 Shop <\nsupport@shop.example>:\n\n${q()}`, R],
  [
    "indented on",
    `${R}\n On Aug 5, 2024 10:12 AM, "Shop" <\nsupport+r7f1b094ceb90@shop.example> wrote:\n\n\n>**\n>  Dear`,
    R,
  ],
  ["sent:", `${R}\n\nOn 5-Aug-2024, at 6:54 PM, Shop Desk <support@shop.example> sent:\n\n${q()}`, R],
  ["same line", `${R} On Mon, Aug 5, 2024 at 3:59 PM, support@shop.example wrote:\n${q()}`, R],
  ["dashes same line", `${R}--- On Mon, Aug 5, 2024 at 3:59 PM, support@shop.example wrote:\n${q()}`, R],
  ["--- On", `${R}\n\n--- On Mon, 8/5/24, Shop <support@shop.example> wrote:\n\n${H}`, R],
  ["Reply Message", `${R}\n\n-----Reply Message-----\n\n${H}`, R],
  ["Antwort Nachricht", `${R}\n\n-----Antwort Nachricht-----\n\n${H}`, R],
  ["Oprindelig meddelelse", `${R}\n\n-----Oprindelig meddelelse-----\n\n${H}`, R],
  ["below w/o blank", `On 08/05/2024 07:10 AM, Shop Desk wrote:\n\n>\n> Test\n${R}`, R],
  ["wraps", `${R}\n\nOn 08/05/2024 07:10 AM, Shop Desk wrote:\n\n>\n> Test\n\nRegards, Ana`, `${R}\n\nRegards, Ana`],
  [
    "3 lines",
    `${R}\n\nOn Aug 5, 2024, at 12:47 PM, Shop <\n416ffd3258d4d2fa4c85cfa4c44e1721d66e3e8f4@reply.shop.example>\nwrote:\n\n${H}`,
    R,
  ],
  ["dashed on wrote", `${R}\n\n------On 08/05/2024 17:32 PM, Shop Desk wrote-----\n\n${H}`, R],
  [
    "utc offset",
    `${R}\n\nOn Mon, Aug 5, 2024 at 12:42 PM -0800, "Shop" <support@shop.example> wrote:\n\nHi Ana,\nlater? \nThanks,Shop \n\nOn Aug 4, 2024, at 11:55 AM, Ana <ana@b.example> wrote:\n\nHello?\nAna`,
    R,
  ],
  ["date email no colon", `${R}\n2024/8/5 Shop Dëskова <support@shop.example>\n\n${q()}`, R],
  [
    "march dash",
    `${R}\n\nFrom: support@shop.example\nSent: August-05-24 5:42 PM\nTo: Ana\nSubject: Your order\n\n${H}`,
    R,
  ],
  [
    "fr mailto",
    `${R}\n\nLe 5 août 2024 à 22:03, Shop <support@shop.example<mailto:support@shop.example>> a écrit:\n\n${H}`,
    R,
  ],
  ["pl uzytkownik", `${R}\n\nW dniu 5 sierpnia 2024 01:53 użytkownik Shop <support@shop.example>\nnapisał:\n\n${H}`, R],
  ["sv line", `${R}\nDen 5 augusti, 2024 02:23:18, Shop Desk (support@shop.example) skrev:\n\n${H}`, R],
  ["no line", `${R}\nPå 5 august 2024 på 02:23:18, Shop Desk (support@shop.example) skrev:\n\n${H}`, R],
  [
    "nl om",
    `${R}\n\nOp 5-aug.-2024, om 13:18 heeft Shop <support@shop.example> het volgende geschreven:\n    \n${H}`,
    R,
  ],
  [
    "link breaks",
    `${R}\n\nOn Monday, 5 August, 2024 at 3:46 PM, Shop wrote:\n\n> [Ticket #50] test\n>\n> View ticket (http://shop.example/action\n_nonce=3dd518)\n>\n`,
    R,
  ],
  ["date block", `${R}\n\nDate: Mon, 5 Aug 2024 00:15:02 -0600\nTo: ana@b.example`, R],
  [
    "bold indented block",
    `Hi\n\n  *From:* support@shop.example [mailto:\n  support@shop.example]\n  *Sent:* Monday, August 5, 2024 3:05 PM\n  *To:* ana@b.example\n  *Subject:* Hello\n\n`,
    "Hi",
  ],
  [
    "date first block",
    `${R}\nDate: Mon=2C 5 Aug 2024 10:55:48 +0000\nFrom: support@shop.example\nTo: ana@b.example\nSubject: [Ticket #8] Test\n\n`,
    R,
  ],
  [
    "original then forward",
    `${R}\n\n-----Original Message-----\n\nFYI\n\n---------- Forwarded message ----------\nFrom: b@e.example\nDate: Mon, Aug 5, 2024 at 1:35 PM\nSubject: Two\nline subject\nTo: r@e.example\n\n`,
    R,
  ],
  ["on behalf", `${R}\n\nOn Monday, August 5, 2024 at 9:10:11 AM UTC-5 Shop Desk wrote:\n\n> x`, R],
  ["groups", `${R}\n\nmandag den 5. august 2024 kl. 10.12.11 UTC+2 skrev Shop:\n\n${q()}`, R],
  ["fi", `${R}\n\nma 5. elok. 2024 klo 10.12 Shop (support@shop.example) kirjoitti:\n\n${q()}`, R],
  ["zoho", `${R}\n\n---- On Mon, 05 Aug 2024 10:12:00 +0530 support@shop.example wrote ----\n\n${H}`, R],
  [
    "proton",
    `${R}\n\nSent with Proton Mail secure email.\n\nOn Monday, August 5th, 2024 at 10:12, Shop <support@shop.example> wrote:\n\n${q()}`,
    R,
  ],
  [
    "proton old",
    `${R}\n\nSent from ProtonMail, encrypted email based in Switzerland.\n\n‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Monday, August 5th, 2024 at 10:12, Shop <support@shop.example> wrote:\n\n${q()}`,
    R,
  ],
  [
    "outlook ios",
    `${R}\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Shop <support@shop.example>\nSent: Monday, August 5, 2024 10:12:00 AM\nTo: Ana <ana@b.example>\nSubject: Your order\n\n${H}`,
    R,
  ],
  ["android gmail zh", `${R}\n\nShop <support@shop.example> 于 2024年8月5日周一 10:12写道：\n\n${q()}`, R],
  [
    "163 web",
    `${R}\n\n\n\n\n\n\n\nAt 2024-08-05 10:12:00, "Shop" <support@shop.example> wrote:\n\n>${H.replaceAll("\n", "\n>")}`,
    R,
  ],
  [
    "163 zh",
    `${R}\n\n\n\n在 2024-08-05 10:12:00，"Shop" <support@shop.example> 写道：\n\n>${H.replaceAll("\n", "\n>")}`,
    R,
  ],
  [
    "qq",
    `${R}\n\n\n------------------ 原始邮件 ------------------\n发件人: "Shop" <support@shop.example>;\n发送时间: 2024年8月5日(星期一) 上午10:12\n收件人: "Ana"<ana@b.example>;\n主题: Your order\n\n${H}`,
    R,
  ],
  [
    "foxmail",
    `${R}\n\n\n\nana@b.example\n \nFrom: Shop\nDate: 2024-08-05 10:12\nTo: ana\nSubject: Your order\n${H}`,
    `${R}`,
  ],
  [
    "naver",
    `${R}\n\n-----Original Message-----\nFrom: "Shop"<support@shop.example>\nTo: "Ana"<ana@b.example>;\nCc:\nSent: 2024-08-05 (월) 10:12:00 (GMT+09:00)\nSubject: Your order\n\n${H}`,
    R,
  ],
  ["yandex", `${R}\n\n05.08.2024, 10:12, "Shop" <support@shop.example>:\n\n${q()}`, R],
  [
    "mailru",
    `${R}\n\n\n>Понедельник, 5 августа 2024, 10:12 +03:00 от Shop <support@shop.example>:\n>\n>Dear customer`,
    R,
  ],
  [
    "mailru 2",
    `${R}\n-- \nОтправлено из Mail.ru для Android\nпонедельник, 05 августа 2024г., 10:12 +03:00 от Shop support@shop.example:\n\n>Dear customer`,
    R,
  ],
  [
    "yahoo jp",
    `${R}\n\n----- Original Message -----\n> From: Shop <support@shop.example>\n> To: ana@b.example\n> Date: 2024/8/5, Mon 10:12\n> Subject: Your order`,
    R,
  ],
  ["docomo", `${R}\n\n2024年8月5日(月) 10:12 Shop <support@shop.example>:\n\n${q()}`, R],
  [
    "ar",
    `${R}\n\nفي الاثنين، 5 أغسطس 2024 في 10:12 ص تمت كتابة ما يلي بواسطة Shop <support@shop.example>:\n\n${q()}`,
    R,
  ],
  ["th", `${R}\n\nในวันที่ จ. 5 ส.ค. 2024 เวลา 10:12 Shop <support@shop.example> เขียนว่า:\n\n${q()}`, R],
  ["vi", `${R}\n\nVào Th 2, 5 thg 8, 2024 vào lúc 10:12 Shop <support@shop.example> đã viết:\n\n${q()}`, R],
  ["id", `${R}\n\nPada tanggal Sen, 5 Agt 2024 pukul 10.12 Shop <support@shop.example> menulis:\n\n${q()}`, R],
  ["tr", `${R}\n\nShop <support@shop.example>, 5 Ağu 2024 Pzt, 10:12 tarihinde şunu yazdı:\n\n${q()}`, R],
  [
    "regards in sentence",
    "I write with regards to the payment.\nBest regards to your team for the help so far.\nWhere is it?",
    "I write with regards to the payment.\nBest regards to your team for the help so far.\nWhere is it?",
  ],
  [
    "code",
    "Here it is:\n\nfunction send() {\n  -- counter\n  return 1;\n}\n\nDoes it work?",
    "Here it is:\n\nfunction send() {\n  -- counter\n  return 1;\n}\n\nDoes it work?",
  ],
  [
    "on sentence",
    "On the other hand, I wrote a review on Monday.\nOn Tuesday nothing came.\n\nOn Mon, Aug 5, 2024 at 10:12 AM Shop <support@shop.example> wrote:\n" +
      q(),
    "On the other hand, I wrote a review on Monday.\nOn Tuesday nothing came.",
  ],
  [
    "url wrote",
    "See https://shop.example/blog/on-2024-08-05-ana-wrote:\n\nIs that so?",
    "See https://shop.example/blog/on-2024-08-05-ana-wrote:\n\nIs that so?",
  ],
  [
    "times",
    "Call me on Mon, Aug 5, 2024 at 10:12 AM or on 2024-08-06 at 11:00:\n\n+34 600 000 000",
    "Call me on Mon, Aug 5, 2024 at 10:12 AM or on 2024-08-06 at 11:00:\n\n+34 600 000 000",
  ],
  [
    "md rules",
    "Key points\n\n---\n\n- one\n- two\n\n---\n\nPlease answer.",
    "Key points\n\n---\n\n- one\n- two\n\n---\n\nPlease answer.",
  ],
  ["entities", "The size is &gt; 100 and &lt; 200, is it?", "The size is &gt; 100 and &lt; 200, is it?"],
  [
    "quote w/o header",
    `> Do you want blue or red?\n\nBlue, please.\n\n> And the size?\n\nM.`,
    `> Do you want blue or red?\n\nBlue, please.\n\n> And the size?\n\nM.`,
  ],
  [
    "apostrophe name",
    `${R}\n\nOn Mon, Aug 5, 2024 at 10:12 AM Seán O'Brien-Müller (Shop & Co.) <support@shop.example> wrote:\n\n${q()}`,
    R,
  ],
  [
    "mobile sig es",
    `${R}\n\nEnviado desde mi iPhone\n\n> El 5 ago 2024, a las 10:12, Shop <support@shop.example> escribió:\n> \n> Dear`,
    R,
  ],
  [
    "mobile sig huawei",
    `${R}\n\n\n发自我的华为手机\n\n\n-------- 原始邮件 --------\n发件人： Shop <support@shop.example>\n日期： 2024年8月5日周一 上午10:12\n收件人： ana@b.example\n主 题： Your order\n${H}`,
    R,
  ],
  ["xiaomi", `${R}\n\n\n发自我的小米手机\n在 Shop <support@shop.example>，2024年8月5日 上午10:12写道：\n\n${H}`, R],
  [
    "samsung de",
    `${R}\n\n\nVon meinem Samsung Galaxy Smartphone gesendet.\n\n\n-------- Ursprüngliche Nachricht --------\nVon: Shop <support@shop.example>\nDatum: 05.08.24 10:12 (GMT+01:00)\nAn: ana@b.example\nBetreff: Ihre Bestellung\n\n${H}`,
    R,
  ],
  [
    "aol",
    `${R}\n\n\n-----Original Message-----\nFrom: Shop <support@shop.example>\nTo: Ana <ana@b.example>\nSent: Mon, Aug 5, 2024 10:12 am\nSubject: Your order\n\n${H}`,
    R,
  ],
  [
    "gmx",
    `${R}\n \n \n\nGesendet: Montag, 05. August 2024 um 10:12 Uhr\nVon: "Shop" <support@shop.example>\nAn: ana@b.example\nBetreff: Ihre Bestellung\n${H}`,
    R,
  ],
  ["web.de 2", `${R}\n\nAm 05.08.24, 10:12 schrieb Shop <support@shop.example>:\n\n${H}`, R],
  ["libero", `${R}\n\nIl 05/08/2024 10:12 Shop <support@shop.example> ha scritto:\n \n \n${H}`, R],
  [
    "orange",
    `${R}\n\n\n\n> Message du 05/08/24 10:12\n> De : "Shop" <support@shop.example>\n> A : ana@b.example\n> Copie à : \n> Objet : Votre commande\n>\n> Bonjour`,
    R,
  ],
  [
    "laposte",
    `${R}\n\nDe: "Shop" <support@shop.example>\nÀ: ana@b.example\nEnvoyé: Lundi 5 Août 2024 10:12:00\nObjet: Votre commande\n\n${H}`,
    R,
  ],
  [
    "uol",
    `${R}\n\nDe: "Shop" <support@shop.example>\nEnviada: 2024/08/05 10:12:00\nPara: ana@b.example\nAssunto: Seu pedido\n\n${H}`,
    R,
  ],
  ["wp.pl", `${R}\n\nDnia 5 sierpnia 2024 10:12 Shop <support@shop.example> napisał(a):\n\n${H}`, R],
  [
    "seznam",
    `${R}\n\n---------- Původní e-mail ----------\nOd: Shop <support@shop.example>\nKomu: ana@b.example\nDatum: 5. 8. 2024 10:12:00\nPředmět: Objednávka\n${H}`,
    R,
  ],
  [
    "daum",
    `${R}\n\n--------- 원본 메일 ---------\n보낸사람 : Shop <support@shop.example>\n받는사람 : ana@b.example\n날짜: 2024년 8월 05일 월요일, 10시 12분 00초 +0900\n제목: Your order\n${H}`,
    R,
  ],
];

const STAY: string[] = [
  "Please print this:\n\n---- Message for the card ----\n\nHappy birthday!",
  "You reach me here:\n\nana@b.example",
  "I paid. On Monday I wrote:\nwhere is it?",
  "Date: 5 Aug 2024\nTo: my new address",
  "On Mon, Aug 5, 2024 I asked your colleague. The answer was this. Is it right:\n\nno refund",
];

test.each(CASES)("%s", (_, mail, shown) => {
  expect(visibleText({ text: mail, subject: "Re: Your order" }).text).toBe(shown);
});
test.each(STAY)("stays: %j", (mail) => {
  expect(visibleText({ text: mail, subject: "Re: Your order" }).text).toBe(mail);
});
