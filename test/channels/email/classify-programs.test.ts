import { expect, test } from "vitest";
import type { BounceReason } from "../../../channels/email/automatic-phrases.ts";
import { classify, type Envelope, type MailClass } from "../../../channels/email/classify.ts";
import { parseMail } from "../../../channels/email/parse.ts";

/** Reports without a standard part and automatic answers as servers and programs write them, and people's mail like them. */
const M = (h: string, b: string) => Buffer.from(`${h}\n\n${b}`.replaceAll("\n", "\r\n"));
const CASES: [name: string, raw: Buffer, kind: MailClass, envelope?: Envelope, reason?: BounceReason][] = [
  [
    "exim",
    M(
      "From: Mail Delivery System <Mailer-Daemon@mx.b.example>\nSubject: Mail delivery failed: returning message to sender\nX-Failed-Recipients: ana@b.example",
      "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ana@b.example\n    host mx.b.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<ana@b.example>:\n    550 5.1.1 User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-ID: <x@shop.example>",
    ),
    "bounce",
    undefined,
    "mailbox_unknown",
  ],
  [
    "qmail",
    M(
      "From: MAILER-DAEMON@b.example\nSubject: failure notice",
      "Hi. This is the qmail-send program at b.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<ana@b.example>:\nThis address no longer accepts mail.\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <x@shop.example>",
    ),
    "bounce",
    undefined,
    "mailbox_disabled",
  ],
  [
    "office365",
    M(
      "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@b.example>\nSubject: Undeliverable: Your order\nAuto-Submitted: auto-replied\nContent-Type: text/html",
      "<p>Your message to <a>ana@b.example</a> couldn't be delivered.</p><p>ana wasn't found at b.example.</p><p>550 5.1.10 RESOLVER.ADR.RecipientNotFound</p>",
    ),
    "bounce",
    undefined,
    "mailbox_unknown",
  ],
  [
    "exchange old",
    M(
      "From: System Administrator <postmaster@b.example>\nSubject: Undeliverable: Your order",
      "Your message did not reach some or all of the intended recipients.\n\n      Subject:  Your order\n      Sent:     8/5/2024 10:12 AM\n\nThe following recipient(s) could not be reached:\n\n      ana@b.example on 8/5/2024 10:12 AM\n            The e-mail account does not exist at the organization this message was sent to.  Check the e-mail address, or contact the recipient directly to find out the correct address.\n            <mx.b.example #5.1.1>",
    ),
    "bounce",
    undefined,
    "mailbox_unknown",
  ],
  [
    "gmx",
    M(
      "From: GMX Mailer Daemon <mailer-daemon@gmx.de>\nSubject: Mail delivery failed: returning message to sender",
      "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to\none or more of its recipients. The following addresses\nfailed:\n\n<ana@gmx.de>\n\nSMTP error from remote server after RCPT command:\nhost: mx00.gmx.net\n5.1.1 <ana@gmx.de>... User is unknown\n\n--- The header of the original message is following. ---\n\nMessage-ID: <x@shop.example>",
    ),
    "bounce",
    undefined,
    "mailbox_unknown",
  ],
  [
    "yahoo",
    M(
      "From: MAILER-DAEMON@yahoo.com\nSubject: Failure Notice",
      "Sorry, we were unable to deliver your message to the following address.\n\n<ana@b.example>:\n552: 5.2.2 mailbox full\n\n--- Below this line is a copy of the message.\nMessage-ID: <x@shop.example>",
    ),
    "bounce",
    undefined,
    "mailbox_full",
  ],
  [
    "courier",
    M(
      'From: "Courier mail server at b.example" <@>\nSubject: NOTICE: mail delivery status.',
      "This is a delivery status notification from b.example,\nrunning the Courier mail server, version 0.65.\n\nUNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<ana@b.example>:\n    mx.b.example [192.0.2.1]:\n>>> RCPT TO:<ana@b.example>\n<<< 550 5.1.1 <ana@b.example>... User Unknown",
    ),
    "bounce",
    { mailFrom: "" },
    "mailbox_unknown",
  ],
  [
    "aol",
    M(
      "From: Mail Delivery System <MAILER-DAEMON@aol.com>\nSubject: Undeliverable: Your order",
      "This is the mail system at host omr.mx.aol.com.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\n<ana@b.example>: host mx.b.example[192.0.2.1] said: 554 5.7.1 blocked using zen.spamhaus.org (in reply to RCPT TO command)",
    ),
    "bounce",
    undefined,
    "blocked",
  ],
  [
    "qq zh",
    M(
      "From: PostMaster@qq.com\nSubject: =?UTF-8?B?57O757uf6YCA5L+h?=\nContent-Type: text/plain; charset=utf-8",
      "抱歉，您的邮件被退回来了……\n\n原邮件信息：\n收件人 ana@b.example\n退信原因：收件人邮件地址（ana@b.example）不存在，邮件无法送达。\nhost mx.b.example said: 550 User not found",
    ),
    "bounce",
    undefined,
    "mailbox_unknown",
  ],
  [
    "163 zh",
    M(
      "From: postmaster@163.com\nSubject: =?UTF-8?B?57O757uf6YCA5L+h?=\nContent-Type: text/plain; charset=utf-8",
      "很抱歉！您发送的邮件未能成功送达\n收件人 ana@b.example 的邮箱已满，无法接收邮件。",
    ),
    "bounce",
    undefined,
    "mailbox_full",
  ],
  [
    "delay postfix",
    M(
      "From: Mail Delivery System <MAILER-DAEMON@mx.shop.example>\nSubject: Delayed Mail (still being retried)",
      "####################################################################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n####################################################################\n\nYour message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n<ana@b.example>: connect to mx.b.example[192.0.2.1]:25: Connection timed out",
    ),
    "bounce",
    undefined,
    "unreachable",
  ],
  [
    "domino",
    M(
      "From: Postmaster <postmaster@b.example>\nSubject: DELIVERY FAILURE: User ana (ana@b.example) not listed in Domino Directory",
      "Your message\n\n  Subject: Your order\n\nwas not delivered to:\n\n  ana@b.example\n\nbecause:\n\n  User ana (ana@b.example) not listed in Domino Directory",
    ),
    "bounce",
    undefined,
    "mailbox_unknown",
  ],
  [
    "imail",
    M(
      "From: Postmaster <postmaster@b.example>\nSubject: Undeliverable Mail",
      "Unknown user: ana@b.example\n\nOriginal message follows.\n\nMessage-ID: <x@shop.example>",
    ),
    "bounce",
    undefined,
    "mailbox_unknown",
  ],
  [
    "james",
    M(
      "From: postmaster@b.example\nSubject: Re:Your order\nReturn-Path: <>",
      "Hi. This is the James mail server at b.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.  Below\nI include the list of recipients and the reason why I was unable to deliver\nyour message.\n\nFailed recipient(s):\nana@b.example\n\nError message:\n550 5.1.1 <ana@b.example>... User unknown",
    ),
    "bounce",
    undefined,
    "mailbox_unknown",
  ],
  [
    "mimecast",
    M(
      "From: postmaster@b.example\nSubject: [Postmaster] Email Delivery Failure",
      "This is a delivery failure notification message indicating that\nan email you addressed to email address :\n-- ana@b.example\n\ncould not be delivered. The problem appears to be :\n-- Recipient email server rejected the message\n\nAdditional information follows :\n-- 5.4.1 Recipient address rejected: Access denied",
    ),
    "bounce",
    undefined,
    "mailbox_unknown",
  ],
  [
    "ses",
    M(
      "From: MAILER-DAEMON@amazonses.com\nSubject: Delivery Status Notification (Failure)",
      "An error occurred while trying to deliver the mail to the following recipients:\nana@b.example",
    ),
    "bounce",
    undefined,
    "unknown",
  ],
  [
    "ru yandex",
    M(
      "From: mailer-daemon@yandex.ru\nSubject: =?UTF-8?B?0J3QtdC00L7RgdGC0LDQstC70LXQvdC90L7QtSDRgdC+0L7QsdGJ0LXQvdC40LU=?=\nContent-Type: text/plain; charset=utf-8",
      "Это письмо отправлено почтовым сервером yandex.ru.\n\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может\nбыть отправлено одному или нескольким адресатам. Причины указаны ниже.\n\n<ana@b.example>: host mx.b.example said: 550 5.7.1 No such user!",
    ),
    "bounce",
    undefined,
    "mailbox_unknown",
  ],
  [
    "naver ko",
    M(
      "From: mailer-daemon@naver.com\nSubject: =?UTF-8?B?67Cc7IahIOyLpO2MqA==?=\nContent-Type: text/plain; charset=utf-8",
      "메일 전송에 실패했습니다.\n받는사람: ana@b.example\n실패 사유: 존재하지 않는 사용자입니다.",
    ),
    "bounce",
    undefined,
    "mailbox_unknown",
  ],
  [
    "docomo ja",
    M(
      "From: mail-daemon@docomo.ne.jp\nSubject: Returned mail\nContent-Type: text/plain; charset=utf-8",
      "次のあて先へのメッセージはエラーのため送信できませんでした。\n<ana@docomo.ne.jp>\n宛先不明です。",
    ),
    "bounce",
    undefined,
    "mailbox_unknown",
  ],
  [
    "buyer forwards bounce",
    M(
      "From: Ana <ana@b.example>\nSubject: Fwd: Undelivered Mail Returned to Sender",
      "Why do I get this when I write to you?\n\n<support@shop.example>: 550 5.1.1 User unknown",
    ),
    "person",
  ],
  [
    "buyer asks undelivered parcel",
    M("From: Ana <ana@b.example>\nSubject: Undelivered parcel", "The parcel was not delivered. Contact ana@b.example"),
    "person",
  ],
  ["out of office question", M("From: Ana <ana@b.example>\nSubject: Is your office out of stock?", "Hello"), "person"],
  [
    "re: auto",
    M(
      "From: Ana <ana@b.example>\nSubject: Re: Automatic reply: Your order\nIn-Reply-To: <x@shop.example>",
      "Thanks, but when?",
    ),
    "person",
  ],
  [
    "vacation fr",
    M("From: Jean <jean@b.example>\nSubject: =?UTF-8?Q?R=C3=A9ponse_automatique_:_Votre_commande?=", "Je suis absent"),
    "auto_reply",
  ],
  [
    "tr vacation",
    M("From: Ali <ali@b.example>\nSubject: Otomatik Yanıt: Siparişiniz\nContent-Type: text/plain; charset=utf-8", "x"),
    "auto_reply",
  ],
  ["ko vacation", M("From: K <k@b.example>\nSubject: 자동 회신: 주문", "x"), "auto_reply"],
  ["th", M("From: K <k@b.example>\nSubject: ตอบกลับอัตโนมัติ: คำสั่งซื้อ", "x"), "auto_reply"],
  ["ar", M("From: K <k@b.example>\nSubject: رد تلقائي: طلبك", "x"), "auto_reply"],
  ["vi", M("From: K <k@b.example>\nSubject: Trả lời tự động: Đơn hàng", "x"), "auto_reply"],
  [
    "ticket ack",
    M(
      "From: Helpdesk <help@b.example>\nSubject: [Ticket #123] Your order\nX-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated",
      "We received your request",
    ),
    "notification",
  ],
  [
    "zendesk ack",
    M(
      "From: Help <support@b.zendesk.com>\nSubject: [Request received] Your order\nX-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated",
      "x",
    ),
    "notification",
  ],
  ["list", M("From: L <l@b.example>\nSubject: News\nList-Id: <news.b.example>", "x"), "bulk"],
  ["precedence auto_reply", M("From: A <a@b.example>\nSubject: thanks\nPrecedence: auto_reply", "x"), "auto_reply"],
  [
    "gmail vacation",
    M(
      "From: A <a@b.example>\nSubject: Re: Your order\nPrecedence: bulk\nX-Autoreply: yes\nAuto-Submitted: auto-replied",
      "x",
    ),
    "auto_reply",
  ],
];

