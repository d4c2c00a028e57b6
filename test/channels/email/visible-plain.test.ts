import { describe, expect, test } from "vitest";
import { visibleText } from "../../../channels/email/visible/index.ts";
import { ATTRIBUTIONS } from "./attributions.ts";

const see = (text: string, subject?: string) => visibleText({ text, ...(subject ? { subject } : {}) }).text;
const HISTORY = "Dear customer,\n\nyour parcel left our warehouse yesterday.\n\nBest regards\nShop Support";
const quoted = HISTORY.split("\n")
  .map((line) => `> ${line}`.trimEnd())
  .join("\n");

describe("the line before a quote", () => {
  test.each(ATTRIBUTIONS)("%s: an answer above a marked quote is all that is shown", (_, line) => {
    expect(see(`It has not come yet.\n\n${line}\n\n${quoted}\n`)).toBe("It has not come yet.");
  });
  test.each(ATTRIBUTIONS)("%s: an answer above unmarked history is all that is shown", (_, line) => {
    expect(see(`It has not come yet.\nWhen?\n\n${line}\n${HISTORY}\n`)).toBe("It has not come yet.\nWhen?");
  });
  test.each(ATTRIBUTIONS)("%s: an answer below the quote is all that is shown", (_, line) => {
    expect(see(`${line}\n${quoted}\n\nIt has not come yet.\n`)).toBe("It has not come yet.");
  });
});

describe("what a buyer wrote stays", () => {
  test.each([
    "On Monday 5 August 2024 I ordered two vases.\nOne is broken:",
    "I ordered on 2024-08-05 from your shop, my address is ana@buyer.example:\nCalle Mayor 1\nMadrid",
    "My details:\nName: Ana Ruiz\nOrder: 10482\nSize: M",
    "The seller wrote:\nno refund. Is that so?",
    "Le colis du 5 août 2024 n'est pas arrivé à 10:30 comme prévu :\n\nc'est la deuxième fois.",
    "Date: 5 Aug 2024\nThe parcel came broken.",
    "From: Madrid\nI would like to send it to: Barcelona",
    "Options:\n- blue\n- red\n- green",
    "It went so:\n\nOn 2024-12-16 at 10:30, the parcel left.\nOn Dec 16, 2024 we wrote to DHL:\nno answer so far.",
    "Hallo\n\nAm 12.03.2024 um 10:00 habe ich Ihnen geschrieben:\nkeine Antwort.",
    "On 12.03.2024 10:00 the courier wrote to me:\nnobody at home. Not true!",
    "Le 5 août 2024 à 10:12 j'ai écrit :\nsans réponse.",
    "Name: Ana Ruiz\nOrder: 10482\nDate: 5 Aug 2024\nEmail: ana@buyer.example\nProblem: broken",
    "It is lost.\n\nOrder: 10482\nBought on: 5 Aug 2024 10:12\nMail: ana@buyer.example",
    "Where is it?\n\nFrom: Shenzhen\nTo: Berlin\nSent: 5 Aug 2024",
    "Look at this:\n>>> >>> https://shop.example <<<\nIs that you?",
    "Sent from Shenzhen on Monday, it never arrived.",
    "Is it sent from my country?",
    "I will pay 10 > 5 is wrong\n\nand 3 < 4",
    "我在2024年8月5日下单了，\n写道歉信也没用：\n请退款",
    "Please see my two questions:\n\n1. Where is it?\n2. When does it come?",
    "The sizes are\n-----\nS\nM\n-----\nPlease advise",
    "Voici mon adresse :\nAna Ruiz\n12 rue de Lyon\n69000 Lyon",
    "Hallo,\n\nam 5.8.2024 um 10:12 kam das Paket an.\n\nGrüße\nJan",
  ])("%j", (text) => {
    expect(see(text)).toBe(text);
  });
});

