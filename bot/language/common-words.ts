/**
 * Frequent short words of languages in Latin script, in the form people type on phones: lower case, accents optional
 * (they are compared without). Statistical detectors are weakest on two or three words, where these decide.
 */
export const COMMON_WORDS: Record<string, string> = {
  en: `the a an i you he she it we they me my your his her its our is am are was were be been have has had do does did
    not no yes and or but if so to of in on at for with from by about what where when why how who which this that these
    there here can could will would should may please thanks thank hi hello hey just get got want need know like any
    some all more im dont cant didnt doesnt isnt ive id whats wheres order still when's ok okay sorry help out up down
    back after before day days again never u pls plz thx ur been as than then too very now new one two goodbye`,
  es: `el la los las un una unos unas y o pero que qué de del al a en con por para sin sobre es son está están estoy
    fue ser estar he ha han hay tengo tiene tienen quiero quiere puedo puede pueden me te se nos le les lo mi mis tu tus
    su sus yo tú usted ustedes no sí si como cómo cuando cuándo donde dónde cuánto cual cuál quién porque muy más ya
    también hola gracias buenas buenos días tardes noches favor pedido hacer ayuda este esta esto ese esa eso aún todavía
    nada algo todo bien mal pues vale dias llega llegado hasta desde señor amigo gustaría necesito cuanto cuéntame dime quién ayer llegó compré muchas buen mañana artículo`,
  fr: `le la les un une des du de d l et ou mais que qui quoi dont où est sont suis es êtes sommes était c'est j'ai ai
    as a avez avons ont je tu il elle nous vous ils elles me te se mon ma mes ton ta tes son sa ses notre votre vos nos
    leur ce cet cette ces ne pas plus non oui si dans en sur sous avec sans pour par chez à au aux comment quand pourquoi
    combien quel quelle bonjour bonsoir salut merci svp s'il vous plaît plait commande colis peux peut pouvez veux voudrais
    faire été très bien aussi encore toujours jamais rien tout tous toute depuis jour jours n'ai j c y ça ca d'accord qu'est
    est-ce reçu beaucoup voilà puis hier demain acheté reçois`,
  de: `der die das den dem des ein eine einen einem einer eines und oder aber dass daß ist sind bin bist war waren sein
    habe hat haben hatte ich du er sie es wir ihr mich mir dich dir uns euch ihm ihn mein meine meinen meinem meiner dein
    deine ihre ihrer unser nicht kein keine nein ja zu zum zur in im an am auf für mit von vom bei nach aus über unter vor
    wie wo wann warum was wer welche welcher kann können könnt könnte will möchte muss soll wird werden wurde noch schon
    nur auch sehr mehr hallo danke bitte guten tag morgen abend bestellung paket hilfe immer jetzt hier da doch mal gibt
    ob wenn als bis seit gut geht tage heute vielen schönen grüße liebe herzlichen zurück mehr würde hätte vielleicht`,
  it: `il lo la i gli le un uno una di del della dei delle dello degli da dal dalla a al alla ai in nel nella con su sul
    per tra fra e ed o ma che chi cosa come quando dove perché perche quanto quale è sono sei siamo siete era ho hai ha
    abbiamo avete hanno io tu lui lei noi voi loro mi ti si ci vi mio mia miei tuo tua suo sua nostro vostro non no sì si
    più piu molto anche ancora già gia mai sempre ciao salve grazie buongiorno buonasera prego favore ordine pacco posso
    può puo potete vorrei voglio fare fatto essere questo questa quello quella tutto niente bene arrivato c'è dov'è ce
    giorni aiuto stato qualcuno sapere`,
  pt: `o a os as um uma uns umas de do da dos das em no na nos nas ao à aos por pelo pela para pra com sem sobre e ou mas
    que quem qual quais como quando onde quanto porque porquê é são sou está estão estou foi era ser estar tenho tem têm
    tinha há eu tu você vc vocês ele ela nós eles me te se lhe meu minha meus minhas seu sua seus suas nosso não nao sim já
    ja mais muito também ainda nunca sempre olá ola oi obrigado obrigada bom boa dia tarde noite favor pedido quero queria
    posso pode podem fazer feito isso isto esse essa este esta nada tudo bem chegou até dias ajuda gostaria preciso cadê
    alguém tô ta aqui agora`,
  nl: `de het een en of maar dat die dit deze is zijn ben bent was waren heb hebt heeft hebben had ik jij je hij zij ze
    wij we jullie u me mij mijn jouw uw hem haar ons onze hun niet geen nee ja te ten ter in op aan bij van voor met naar
    uit over onder door om tot hoe waar wanneer waarom wat wie welke kan kunnen kunt kun wil willen moet zal zou worden
    wordt werd nog al ook heel erg meer hallo hoi dank bedankt dankjewel alsjeblieft graag goedemorgen goedendag
    bestelling pakket hulp hier daar er toch maar even dan als sinds goed dag dagen vandaag ontvangen terug krijg hartelijk graag eens mijne zeker gekregen besteld`,
  pl: `i a w z na do nie tak to jest są sa być byc był była jestem się sie że ze co kto jak kiedy gdzie dlaczego ile czy
    który która które ten ta te tego tej mój moj moja moje moją twój pan pani ja ty on ona my wy oni mnie mi mną cię ci go
    jej ich dla od o po za przy przez bez ale albo lub też tez już juz jeszcze bardzo tylko mam masz ma mamy mogę moge
    może można chcę chce chciałbym chciałabym proszę prosze dziękuję dziekuje dzięki dzień dobry cześć czesc witam
    zamówienie zamowienie paczka paczki zwrot pomoc dni dnia kiedy nic wszystko dobrze nadal przesyłka jestescie`,
  tr: `ve bir bu şu o ben sen biz siz onlar beni bana benim senin bizim sizin sizi size mi mı mu mü misiniz de da ki ne
    nasıl nasil nerede nerde neden niye niçin kim kaç kac hangi ne zaman var yok değil degil evet hayır hayir için icin
    ile gibi kadar daha çok cok en ama veya ya hala hâlâ henüz şimdi simdi merhaba selam teşekkürler tesekkurler teşekkür
    sağol sağolun lütfen lutfen günaydın iyi günler akşamlar sipariş siparis siparişim siparisim kargo kargom ürün iade
    istiyorum istiyor olur oldu olacak ediyorum geldi gelmedi gelir edebilir miyim yapabilirim yardım gün hiç bana lazım
    acaba nedir bunu her sonra önce`,
  vi: `là và của có không cho với được này đó các những một tôi bạn mình em anh chị ơi ạ à nhé nhỉ thì mà nhưng hay hoặc
    nếu vì để ở từ đến trong ngoài trên dưới khi nào đâu sao gì ai bao nhiêu lâu thế nào như rồi chưa đã đang sẽ vẫn còn
    cũng rất quá lắm nữa muốn cần phải làm ơn cảm xin chào vui lòng giúp đơn hàng giao nhận trả đổi tiền shop mua bị ko k
    dc được đc hôm nay ngày mai tại hỏi biết thấy xem lại ra vào lên toi ban minh khong cua duoc hang don chua nay`,
  id: `yang dan di ke dari ini itu untuk dengan pada adalah ada tidak tak tdk nggak gak ga enggak bukan saya aku kamu anda
    dia kami kita mereka saja aja juga sudah udah belum akan bisa dapat mau ingin harus boleh apa apakah siapa kapan
    dimana mana kenapa mengapa bagaimana gimana berapa kalau jika karena tapi tetapi atau lagi masih sangat sekali banget
    halo hai terima kasih makasih tolong mohon selamat pagi siang malam pesanan barang paket kirim sampai kak min sis gan
    dong ya yg dgn sy krn utk blm sdh gmn nya lebih hari bantu kok sih pesan saat oleh kalian saudara awak boleh tak
    macam mana nak lah`,
  sw: `na ya wa kwa ni la za katika hii hiyo hilo si mimi wewe yeye sisi ninyi wao yangu yako yake yetu nini nani wapi
    lini vipi gani kwamba lakini au kama bado sana tu pia hapa habari asante tafadhali ndiyo hapana nataka naweza nina
    una ana tuna wana kuwa kwenye hakuna kuna mbona kila leo kesho jana`,
  ro: `și si în in la de pe cu din pentru nu da este e sunt am ai are avem aveți eu tu el ea noi voi ei meu mea mei unde
    când cand cum ce cine cât cat care vreau pot poate dar sau mai foarte bună buna salut mulțumesc multumesc rog comanda
    acest această să sa fi fost o un una lui`,
  cs: `a v na je to se že co kdo jak kdy kde proč kolik který ten ta jsem jsi jsou byl mám máte má mi mě já ty on vy ne ano
    pro od do po za při ale nebo už ještě velmi dobrý den ahoj děkuji prosím objednávka balík můžete chci nějaký vám`,
  sv: `och att det i på är en ett jag du han hon vi ni de inte som för med av till från har hade kan ska vill var när hur
    vad varför vem min mitt mina din ditt men eller om så hej tack snälla beställning paket mig mycket också`,
  da: `og at det i på er en et jeg du han hun vi de ikke som for med af til fra har havde kan skal vil hvor hvornår hvordan
    hvad hvorfor hvem min mit mine din dit men eller om så hej tak venligst ordre pakke mig meget også`,
  no: `og at det i på er en et jeg du han hun vi de ikke som for med av til fra har hadde kan skal vil hvor når hvordan
    hva hvorfor hvem min mitt mine din ditt men eller om så hei takk bestilling pakke meg mye også`,
  fi: `ja on ei se en että minä sinä hän me te he missä milloin miten mikä kuka miksi mutta tai myös kun jos niin hei
    kiitos tilaus paketti olen oli ole voi haluan minun vielä kuin tämä`,
  hu: `a az és hogy nem is van egy ez azt meg de csak már még én te ő mi ti ők hol mikor hogyan mit ki miért köszönöm
    szia kérem rendelés csomag vagyok volt lesz kell lehet nekem igen`,
  ca: `el la els les un una i o però que de del al a en amb per és són no sí com quan on quant perquè molt més ja també hola
    gràcies bon dia comanda meva meu puc pot vull aquest aquesta això ho hi`,
  hr: `i u je na se da ne to što sto tko kako kada gdje zašto koliko koji sam si su smo ste bio mi ja ti on vi za od do po
    sa ali ili već još hvala molim dobar dan bok narudžba paket mogu može imam želim moj moja`,
};