/** Reports in a server's own words: what they are, and everybody who missed the mail. */
const REPORTS: [name: string, raw: Buffer, recipients: string[], envelope?: Envelope][] = [
  [
    "Yahoo names each with its reason",
    M(
      "From: MAILER-DAEMON@yahoo.example\nTo: support@shop.example\nSubject: Delivery failure",
      "Unable to deliver message to the following address(es).\n\n<ana@b.example>:\nThis account has been disabled.\n\n<ben@b.example>:\nThis account has been disabled.\n\n--- Original message follows.",
    ),
    ["ana@b.example", "ben@b.example"],
  ],
  [
    "an alias's target counts, the shop's own address does not",
    M(
      "From: Mail Delivery System <Mailer-Daemon@b.example>\nTo: support@shop.example\nSubject: Mail delivery failed: returning message to sender",
      "A message from support@shop.example could not be delivered. The following address failed:\n\n  an undisclosed address\n    (generated from ana@b.example)\n",
    ),
    ["ana@b.example"],
  ],
  [
    "of the addresses that an alias leads to, the one that was written to",
    M(
      "From: MAILER-DAEMON@b.example\nSubject: Undelivered Mail Returned to Sender",
      "<ana@home.example> (expanded from <ana@b.example>): unknown user\n  (expanded from: ana@b.example)\n\n--- Original message follows ---\nTo: ana@b.example\nMessage-ID: <x@shop.example>",
    ),
    ["ana@b.example"],
  ],
  [
    "Exchange shows the mail that came back first",
    M(
      "From: System Administrator <postmaster@b.example>\nTo: support@shop.example\nSubject: Undeliverable: Your order",
      "Your message\n\n  To:      office@b.example\n  Subject: Your order\n  Sent:    Fri, 20 Jul 2001 08:53:08 -0700\n\ndid not reach the following recipient(s):\n\nana@b.example on Fri, 20 Jul 2001 11:08:59 -0700\n    The recipient name is not recognized",
    ),
    ["ana@b.example"],
  ],
  [
    "a gateway under a name of its own",
    M(
      "From: Mail_Service@gate.example\nTo: support@shop.example\nSubject: Returned Mail - Error During Delivery",
      "------ Failed Recipients ------\n\n<ana@b.example>: mailbox unavailable. [SMTP Error Code 550]\n",
    ),
    ["ana@b.example"],
  ],
  [
    "a sender that is no address",
    M(
      "From: Postmaster <>\nTo: support@shop.example\nSubject: Undeliverable: ana@b.example",
      "Your Message\n\nTo: <ana@b.example>\n\nDid not reach the following recipient: ana@b.example",
    ),
    ["ana@b.example"],
  ],
  [
    "no subject, no code, no sender",
    M(
      "From: <>\nTo: support@shop.example\nAuto-Submitted: auto-replied",
      "You sent mail to ana@b.example. That's not a valid user here.",
    ),
    ["ana@b.example"],
    { mailFrom: "" },
  ],
  [
    "a receipt by which Dovecot refuses it",
    M(
      'From: Mail Delivery Subsystem <admin@b.example>\nTo: support@shop.example\nSubject: Automatically rejected mail\nAuto-Submitted: auto-replied (rejected)\nContent-Type: multipart/report; report-type=disposition-notification; boundary="x"',
      "--x\nContent-Type: text/plain\n\nYour message to <ana@b.example> was automatically rejected:\nQuota exceeded\n--x\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ana@b.example\nDisposition: automatic-action/MDN-sent-automatically; deleted\n\n--x--\n",
    ),
    ["ana@b.example"],
  ],
  [
    "the fields of a report that a relay made text",
    M(
      "From: postmaster@b.example\nTo: support@shop.example\nSubject: Delivery Status Notification (Failure)",
      "Reporting-MTA: dns;b.example\n\nFinal-Recipient: rfc822;ana@b.example\nAction: failed\nStatus: 5.1.1\n",
    ),
    ["ana@b.example"],
  ],
];

test.each(REPORTS)("%s", async (_, raw, recipients, envelope) => {
  const found = classify(await parseMail(raw), envelope ?? {});
  expect([found.class, found.bounce?.recipients]).toEqual(["bounce", recipients]);
});

test("a footer of a scanner is no reason where the code is exact", async () => {
  const raw = M(
    "From: postmaster@b.example\nSubject: Delivery Status Notification (Failure)",
    "Delivery to ana@b.example failed: #5.1.1\n\nThis email has been scanned for viruses and spam.",
  );
  expect(classify(await parseMail(raw)).bounce?.reason).toBe("mailbox_unknown");
});

test.each(CASES)("%s", async (_, raw, kind, envelope, reason) => {
  const found = classify(await parseMail(raw), envelope ?? {});
  expect(found.class).toBe(kind);
  expect(found.bounce?.reason).toBe(reason);
  if (kind === "bounce") expect(found.bounce?.recipients[0]).toMatch(/^ana@/);
});
