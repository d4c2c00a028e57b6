import type { Locale } from "../../contract/locales.ts";

/** Words of a language by which a wish shows. Alternatives are separated by `|`; accents are optional. */
export interface Lexicon {
  /** A person to talk to. In a message of a few words it is a wish by itself. */
  person: string;
  /** To talk, to be connected: beside `contact` or `person` it is a wish for a person. */
  talk: string;
  /** Someone, your staff: a wish only beside `talk`. */
  contact: string;
  /** A wish whatever stands beside it. */
  wish: string;
  /** Going to law, or to an authority. */
  legal: string;
  /** Abuse and swearing. */
  swearing: string;
  /** Strong displeasure; one alone may be said calmly. */
  displeasure: string;
  greeting: string;
  thanks: string;
  goodbye: string;
  /** Talk that no shop's FAQ is about. */
  smallTalk: string;
  /** Words that may stand beside a greeting or an order number without changing it. */
  filler: string;
}

export const LEXICON: Record<Exclude<Locale, "zh-TW">, Lexicon> = {
  en: {
    person:
      "human|human being|real person|actual person|live person|live agent|real agent|agent|representative|operator|person",
    talk: "talk|speak|chat|connect|transfer|put me through|pass me|switch me|get me|give me|let me|i want|i need|i'd like",
    contact:
      "someone|somebody|staff|colleague|advisor|customer service|customer support|support team|employee|manager|supervisor|your team",
    wish: "talk to a human|speak to a human|real human|human please|not a bot|no bots|stop the bot|a real person|someone real|live chat agent",
    legal:
      "lawyer|attorney|solicitor|sue you|sue your|suing|legal action|legal steps|take you to court|see you in court|small claims|consumer protection|trading standards|report you to|press charges",
    swearing:
      "fuck|fucking|fucked|shit|bullshit|wtf|asshole|bastards|idiots|morons|crooks|scammers|thieves|liars|screw you|piss off|damn you",
    displeasure:
      "ridiculous|outrageous|unacceptable|disgusting|disgrace|pathetic|furious|worst|horrible|terrible|useless|fed up|sick of|joke of a|shame on you|never again|rip off|ripoff|scam|fraud",
    greeting: "hello|hi|hey|hiya|good morning|good afternoon|good evening|greetings|howdy|yo",
    thanks: "thanks|thank you|thx|ty|cheers|much appreciated|appreciate it|great thanks|perfect thanks",
    goodbye: "bye|goodbye|see you|have a nice day|have a good day|take care|good night",
    smallTalk:
      "how are you|how are you doing|how's it going|are you a bot|are you a robot|are you human|are you real|who are you|what's your name|what is your name|tell me a joke|do you love me|i love you|what's up|sup",
    filler:
      "there|team|dear|sir|madam|all|again|so|much|very|you|a|lot|for|your|the|help|ok|okay|great|perfect|my|order|number|is|no|nr|it's|it|here|please|and|everyone|guys",
  },
  "zh-CN": {
    person: "人工|真人|人工客服|人工服务|人工服務|真人客服|真人服務",
    talk: "转|轉|找|接|要|联系|聯繫|聯絡",
    contact: "客服人员|客服人員|专员|專員|经理|經理|主管",
    wish: "转人工|轉人工|转接人工|人工客服|真人客服|转客服|轉客服|找客服|叫客服|轉真人|转真人|轉接專員|轉接客服|不要机器人|不要機器人|要跟人说|要跟人說|有没有人|有沒有人",
    legal:
      "律师|律師|起诉|起訴|法院|告你们|告你們|投诉到|投訴到|消费者协会|消費者協會|消保官|消协|工商局|12315|我要报警|我要報警",
    swearing: "他妈的|他媽的|妈的|媽的|操你|傻逼|混蛋|骗子|騙子|王八蛋|垃圾公司|狗屎|去死",
    displeasure:
      "太差|气死|氣死|垃圾|无语|無語|离谱|離譜|失望透顶|失望透頂|忍无可忍|忍無可忍|什么破|什麼爛|坑人|欺骗|欺騙|太过分|太過分",
    greeting: "你好|您好|在吗|在嗎|哈喽|哈囉|嗨|早上好|早安|上午好|下午好|午安|晚上好|晚安|有人吗|有人嗎|hello|hi",
    thanks: "谢谢|謝謝|感谢|感謝|非常感谢|非常感謝|多谢|多謝|谢了|謝啦|辛苦了|3q",
    goodbye: "再见|再見|拜拜|回见|掰掰",
    smallTalk:
      "你是机器人吗|你是機器人嗎|你是真人吗|你是真人嗎|你是谁|你是誰|你叫什么名字|你叫什麼名字|讲个笑话|講個笑話|说个笑话|我爱你|我愛你|你好吗|你好嗎|吃饭了吗|吃飯了嗎",
    filler:
      "啊|呀|呢|吧|的|了|你|您|亲|親|请问|請問|订单|訂單|号|號|是|我|非常|很|好|好的|嗯|哦|订单号|訂單號|單號|单号|訂單編號|编号|大家",
  },
  es: {
    person: "persona|humano|humana|agente|operador|operadora|asesor|asesora|representante|persona real",
    talk: "hablar|habla|comunicar|comunicarme|contactar|pasame|pasar|pasas|conectar|conectame|transferir|quiero|necesito|ponme|dame",
    contact: "alguien|empleado|encargado|supervisor|gerente|atencion al cliente|soporte|vuestro equipo|su equipo",
    wish: "hablar con una persona|hablar con alguien|persona real|persona de verdad|ser humano|no quiero un bot|no un bot|no un robot|atencion humana",
    legal:
      "abogado|abogada|demandar|demandarlos|demanda judicial|denunciar|denuncia|denunciare|juzgado|tribunal|acciones legales|consumo y reclamaciones|profeco|oficina del consumidor",
    swearing:
      "mierda|joder|puta|puto|cabron|cabrones|idiotas|imbeciles|ladrones|estafadores|gilipollas|pendejos|sinverguenzas|coño",
    displeasure:
      "inaceptable|ridiculo|verguenza|indignante|harto|harta|pesimo|pesima|horrible|fatal|estafa|asco|decepcionado|nunca mas|furioso|furiosa|inutiles",
    greeting: "hola|buenas|buenos dias|buenas tardes|buenas noches|saludos|que tal",
    thanks: "gracias|muchas gracias|mil gracias|te lo agradezco|muy amable|genial gracias",
    goodbye: "adios|hasta luego|chao|chau|nos vemos|buen dia|hasta pronto",
    smallTalk:
      "como estas|que tal estas|como te llamas|quien eres|eres un robot|eres un bot|eres humano|eres real|cuentame un chiste|te quiero|te amo",
    filler:
      "a|todos|señor|señora|equipo|muy|por|la|tu|su|ayuda|vale|ok|perfecto|mi|pedido|numero|es|el|de|n|y|amigo|amigos|que|tal",
  },
  fr: {
    person:
      "humain|une personne|vraie personne|conseiller|conseillere|agent|operateur|operatrice|un etre humain|personne",
    talk: "parler|discuter|joindre|passez moi|passer|mettre en relation|transferer|transferez|contacter|je veux|je voudrais|echanger",
    contact: "quelqu'un|employe|responsable|service client|support|votre equipe|un collegue|manager",
    wish: "parler a quelqu'un|parler a une personne|parler a un humain|parler a un conseiller|vraie personne|pas un robot|pas un bot|etre humain|un humain",
    legal:
      "avocat|porter plainte|tribunal|poursuites|poursuivre en justice|justice|mise en demeure|dgccrf|association de consommateurs|huissier",
    swearing: "merde|putain|connards|connard|salauds|escrocs|voleurs|idiots|imbeciles|foutez|menteurs|bordel",
    displeasure:
      "inadmissible|inacceptable|honteux|scandaleux|ras le bol|marre|furieux|furieuse|pire|horrible|nul|nulle|arnaque|lamentable|deplorable|plus jamais|degoute|decu|decue",
    greeting: "bonjour|bonsoir|salut|coucou|hello|bonjour a tous",
    thanks: "merci|merci beaucoup|merci bien|mille mercis|je vous remercie|super merci",
    goodbye: "au revoir|bonne journee|bonne soiree|a bientot|bonne nuit|ciao",
    smallTalk:
      "ca va|comment ca va|comment allez vous|comment vas tu|qui es tu|qui etes vous|tu es un robot|etes vous un robot|vous etes un robot|es tu humain|comment tu t'appelles|raconte moi une blague|je t'aime",
    filler:
      "a|tous|monsieur|madame|l'equipe|equipe|beaucoup|pour|votre|aide|ok|d'accord|parfait|ma|commande|numero|est|le|la|de|n|et|vous|super",
  },
  de: {
    person:
      "mensch|menschen|mitarbeiter|mitarbeiterin|berater|beraterin|echte person|echten menschen|kundenberater|sachbearbeiter|person",
    talk: "sprechen|reden|verbinden|verbinde|weiterleiten|ich will|ich möchte|ich mochte|kontaktieren|chatten|durchstellen|bitte einen|einen",
    contact: "jemand|jemandem|jemanden|kundenservice|kundendienst|support|chef|vorgesetzten|ihrem team|kollegen",
    wish: "mit einem menschen|mit jemandem sprechen|echter mensch|echten menschen|echte person|kein bot|keinen bot|kein roboter|mit einem mitarbeiter",
    legal:
      "anwalt|rechtsanwalt|anwältin|verklagen|klage|gericht|rechtliche schritte|anzeige erstatten|verbraucherzentrale|verbraucherschutz|strafanzeige|mahnbescheid",
    swearing:
      "scheiße|scheisse|scheiß|arschloch|arschlöcher|idioten|betrüger|betruger|verarschen|verarscht|verdammt|abzocker|lügner|fick",
    displeasure:
      "unverschämt|unverschämtheit|frechheit|lächerlich|unzumutbar|inakzeptabel|katastrophe|katastrophal|stinksauer|sauer|wütend|schlechteste|schlimmste|miserabel|saftladen|abzocke|betrug|nie wieder|schnauze voll|reicht mir",
    greeting: "hallo|hi|hey|guten tag|guten morgen|guten abend|moin|servus|grüß gott|grüezi|tag",
    thanks: "danke|vielen dank|danke schön|dankeschön|besten dank|herzlichen dank|danke sehr|merci",
    goodbye: "tschüss|tschuss|auf wiedersehen|ciao|schönen tag|schonen tag noch|bis bald|gute nacht",
    smallTalk:
      "wie geht es dir|wie geht's|wie geht es ihnen|wer bist du|wer sind sie|bist du ein bot|bist du ein roboter|sind sie ein bot|bist du ein mensch|sind sie ein mensch|wie heißt du|erzähl mir einen witz|ich liebe dich",
    filler:
      "zusammen|team|liebes|herr|frau|sehr|für|ihre|deine|die|hilfe|ok|okay|super|perfekt|meine|bestellung|bestellnummer|nummer|ist|nr|und|ihnen|noch|ein|einen",
  },
  it: {
    person: "persona|umano|operatore|operatrice|persona vera|essere umano|agente|consulente|addetto",
    talk: "parlare|parlo|comunicare|passami|passatemi|mi passa|contattare|voglio|vorrei|mettimi|collegami|chattare",
    contact: "qualcuno|responsabile|assistenza clienti|servizio clienti|vostro team|dipendente|un collega",
    wish: "parlare con una persona|parlare con qualcuno|parlare con un operatore|persona vera|persona reale|essere umano|non un bot|non un robot",
    legal:
      "avvocato|denuncia|denunciare|denuncio|tribunale|vie legali|azione legale|causa legale|querela|associazione consumatori|codacons|carabinieri",
    swearing: "merda|cazzo|stronzi|stronzo|vaffanculo|idioti|imbecilli|ladri|truffatori|bastardi|coglioni",
    displeasure:
      "inaccettabile|ridicolo|vergogna|vergognoso|scandaloso|pessimo|pessima|orribile|schifo|stufo|stufa|furioso|furiosa|truffa|mai più|deluso|delusa|indecente",
    greeting: "ciao|salve|buongiorno|buonasera|buon pomeriggio|buondì|hey",
    thanks: "grazie|grazie mille|molte grazie|ti ringrazio|la ringrazio|grazie tante",
    goodbye: "arrivederci|a presto|buona giornata|buona serata|buonanotte|ci vediamo",
    smallTalk:
      "come stai|come va|chi sei|sei un robot|sei un bot|sei umano|sei reale|come ti chiami|raccontami una barzelletta|ti amo",
    filler: "a|tutti|signore|signora|team|mille|per|il|vostro|tuo|aiuto|ok|va|bene|perfetto|mio|ordine|numero|è|e|di|n",
  },
  "pt-BR": {
    person: "pessoa|humano|humana|atendente|agente|operador|pessoa real|pessoa de verdade|ser humano|representante",
    talk: "falar|fala|conversar|quero|preciso|passa|passar|transferir|transfere|conectar|contatar|chama|chamar",
    contact: "alguém|funcionario|gerente|supervisor|suporte|atendimento|sua equipe|responsavel",
    wish: "falar com uma pessoa|falar com alguem|falar com atendente|falar com um atendente|pessoa de verdade|pessoa real|ser humano|atendimento humano|não quero robô|não quero bot",
    legal:
      "advogado|advogada|processar voces|processar vocês|vou processar|processo judicial|procon|justiça|tribunal|denunciar|reclame aqui|ação judicial|delegacia",
    swearing:
      "merda|porra|caralho|filho da puta|filhos da puta|idiotas|ladrões|ladroes|golpistas|safados|vagabundos|bosta|puta que pariu",
    displeasure:
      "inaceitável|ridiculo|absurdo|vergonha|péssimo|pessimo|péssima|horrível|cansado|cansada|palhaçada|golpe|revoltado|revoltada|nunca mais|descaso|lixo|decepcionado",
    greeting: "oi|olá|ola|bom dia|boa tarde|boa noite|opa|e aí|alô",
    thanks: "obrigado|obrigada|muito obrigado|muito obrigada|valeu|agradeço|brigado|brigada",
    goodbye: "tchau|até logo|até mais|adeus|até breve|bom descanso",
    smallTalk:
      "tudo bem|como vai|como você está|quem é você|você é um robô|você é robô|você é um bot|você é humano|qual é o seu nome|qual seu nome|conta uma piada|te amo",
    filler:
      "a|todos|senhor|senhora|equipe|muito|pela|sua|ajuda|ok|certo|perfeito|meu|pedido|número|é|o|do|n|e|gente|tudo|bem",
  },
  ru: {
    person:
      "оператор|оператора|оператору|оператором|человек|человека|человеком|сотрудник|сотрудника|сотрудником|менеджер|менеджера|менеджером|консультант|консультанта|живой человек|живым человеком",
    talk: "поговорить|говорить|соедините|соедини|переключите|переведите|позовите|хочу|нужен|дайте|связаться|свяжите|пообщаться",
    contact:
      "кем-нибудь|кем-то|поддержкой|службой поддержки|руководителем|начальником|вашей командой|специалистом|специалиста",
    wish: "живой человек|живым человеком|живого человека|позовите оператора|соедините с оператором|не бот|не с ботом|не робот|настоящий человек",
    legal:
      "адвокат|адвоката|юрист|юриста|в суд|подам в суд|судиться|роспотребнадзор|прокуратура|прокуратуру|заявление в полицию|досудебная|защита прав потребителей|защиту прав потребителей",
    swearing:
      "блядь|блять|сука|суки|хуй|хуйня|пиздец|дебилы|идиоты|мошенники|воры|жулики|кидалы|уроды|говно|мудаки|ебаный",
    displeasure:
      "безобразие|возмутительно|неприемлемо|ужас|ужасно|ужасный|кошмар|отвратительно|отвратительный|надоело|достали|обман|развод|позор|издевательство|хуже некуда|никогда больше|в ярости",
    greeting:
      "привет|здравствуйте|здравствуй|добрый день|доброе утро|добрый вечер|доброго времени суток|хай|приветствую|салют",
    thanks: "спасибо|большое спасибо|спасибо большое|благодарю|спс|огромное спасибо|премного благодарен",
    goodbye: "до свидания|пока|всего доброго|хорошего дня|до встречи|спокойной ночи|всего хорошего",
    smallTalk:
      "как дела|как ты|как поживаете|ты бот|вы бот|ты робот|вы робот|ты человек|вы человек|кто ты|кто вы|как тебя зовут|как вас зовут|расскажи анекдот|я тебя люблю",
    filler: "всем|вам|большое|за|вашу|помощь|ок|хорошо|отлично|мой|заказ|заказа|номер|это|и|вот|очень",
  },
  ja: {
    person: "オペレーター|担当者|人間|有人|人に|スタッフ|係の人|係員",
    talk: "話したい|話し|つない|繋い|代わ|お願い|出して|呼んで|変わって|相談したい",
    contact: "誰か|責任者|上司|カスタマーサービス|サポート",
    wish: "人と話|オペレーターに|担当者に代|担当者につな|担当者と話|人間と話|人間につな|有人対応|有人チャット|ボットじゃな|ロボットじゃな|aiじゃな",
    legal: "弁護士|訴えます|訴える|訴訟|裁判|法的措置|消費者センター|消費生活センター|警察に|被害届",
    swearing: "ふざけるな|ふざけんな|クソ|馬鹿|死ね|詐欺師|泥棒|アホ",
    displeasure:
      "ひどい|酷い|最悪|ありえない|あり得ない|許せない|いい加減に|腹が立|怒って|詐欺|二度と|不愉快|信じられない|呆れ",
    greeting: "こんにちは|こんばんは|おはよう|おはようございます|はじめまして|もしもし|どうも|やあ|すみません",
    thanks:
      "ありがとう|ありがとうございます|ありがとうございました|どうもありがとう|感謝します|助かりました|サンキュー",
    goodbye: "さようなら|さよなら|失礼します|またね|では|おやすみ|おやすみなさい",
    smallTalk:
      "元気ですか|お元気ですか|あなたはロボットですか|あなたは人間ですか|ロボットですか|aiですか|あなたは誰|名前は何|お名前は|冗談を言って|愛してる",
    filler: "です|ます|ございます|ました|ご|の|は|番号|注文|注文番号|皆様|皆さん|どうも|本当に|大変|助かり|ね|よ|。",
  },
  ko: {
    person: "상담원|상담사|사람|직원|담당자|상담원이랑|상담원과|사람이랑|사람과|직원과|상담원 연결",
    talk: "연결|통화|얘기|이야기|대화|바꿔|불러|원해|싶어|말하고|해 주세요|해줘",
    contact: "누군가|매니저|책임자|고객센터|관리자",
    wish: "상담원 연결|상담원이랑|상담원과|사람이랑|사람과 얘기|사람과 이야기|직원 연결|진짜 사람|봇 말고|로봇 말고|상담사 연결",
    legal: "변호사|고소|소송|법적|소비자보호원|소비자원|신고하겠|경찰에|법원|고발",
    swearing: "씨발|시발|ㅅㅂ|개새끼|병신|미친|사기꾼|도둑놈|지랄|꺼져|젠장|존나",
    displeasure: "짜증|최악|어이없|황당|화가 나|화나|너무하|말도 안|실망|열받|불쾌|환장|다시는",
    greeting: "안녕하세요|안녕|안녕하십니까|하이|여보세요|반갑습니다|계세요",
    thanks: "감사합니다|감사해요|고맙습니다|고마워요|고마워|땡큐|정말 감사합니다|감사드립니다",
    goodbye: "안녕히 계세요|잘 있어요|수고하세요|다음에 봐요|잘 자요|바이",
    smallTalk:
      "잘 지내|어떻게 지내|로봇이에요|로봇인가요|봇이에요|봇인가요|사람이에요|사람인가요|누구세요|이름이 뭐|농담 해|농담해|사랑해",
    filler: "네|정말|너무|도와주셔서|주문|주문번호|번호|입니다|이에요|예요|여러분|좋아요|많이|제|요",
  },
  ar: {
    person: "موظف|موظفه|شخص|انسان|بشري|مندوب|شخص حقيقي|وكيل|ممثل|موظف خدمه العملاء",
    talk: "اتكلم|التحدث|اتحدث|التكلم|كلم|اكلم|حولني|حولوني|اريد|ابغي|ابي|عاوز|عايز|بدي|وصلني|تواصل|التواصل",
    contact: "احد|حد|خدمه العملاء|الدعم|مدير|مسؤول|المدير|فريقكم",
    wish: "شخص حقيقي|موظف حقيقي|انسان حقيقي|اريد التحدث مع|اريد موظف|ابغي موظف|كلم موظف|ليس روبوت|مو روبوت|مش روبوت|لا اريد روبوت|حولني لموظف|حولني الي موظف",
    legal:
      "محامي|محام|المحكمه|محكمه|مقاضاه|سارفع قضيه|ارفع قضيه|قضيه ضدكم|اجراءات قانونيه|حمايه المستهلك|الشرطه|بلاغ ضدكم",
    swearing: "نصابين|حراميه|لصوص|كذابين|اغبياء|تبا لكم|قذرين|محتالين",
    displeasure:
      "غير مقبول|سيء جدا|اسوا|اسوء|فضيحه|مهزله|عيب عليكم|زهقت|مللت|غاضب|غاضبه|احتيال|مستفز|خدمه سيئه|لن اتعامل|حسبي الله",
    greeting: "مرحبا|اهلا|السلام عليكم|صباح الخير|مساء الخير|هلا|هاي|سلام|اهلا وسهلا|السلام عليكم ورحمه الله وبركاته",
    thanks: "شكرا|شكرا جزيلا|مشكور|مشكورين|شكرا لك|شكرا لكم|يعطيك العافيه|تسلم|جزاك الله خيرا|الف شكر",
    goodbye: "مع السلامه|الي اللقاء|وداعا|باي|في امان الله|تصبح علي خير",
    smallTalk: "كيف حالك|كيفك|شلونك|ازيك|هل انت روبوت|انت روبوت|هل انت انسان|من انت|ما اسمك|شو اسمك|احك لي نكته|احبك",
    filler: "بكم|لك|لكم|علي|المساعده|جدا|رقم|طلبي|الطلب|هو|هذا|جميعا|و|تمام|حسنا|كثيرا",
  },
  pl: {
    person:
      "człowiek|człowiekiem|człowieka|konsultant|konsultantem|konsultanta|konsultantka|pracownik|pracownikiem|pracownika|osoba|żywy człowiek|agent|agentem",
    talk: "rozmawiać|porozmawiać|połączyć|połączenie|proszę|chcę|przełącz|przełączyć|pogadać|skontaktować|połącz|poproszę",
    contact: "kimś|kogoś|obsługą|obsługa klienta|kierownikiem|kierownika|waszym zespołem|biurem obsługi",
    wish: "z człowiekiem|z konsultantem|żywym człowiekiem|prawdziwym człowiekiem|prawdziwą osobą|z żywą osobą|nie z botem|nie chcę bota|nie bot",
    legal:
      "prawnik|prawnika|adwokat|adwokata|pozew|pozwę|do sądu|w sądzie|kroki prawne|uokik|rzecznik praw konsumenta|rzecznika praw konsumenta|rzecznika konsumentów|na policję|prokuratura",
    swearing: "kurwa|gówno|chuj|pierdolę|pierdolcie|debile|idioci|złodzieje|oszuści|dupa|cholera jasna|kretyni|do dupy",
    displeasure:
      "skandal|skandaliczne|żenada|żenujące|niedopuszczalne|najgorszy|najgorsza|okropne|fatalnie|fatalna|tragedia|oszustwo|wściekły|wściekła|mam dość|nigdy więcej|kpina|kpiny|beznadziejna",
    greeting: "cześć|czesc|dzień dobry|dobry wieczór|hej|witam|witajcie|siema|halo",
    thanks: "dziękuję|dzięki|dziękuję bardzo|bardzo dziękuję|wielkie dzięki|dzięki wielkie|thx|dziękujemy",
    goodbye: "do widzenia|pa|na razie|miłego dnia|do zobaczenia|dobranoc|żegnam",
    smallTalk:
      "jak się masz|co słychać|jesteś botem|jesteś robotem|czy jesteś botem|czy jesteś człowiekiem|kim jesteś|jak masz na imię|jak się nazywasz|opowiedz dowcip|kocham cię",
    filler: "wszystkim|państwu|za|pomoc|bardzo|ok|okej|super|moje|mój|zamówienie|zamówienia|numer|nr|to|i|panu|pani",
  },
  nl: {
    person: "mens|medewerker|persoon|echt persoon|echt mens|echte medewerker|agent|adviseur",
    talk: "praten|spreken|doorverbinden|verbind|verbinden|ik wil|graag|chatten|contact|mag ik|kan ik",
    contact: "iemand|klantenservice|manager|leidinggevende|jullie team|collega|support",
    wish: "echt mens|echte mens|echt persoon|met een mens|met iemand praten|iemand spreken|medewerker spreken|met een medewerker|geen bot|geen robot",
    legal:
      "advocaat|rechtszaak|rechtbank|aanklagen|juridische stappen|deurwaarder|consumentenbond|aangifte|ingebrekestelling",
    swearing:
      "klootzakken|klootzak|kut|godverdomme|verdomme|idioten|oplichters|dieven|sukkels|kanker|tering|rot op|leugenaars",
    displeasure:
      "belachelijk|schandalig|schande|onacceptabel|slechtste|waardeloos|woedend|boos|verschrikkelijk|zat|oplichting|nooit meer|bizar slecht|drama",
    greeting: "hallo|hoi|hey|goedemorgen|goedemiddag|goedenavond|goedendag|dag|hi",
    thanks:
      "dank|dank je|dank u|dankjewel|dankuwel|bedankt|hartelijk dank|dank je wel|dank u wel|top bedankt|heel erg bedankt",
    goodbye: "doei|tot ziens|fijne dag|dag hoor|tot later|goedenacht|welterusten",
    smallTalk:
      "hoe gaat het|hoe gaat het met je|ben je een bot|ben je een robot|ben jij een robot|bent u een robot|ben je een mens|wie ben je|hoe heet je|vertel een mop|ik hou van je",
    filler:
      "allemaal|team|voor|de|je|uw|hulp|ok|oke|prima|top|super|mijn|bestelling|bestelnummer|nummer|is|het|en|heel|erg|wel|u|jullie",
  },
  tr: {
    person:
      "temsilci|temsilciye|temsilcisi|temsilcisine|insan|insanla|insana|yetkili|yetkiliye|yetkiliyle|canlı destek|operatör|müşteri temsilcisi",
    talk: "konuşmak|konuşabilir|görüşmek|görüşebilir|bağla|bağlayın|bağlan|bağlanmak|aktar|aktarın|istiyorum|lütfen|ulaşmak",
    contact: "biriyle|birine|birisiyle|müdür|yönetici|müşteri hizmetleri|müşteri hizmetlerine|ekibinizle|çalışan",
    wish: "gerçek bir insan|gerçek insan|gerçek biriyle|insanla konuşmak|biriyle konuşmak|bir insanla|müşteri temsilcisine|temsilciye bağla|yetkiliyle görüş|bot değil|robot değil|canlı destek",
    legal:
      "avukat|avukatım|dava açacağım|dava|mahkeme|mahkemeye|yasal işlem|hukuki|tüketici hakları|tüketici hakem heyeti|savcılık|polise",
    swearing:
      "siktir|amk|aq|orospu|piç|şerefsiz|şerefsizler|dolandırıcı|dolandırıcılar|hırsız|hırsızlar|gerizekalı|aptal|salak|yalancılar|lanet",
    displeasure:
      "rezalet|kabul edilemez|saçmalık|berbat|iğrenç|utanmıyor|bıktım|yeter artık|sinirliyim|dolandırıcılık|en kötü|pişmanım|skandal|bir daha asla|mağdur|rezil",
    greeting: "merhaba|merhabalar|selam|selamlar|günaydın|iyi günler|iyi akşamlar|selamun aleyküm|sa|kolay gelsin",
    thanks:
      "teşekkürler|teşekkür ederim|çok teşekkürler|çok teşekkür ederim|sağol|sağ olun|sağolun|eyvallah|tşk|teşekkür",
    goodbye: "hoşça kal|hoşçakalın|görüşürüz|güle güle|iyi geceler|kendine iyi bak",
    smallTalk:
      "nasılsın|nasılsınız|naber|robot musun|bot musun|robot musunuz|insan mısın|insan mısınız|sen kimsin|kimsiniz|adın ne|adınız ne|fıkra anlat|seni seviyorum",
    filler:
      "herkese|yardımınız|yardımın|için|çok|tamam|ok|peki|benim|sipariş|siparişim|numaram|numarası|no|ve|size|ederim",
  },
  th: {
    person: "เจ้าหน้าที่|แอดมิน|พนักงาน|คนจริง|คนจริงๆ|มนุษย์",
    talk: "คุย|ติดต่อ|ขอสาย|โอน|พูด|ต้องการ|ขอ|อยาก|เรียก",
    contact: "ใครสักคน|ผู้จัดการ|หัวหน้า|ฝ่ายบริการลูกค้า|ทีมงาน",
    wish: "คุยกับคน|คุยกับเจ้าหน้าที่|คุยกับแอดมิน|คุยกับพนักงาน|ขอสายเจ้าหน้าที่|ติดต่อเจ้าหน้าที่|ขอคุยกับ|คนจริง|ไม่เอาบอท|ไม่ใช่บอท|ไม่คุยกับบอท",
    legal: "ทนาย|ฟ้อง|แจ้งความ|ขึ้นศาล|ดำเนินการตามกฎหมาย|ดำเนินคดี|สคบ|ร้องเรียนสคบ",
    swearing: "เหี้ย|สัส|ระยำ|ขี้โกง|มิจฉาชีพ|อีดอก|เฮงซวย",
    displeasure: "แย่มาก|โมโห|โกรธ|ห่วย|ห่วยแตก|รับไม่ได้|หลอกลวง|ผิดหวังมาก|เบื่อมาก|ทุเรศ|ไม่ไหวแล้ว|เลวร้าย|โกง",
    greeting: "สวัสดี|สวัสดีค่ะ|สวัสดีครับ|หวัดดี|ดีครับ|ดีค่ะ|ฮัลโหล|อรุณสวัสดิ์",
    thanks: "ขอบคุณ|ขอบคุณค่ะ|ขอบคุณครับ|ขอบคุณมาก|ขอบคุณมากค่ะ|ขอบคุณมากครับ|ขอบใจ|แต๊งกิ้ว",
    goodbye: "ลาก่อน|บ๊ายบาย|แล้วเจอกัน|ราตรีสวัสดิ์|ไปแล้วนะ",
    smallTalk:
      "สบายดีไหม|เป็นไงบ้าง|เป็นยังไงบ้าง|คุณเป็นบอทหรือ|เป็นบอทไหม|เป็นบอทหรือเปล่า|เป็นคนหรือบอท|คุณเป็นใคร|คุณชื่ออะไร|เล่าเรื่องตลก|รักนะ",
    filler: "ค่ะ|ครับ|คะ|นะ|นะคะ|นะครับ|จ้า|มาก|ๆ|ทุกคน|หมายเลข|คำสั่งซื้อ|เลข|ออเดอร์|เลขที่|คือ|โอเค",
  },
  vi: {
    person: "nhân viên|người thật|tư vấn viên|con người|tổng đài viên|nhân viên tư vấn|admin|người",
    talk: "nói chuyện|gặp|kết nối|chuyển|liên hệ|cho tôi|cho mình|muốn|trao đổi|chat với",
    contact: "ai đó|quản lý|chăm sóc khách hàng|bộ phận hỗ trợ|giám đốc|người phụ trách",
    wish: "gặp nhân viên|gặp người|nói chuyện với người|người thật|nói chuyện với nhân viên|không phải bot|không nói với bot|không muốn bot|chuyển cho nhân viên|gặp tư vấn",
    legal:
      "luật sư|khởi kiện|kiện ra tòa|đi kiện|sẽ kiện|tòa án|toà án|pháp lý|bảo vệ người tiêu dùng|công an|tố cáo|trình báo",
    swearing: "đm|đmm|vcl|vl|địt|mẹ mày|ngu|lừa đảo|đồ khốn|khốn nạn|óc chó|bọn lừa|trộm cắp",
    displeasure:
      "quá tệ|tệ hại|bực|bực mình|tức|tức giận|không chấp nhận được|thất vọng|vô trách nhiệm|chán|không bao giờ|kinh khủng|làm ăn kiểu gì|vớ vẩn",
    greeting: "xin chào|chào|chào bạn|chào shop|alo|hello|hi|chào buổi sáng|chào anh|chào chị|chào em|shop ơi",
    thanks: "cảm ơn|cám ơn|cảm ơn nhiều|cảm ơn bạn|cảm ơn shop|thank|thanks|tks|cảm ơn rất nhiều",
    goodbye: "tạm biệt|hẹn gặp lại|bye|chúc ngủ ngon|chào tạm biệt",
    smallTalk:
      "bạn khỏe không|bạn có khỏe không|bạn là bot à|bạn là robot à|bạn là người hay bot|bạn là ai|bạn tên gì|tên bạn là gì|kể chuyện cười|tôi yêu bạn|yêu bạn",
    filler: "ạ|nhé|nha|ơi|shop|bạn|anh|chị|em|mọi người|nhiều|rất|vì|đã|giúp|đỡ|ok|đơn|hàng|mã|số|của|tôi|là|mình",
  },
  id: {
    person: "petugas|orang|manusia|admin|agen|cs|operator|orang asli|staf|staff",
    talk: "bicara|ngobrol|hubungkan|sambungkan|mau|ingin|tolong|alihkan|hubungi|chat dengan|panggil",
    contact: "seseorang|manajer|atasan|layanan pelanggan|customer service|tim anda|supervisor",
    wish: "bicara dengan orang|bicara dengan petugas|bicara dengan manusia|orang asli|bukan bot|bukan robot|jangan bot|tidak mau bot|gak mau bot|sambungkan ke admin|ngobrol sama orang|bicara sama orang",
    legal:
      "pengacara|tuntut|menuntut|gugat|pengadilan|jalur hukum|proses hukum|ylki|lapor polisi|laporkan ke polisi|somasi|bpkn",
    swearing: "bangsat|goblok|tolol|penipu|maling|brengsek|bajingan|kampret|sialan",
    displeasure:
      "keterlaluan|parah|kecewa|marah|kesal|buruk sekali|tidak bisa diterima|mengecewakan|penipuan|kapok|muak|memalukan|terburuk|payah|gak becus",
    greeting:
      "halo|hai|hi|selamat pagi|selamat siang|selamat sore|selamat malam|assalamualaikum|permisi|pagi|siang|sore|malam",
    thanks: "terima kasih|makasih|terima kasih banyak|makasih banyak|thanks|trims|terimakasih|tengkyu|mksh",
    goodbye: "sampai jumpa|dadah|bye|selamat tinggal|sampai nanti|selamat tidur",
    smallTalk:
      "apa kabar|kamu robot|kamu bot|apakah kamu robot|apakah kamu manusia|kamu manusia|kamu siapa|siapa kamu|siapa namamu|nama kamu siapa|ceritakan lelucon|aku cinta kamu|sayang kamu",
    filler:
      "kak|min|gan|sis|semua|banyak|ya|atas|bantuannya|ok|oke|baik|nomor|pesanan|saya|no|adalah|dan|bapak|ibu|kakak|admin",
  },
};
