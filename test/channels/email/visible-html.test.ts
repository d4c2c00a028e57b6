import { describe, expect, test } from "vitest";
import { htmlToPlain, visibleText } from "../../../channels/email/visible/index.ts";

const see = (html: string, subject?: string) => visibleText({ html, ...(subject ? { subject } : {}) }).text;
const OLD = "<div>Dear customer,</div><div><br></div><div>your parcel left yesterday.</div><div>Shop Support</div>";

describe("the structure that mail programs write", () => {
  const programs: [string, string][] = [
    [
      "Gmail",
      `<div dir="ltr"><div>It has not come yet.</div><div><br></div><div>When?</div></div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Mon, Aug 5, 2024 at 10:12 AM Shop &lt;<a href="mailto:s@shop.example">s@shop.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">${OLD}</blockquote></div>`,
    ],
    [
      "Gmail with a signature",
      `<div dir="ltr">It has not come yet.<div><br></div><div>When?</div><div><br clear="all"><br><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div>Ana Ruiz</div><div>Ruiz SL</div></div></div></div><div class="gmail_quote"><div class="gmail_attr">Shop 于2024年8月5日周一 10:12写道：<br></div><blockquote class="gmail_quote">${OLD}</blockquote></div>`,
    ],
    [
      "Outlook desktop",
      `<html><head><style>p.MsoNormal{margin:0cm}</style></head><body lang=EN-US><div class=WordSection1><p class=MsoNormal><span>It has not come yet.<o:p></o:p></span></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>When?<o:p></o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> Shop &lt;s@shop.example&gt; <br><b>Sent:</b> Monday, August 5, 2024 10:12 AM<br><b>To:</b> Ana Ruiz<br><b>Subject:</b> Your order<o:p></o:p></p></div></div><p class=MsoNormal>${OLD}</p></div></body></html>`,
    ],
    [
      "Outlook desktop in a language not in the table",
      `<div class=WordSection1><p class=MsoNormal>It has not come yet.</p><p class=MsoNormal>When?</p><div><div style='border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in'><p class=MsoNormal><b>Xyz</b> Shop<br><b>Abc</b> 5. 8.<br></p></div></div><p class=MsoNormal>${OLD}</p></div>`,
    ],
    [
      "Outlook web",
      `<html><body dir="ltr"><div class="elementToProof" style="font-family: Aptos">It has not come yet.</div><div class="elementToProof">When?</div><div id="Signature"><div>Ana Ruiz</div></div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font><b>From:</b> Shop &lt;s@shop.example&gt;<br><b>Sent:</b> Monday, August 5, 2024 10:12 AM<br><b>To:</b> Ana<br><b>Subject:</b> Your order</font><div>&nbsp;</div></div>${OLD}</body></html>`,
    ],
    [
      "Outlook mobile",
      `<div dir="ltr">It has not come yet.</div><div dir="ltr">When?</div><div id="ms-outlook-mobile-body-separator-line"><br></div><div id="ms-outlook-mobile-signature"><a href="https://aka.ms/o0ukef">Get Outlook for iOS</a></div><div id="mail-editor-reference-message-container"><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg"><b>From:</b> Shop</div>${OLD}</div>`,
    ],
    [
      "Apple Mail",
      `<html><body style="overflow-wrap: break-word;">It has not come yet.<div><br></div><div>When?<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>On 5 Aug 2024, at 10:12, Shop &lt;s@shop.example&gt; wrote:</div><br class="Apple-interchange-newline"><div>${OLD}</div></blockquote></div></div></body></html>`,
    ],
    [
      "iPhone",
      `<html><body dir="auto">It has not come yet.<div>When?<br><br><div dir="ltr">Von meinem iPhone gesendet</div><div dir="ltr"><br><blockquote type="cite">Am 05.08.2024 um 10:12 schrieb Shop &lt;s@shop.example&gt;:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">${OLD}</div></blockquote></div></body></html>`,
    ],
    [
      "Yahoo",
      `<html><body><div class="yahoo-style-wrap"><div dir="ltr">It has not come yet.</div><div dir="ltr">When?</div></div><div id="yahoo_quoted_123" class="yahoo_quoted"><div>On Monday, August 5, 2024 at 10:12:00 AM GMT+2, Shop &lt;s@shop.example&gt; wrote:</div>${OLD}</div></body></html>`,
    ],
    [
      "Thunderbird",
      `<html><body><p>It has not come yet.</p><p>When?</p><div class="moz-cite-prefix">Am 05.08.24 um 10:12 schrieb Shop:<br></div><blockquote type="cite" cite="mid:1@shop.example">${OLD}</blockquote><div class="moz-signature">-- <br>Ana Ruiz</div></body></html>`,
    ],
    [
      "QQ Mail",
      `<div>It has not come yet.</div><div>When?</div><div><br></div><div><includetail><div>&nbsp;</div><div style="font-size: 12px;font-family: Arial Narrow;padding:2px 0 2px 0;">------------------&nbsp;原始邮件&nbsp;------------------</div><div style="font-size: 12px;background:#efefef;padding:8px;"><div><b>发件人:</b>&nbsp;"Shop"&lt;s@shop.example&gt;;</div><div><b>发送时间:</b>&nbsp;2024年8月5日(星期一) 上午10:12</div></div>${OLD}</includetail></div>`,
    ],
    [
      "NetEase",
      `<div style="line-height:1.7;color:#000000;font-size:14px;font-family:Arial"><div>It has not come yet.</div><div>When?</div><br/><div>At 2024-08-05 10:12:00, "Shop" &lt;s@shop.example&gt; wrote:</div> <blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; BORDER-LEFT: #ccc 1px solid">${OLD}</blockquote></div>`,
    ],
    [
      "Yandex",
      `<div>It has not come yet.</div><div>When?</div><div> </div><div>05.08.2024, 10:12, "Shop" &lt;s@shop.example&gt;:</div><blockquote><div>${OLD}</div></blockquote><div> </div><div>-- </div><div>Отправлено из мобильного приложения Яндекс Почты</div>`,
    ],
    [
      "Mail.ru",
      `<div>It has not come yet.</div><div>When?</div><div data-signature-widget="container"><div data-signature-widget="content">--<br>Ana Ruiz</div></div><div>&nbsp;</div><blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;">Понедельник, 5 августа 2024, 10:12 +03:00 от Shop &lt;s@shop.example&gt;:<br>&nbsp;<div>${OLD}</div></blockquote>`,
    ],
    [
      "Naver",
      `<div style="font-size:10pt;"><p>It has not come yet.</p><p>When?</p><p>&nbsp;</p><p>-----Original Message-----<br><b>From:</b> "Shop" &lt;s@shop.example&gt;<br><b>To:</b> &lt;ana@naver.com&gt;; <br><b>Cc:</b> <br><b>Sent:</b> 2024-08-05 (월) 10:12:00 (GMT+09:00)<br><b>Subject:</b> 주문<br>&nbsp;</p>${OLD}</div>`,
    ],
    [
      "Proton",
      `<div>It has not come yet.</div><div>When?</div><div class="protonmail_signature_block"><div>Sent with Proton Mail secure email.</div></div><div class="protonmail_quote">On Monday, August 5th, 2024 at 10:12, Shop &lt;s@shop.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">${OLD}</blockquote></div>`,
    ],
    [
      "Zimbra",
      `<div>It has not come yet.</div><div>When?</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>"Shop"<br></div><div data-marker="__QUOTED_TEXT__">${OLD}</div>`,
    ],
    [
      "text turned into HTML",
      `<p>It has not come yet.<br>When?</p><p>On Mon, Aug 5, 2024 at 10:12 AM, Shop &lt;s@shop.example&gt; wrote:</p><p>&gt; Dear customer,<br>&gt; your parcel left.</p>`,
    ],
  ];
  test.each(programs)("%s: only the answer is shown", (_, html) => {
    expect(see(html).replace(/\n+/g, "\n")).toBe("It has not come yet.\nWhen?");
  });

  test("answers between Gmail's quotes keep the words they answer", () => {
    expect(
      see(
        `<div class="gmail_quote"><div class="gmail_attr">On Mon, Aug 5, 2024 at 10:12 AM Shop &lt;s@shop.example&gt; wrote:<br></div><blockquote class="gmail_quote">Which colour?</blockquote><div>Blue.</div><blockquote class="gmail_quote">Which size?</blockquote><div>M, please.</div><blockquote class="gmail_quote">Shop Support</blockquote></div>`,
      ),
    ).toBe("> Which colour?\n\nBlue.\n\n> Which size?\n\nM, please.");
  });
  test("an indented paragraph is no quote", () => {
    expect(
      see(
        `<div>My address:</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>Calle Mayor 1</div></blockquote>`,
      ),
    ).toContain("Calle Mayor 1");
  });
  test("a Gmail forward shows what it passes on", () => {
    expect(
      see(
        `<div dir="ltr">Look<br><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: <b>Carrier</b> &lt;i@carrier.example&gt;<br>Date: Mon, Aug 5, 2024 at 10:12 AM<br>Subject: Lost<br>To: &lt;ana@buyer.example&gt;<br></div><br>Your parcel is lost.</div></div>`,
        "Fwd: Lost",
      ),
    ).toContain("Your parcel is lost.");
  });
});

describe("HTML as text", () => {
  test("blocks, lists, tables and line breaks keep their lines", () => {
    expect(
      htmlToPlain("<p>One<br>two</p><ul><li>a</li><li>b</li></ul><table><tr><td>x</td><td>y</td></tr></table>"),
    ).toBe("One\ntwo\n\n- a\n- b\n\nx y");
  });
  test("what nobody sees is left out", () => {
    expect(
      htmlToPlain(
        '<head><title>t</title><style>p{}</style></head><div style="display:none">pre</div><script>x()</script><p>Seen</p>',
      ),
    ).toBe("Seen");
  });
  test("ten thousand nested blocks end in bounded time", () => {
    expect(htmlToPlain(`${"<div>".repeat(10_000)}deep`).length).toBeLessThan(10);
  });
});