describe("header blocks above unmarked history", () => {
  const blocks: [string, string][] = [
    [
      "Outlook en",
      "From: Shop Support <support@shop.example>\nSent: Monday, August 5, 2024 10:12 AM\nTo: Ana Ruiz <ana@buyer.example>\nSubject: Your order",
    ],
    [
      "Outlook en, bold",
      "*From:* Shop Support <support@shop.example>\n*Sent:* Monday, August 5, 2024 10:12 AM\n*To:* Ana Ruiz\n*Subject:* Your order",
    ],
    [
      "Outlook en, original",
      "-----Original Message-----\nFrom: Shop Support [mailto:support@shop.example] \nSent: Monday, August 5, 2024 10:12 AM\nTo: Ana Ruiz\nSubject: Your order",
    ],
    [
      "Outlook web",
      "________________________________\nFrom: Shop Support <support@shop.example>\nSent: Monday, August 5, 2024 10:12 AM\nTo: Ana Ruiz <ana@buyer.example>\nSubject: Your order",
    ],
    [
      "Outlook de",
      "Von: Shop Support <support@shop.example>\nGesendet: Montag, 5. August 2024 10:12\nAn: Ana Ruiz\nBetreff: Ihre Bestellung",
    ],
    [
      "Outlook de, original",
      "-----Ursprüngliche Nachricht-----\nVon: Shop Support <support@shop.example>\nGesendet: Montag, 5. August 2024 10:12\nAn: Ana Ruiz\nBetreff: Ihre Bestellung",
    ],
    [
      "Outlook fr",
      "De : Shop Support <support@shop.example>\nEnvoyé : lundi 5 août 2024 10:12\nÀ : Ana Ruiz <ana@buyer.example>\nObjet : Votre commande",
    ],
    [
      "Outlook es",
      "De: Shop Support <support@shop.example>\nEnviado: lunes, 5 de agosto de 2024 10:12\nPara: Ana Ruiz <ana@buyer.example>\nAsunto: Su pedido",
    ],
    [
      "Outlook it",
      "Da: Shop Support <support@shop.example>\nInviato: lunedì 5 agosto 2024 10:12\nA: Ana Ruiz\nOggetto: Il tuo ordine",
    ],
    [
      "Outlook pt-BR",
      "De: Shop Support <support@shop.example>\nEnviada em: segunda-feira, 5 de agosto de 2024 10:12\nPara: Ana Ruiz\nAssunto: Seu pedido",
    ],
    [
      "Outlook ru",
      "От: Shop Support <support@shop.example>\nОтправлено: понедельник, 5 августа 2024 г. 10:12\nКому: Ana Ruiz\nТема: Ваш заказ",
    ],
    [
      "Outlook pl",
      "Od: Shop Support <support@shop.example>\nWysłano: poniedziałek, 5 sierpnia 2024 10:12\nDo: Ana Ruiz\nTemat: Zamówienie",
    ],
    [
      "Outlook nl",
      "Van: Shop Support <support@shop.example>\nVerzonden: maandag 5 augustus 2024 10:12\nAan: Ana Ruiz\nOnderwerp: Uw bestelling",
    ],
    [
      "Outlook tr",
      "Kimden: Shop Support <support@shop.example>\nGönderildi: 5 Ağustos 2024 Pazartesi 10:12\nKime: Ana Ruiz\nKonu: Siparişiniz",
    ],
    [
      "Outlook ja",
      "差出人: Shop Support <support@shop.example>\n送信日時: 2024年8月5日 10:12\n宛先: Ana Ruiz\n件名: ご注文",
    ],
    [
      "Outlook ko",
      "보낸 사람: Shop Support <support@shop.example>\n보낸 날짜: 2024년 8월 5일 월요일 오전 10:12\n받는 사람: Ana Ruiz\n제목: 주문",
    ],
    [
      "Outlook zh-CN",
      "发件人: Shop Support <support@shop.example>\n发送时间: 2024年8月5日 10:12\n收件人: Ana Ruiz\n主题: 您的订单",
    ],
    [
      "Outlook zh-TW",
      "寄件者: Shop Support <support@shop.example>\n寄件日期: 2024年8月5日 上午 10:12\n收件者: Ana Ruiz\n主旨: 您的訂單",
    ],
    [
      "Outlook ar",
      "من: Shop Support <support@shop.example>\nتم الإرسال: الاثنين، 5 أغسطس 2024 10:12 ص\nإلى: Ana Ruiz\nالموضوع: طلبك",
    ],
    ["Outlook th", "จาก: Shop Support <support@shop.example>\nส่ง: 5 สิงหาคม 2567 10:12\nถึง: Ana Ruiz\nเรื่อง: คำสั่งซื้อ"],
    [
      "Outlook vi",
      "Từ: Shop Support <support@shop.example>\nĐã gửi: Thứ Hai, 5 tháng 8, 2024 10:12\nĐến: Ana Ruiz\nChủ đề: Đơn hàng",
    ],
    [
      "Outlook id",
      "Dari: Shop Support <support@shop.example>\nDikirim: Senin, 05 Agustus 2024 10.12\nKepada: Ana Ruiz\nSubjek: Pesanan",
    ],
    [
      "a language not in the table",
      "Kutoka: Shop Support <support@shop.example>\nImetumwa: 5 Agosti 2024 10:12\nKwa: Ana Ruiz\nMada: Agizo",
    ],
    [
      "QQ Mail",
      '------------------ 原始邮件 ------------------\n发件人: "Shop Support" <support@shop.example>;\n发送时间: 2024年8月5日(星期一) 上午10:12\n收件人: "Ana"<ana@buyer.example>;\n主题: 您的订单',
    ],
    [
      "QQ Mail mixed",
      '------------------&nbsp;Original&nbsp;------------------\nFrom: "Shop Support" <support@shop.example>;\nDate: Mon, Aug 5, 2024 10:12 AM\nTo: "Ana"<ana@buyer.example>;\nSubject: Your order'.replaceAll(
        "&nbsp;",
        "\u00a0",
      ),
    ],
    [
      "NetEase Mail Master",
      "---- 回复的原邮件 ----\n| 发件人 | Shop Support<support@shop.example> |\n| 日期 | 2024年08月05日 10:12 |\n| 收件人 | Ana<ana@buyer.example> |\n| 主题 | 您的订单 |",
    ],
    [
      "Naver",
      '-----Original Message-----\nFrom: "Shop Support" <support@shop.example>\nTo: <ana@naver.com>;\nCc: \nSent: 2024-08-05 (월) 10:12:00 (GMT+09:00)\nSubject: 주문',
    ],
    [
      "Hotmail",
      "Date: Mon, 5 Aug 2024 10:12:00 +0000\nFrom: support@shop.example\nTo: ana@buyer.example\nSubject: Your order",
    ],
    [
      "long list of recipients",
      "From: Shop Support <support@shop.example>\nSent: Monday, August 5, 2024 10:12 AM\nTo: Ana Ruiz <ana@buyer.example>; Bob <bob@buyer.example>;\n Carla <carla@buyer.example>; Dan <dan@buyer.example>\nCc: Eve <eve@buyer.example>\nSubject: Your order",
    ],
  ];
  test.each(blocks)("%s", (_, block) => {
    expect(see(`It has not come yet.\n\n${block}\n\n${HISTORY}\n`)).toBe("It has not come yet.");
  });
});

describe("answers between quotes", () => {
  test("each answer keeps the words it answers", () => {
    expect(
      see(
        "On Mon, Aug 5, 2024 at 10:12 AM Shop <s@shop.example> wrote:\n\n> Which colour?\n\nBlue.\n\n> Which size?\n\nM, please.\n\n> Best regards\n> Shop",
      ),
    ).toBe("> Which colour?\n\nBlue.\n\n> Which size?\n\nM, please.");
  });
  test("words picked without saying whose they are stay", () => {
    expect(see("> Which colour?\nBlue.")).toBe("> Which colour?\n\nBlue.");
  });
  test("text above and below one whole quote is shown without it", () => {
    expect(see(`Hello,\n\nOn 5 Aug 2024, at 10:12, Shop <s@shop.example> wrote:\n${quoted}\n\nIt came broken.`)).toBe(
      "Hello,\n\nIt came broken.",
    );
  });
  test("a quote that a server wrapped is one quote", () => {
    const line =
      "> On the other hand the parcel that you have sent back to us last week has been\nreceived by the\n> warehouse and will be";
    expect(see(`Fine.\n\n${line}\n`)).toBe("Fine.");
  });
});

describe("forwarded mails", () => {
  test.each([
    "---------- Forwarded message ---------\nFrom: Carrier <info@carrier.example>\nDate: Mon, Aug 5, 2024 at 10:12 AM\nSubject: Lost\nTo: <ana@buyer.example>\n\nYour parcel is lost.",
    "Begin forwarded message:\n\nFrom: Carrier <info@carrier.example>\nSubject: Lost\nDate: 5 August 2024 at 10:12:00 CEST\nTo: ana@buyer.example\n\nYour parcel is lost.",
    "-------- Weitergeleitete Nachricht --------\nBetreff: Lost\nDatum: Mon, 5 Aug 2024 10:12:00 +0200\nVon: Carrier <info@carrier.example>\nAn: ana@buyer.example\n\nYour parcel is lost.",
    '-------- 转发邮件信息 --------\n发件人："Carrier" <info@carrier.example>\n发送日期：2024-08-05 10:12:00\n收件人：ana@buyer.example\n主题：Lost\n\nYour parcel is lost.',
  ])("the mail passed on is shown (%#)", (forwarded) => {
    const visible = visibleText({ text: `See what they say:\n\n${forwarded}` });
    expect(visible.text).toContain("See what they say:");
    expect(visible.text).toContain("Your parcel is lost.");
    expect(visible.forwarded).toBe(true);
  });
  test("an Outlook forward is told by its subject", () => {
    const text =
      "Look:\n\nFrom: Carrier <info@carrier.example>\nSent: Monday, August 5, 2024 10:12 AM\nTo: Ana\nSubject: Lost\n\nYour parcel is lost.";
    expect(see(text, "FW: Lost")).toContain("Your parcel is lost.");
    expect(see(text, "RE: Lost")).toBe("Look:");
  });
});

describe("signatures", () => {
  test.each([
    "Sent from my iPhone",
    "Sent from my Samsung Galaxy smartphone.",
    "Sent from Yahoo Mail on Android",
    "Sent from Yahoo Mail for iPhone<https://overview.mail.yahoo.com/?.src=iOS>",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Sent from [Proton Mail](https://proton.me/mail/home) for iOS",
    "Sent from Mail for Windows",
    "Sent via BlackBerry by AT&T",
    "Von meinem iPhone gesendet",
    "Gesendet von Outlook für Android",
    "Holen Sie sich Outlook für iOS",
    "Diese Nachricht wurde von meinem Android-Gerät mit GMX Mail gesendet.",
    "Envoyé de mon iPhone",
    "Envoyé à partir d’Outlook pour iOS",
    "Télécharger Outlook pour Android",
    "Enviado desde mi iPhone",
    "Obtener Outlook para Android",
    "Inviato da iPhone",
    "Enviado do meu iPhone",
    "Obter o Outlook para iOS",
    "Отправлено с iPhone",
    "Отправлено из мобильной Почты Mail.ru",
    "Отправлено из мобильного приложения Яндекс Почты",
    "iPhoneから送信",
    "Outlook for iOS を入手",
    "나의 iPhone에서 보냄",
    "네이버 메일 앱에서 보냄",
    "发自我的iPhone",
    "从我的 iPhone 发送",
    "發自我的 iPhone",
    "發自我的iPad",
    "发自我的小米手机",
    "发自网易邮箱大师",
    "أُرسلت من الـ iPhone",
    "Wysłane z iPhone'a",
    "Verstuurd vanaf mijn iPhone",
    "iPhone'umdan gönderildi",
    "iPhone’umdan gönderildi",
    "ส่งจาก iPhone ของฉัน",
    "Đã gửi từ iPhone của tôi",
    "Dikirim dari iPhone saya",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta",
    "Odesláno z iPhonu",
  ])("%s", (line) => {
    expect(see(`It is broken.\n\n${line}\n`)).toBe("It is broken.");
    expect(see(`It is broken.\n\n${line}\n\nOn 5 Aug 2024, at 10:12, Shop <s@shop.example> wrote:\n\n${quoted}`)).toBe(
      "It is broken.",
    );
  });
  test.each([
    "Laden Sie Outlook für Android herunter",
    "Baixar o Outlook para iOS",
    "下载适用于 iOS 的 Outlook<https://aka.ms/o0ukef>",
    "تنزيل Outlook لـ iOS",
    "Pobierz program Outlook dla systemu iOS",
  ])("what Outlook adds on phones goes in any language: %s", (line) => {
    expect(see(`Where is it?\n\n${line}\n`)).toBe("Where is it?");
    expect(see("I read your mail in Outlook on Android.\nIt is empty.")).toBe(
      "I read your mail in Outlook on Android.\nIt is empty.",
    );
  });
  test("the standard delimiter ends what a person wrote, before history too", () => {
    expect(see("It is broken.\n\n-- \nAna Ruiz\nCEO, Ruiz SL\nTel. +34 600 000 000")).toBe("It is broken.");
    expect(see(`It is broken.\n--\nAna Ruiz\n\nOn 5 Aug 2024, at 10:12, Shop <s@shop.example> wrote:\n${quoted}`)).toBe(
      "It is broken.",
    );
    expect(see("It is broken.\n\n— \nAna")).toBe("It is broken.");
  });
  test("a name after a dash at the end goes, a list of points stays", () => {
    expect(see("It is broken.\n\n-Ana Ruiz")).toBe("It is broken.");
    expect(see("I want:\n-Blue\n-Red")).toBe("I want:\n-Blue\n-Red");
  });
  test("a closing with a name and an address stays: it may be where to send the parcel", () => {
    const text = "Please send it again.\n\nThanks,\nAna Ruiz\nCalle Mayor 1\n28013 Madrid";
    expect(see(text)).toBe(text);
  });
  test("legal notices, scanners and list footers go", () => {
    expect(
      see(
        "It is broken.\n\nThis e-mail and any attachments are confidential and intended solely for the use of the intended recipient. If you are not the intended recipient please delete it.",
      ),
    ).toBe("It is broken.");
    expect(
      see(
        "Es ist kaputt.\n\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte den Absender und löschen Sie diese Mail.",
      ),
    ).toBe("Es ist kaputt.");
    expect(see("It is broken.\n\nVirus-free. www.avast.com")).toBe("It is broken.");
    expect(
      see(
        "It is broken.\n\n_______________________________________________\nusers mailing list\nusers@list.example\nhttps://list.example/users",
      ),
    ).toBe("It is broken.");
  });
  test("a mail of nothing but a signature is shown", () => {
    expect(see("-- \nAna Ruiz")).not.toBe("");
    expect(see("Sent from my iPhone")).toBe("Sent from my iPhone");
  });
});

describe("odd mails", () => {
  test("a link that a converter set between quoted lines belongs to the quote", () => {
    const link = "> View your order\n (https://shop.example/orders/10482) >\n> Shop Support";
    expect(see(`Thanks\n\nOn 5 Aug 2024, at 10:12, Shop Support wrote:\n\n${link}\n`)).toBe("Thanks");
  });
  test("an empty answer above history is empty", () => {
    expect(see(`On 5 Aug 2024, at 10:12, Shop <s@shop.example> wrote:\n${quoted}`)).toBe("");
  });
  test("a mail of quotes alone is shown", () => {
    expect(see("> Is it blue?")).toBe("> Is it blue?");
  });
  test("a line that asks to answer above it ends the answer", () => {
    expect(
      see("Thanks!\n\n##- Please type your reply above this line -##\n\nYour request (1234) has been updated."),
    ).toBe("Thanks!");
  });
  test("Windows and old Mac line ends, and a missing end of line", () => {
    expect(see("It is broken.\r\n\r\nSent from my iPhone")).toBe("It is broken.");
    expect(see("It is broken.\r\rSent from my iPhone")).toBe("It is broken.");
  });
});
