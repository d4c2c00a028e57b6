import type { Locale } from "../../contract/locales.ts";

interface SameWords {
  why: string;
  locales: readonly Locale[] | "all";
  words: readonly string[];
}

/** Words that are rightly the same in other languages as in English, and why. */
export const SAME_AS_ENGLISH: readonly SameWords[] = [
  {
    why: "names, abbreviations and units that the trade writes alike in every language",
    locales: "all",
    words:
      "Parley API FAQ SLA CSAT SKU CSV JSON URL ID PDF IMAP SMTP DNS TLS SPF DKIM HTTP HTML STARTTLS Cc Bcc Webhook Webhooks Ctrl Enter ⌘K ms".split(
        " ",
      ),
  },
  { why: "the demo shop's name", locales: "all", words: ["Hearth", "&", "Harbour"] },
  {
    why: "“bot” and “token” are borrowed unchanged",
    locales: ["es", "fr", "de", "it", "pt-BR", "pl", "nl", "tr", "vi", "id"],
    words: ["Bot", "Tokens", "Token"],
  },
  {
    why: "“spam” is borrowed unchanged",
    locales: ["es", "fr", "de", "it", "pt-BR", "pl", "nl", "tr", "id"],
    words: ["Spam"],
  },
  {
    why: "the language's own word happens to be spelt as in English",
    locales: ["fr"],
    words:
      "Console Contact Conversation Conversations Agent Agents Question Questions Messages Message Note Notes Source Sources Via via Type Date Documents Total Web Port".split(
        " ",
      ),
  },
  {
    why: "the language's own word, or one long at home in it, is spelt as in English",
    locales: ["de"],
    words:
      "Agent Administrator System Browser Label Labels Name Shop Team Bot Chat Status Start Version Details Code Text Export Import Server Port".split(
        " ",
      ),
  },
  {
    why: "borrowed unchanged, or spelt alike",
    locales: ["it"],
    words: "Password Team Browser Via via In Chat File Account Online Offline Link".split(" "),
  },
  {
    why: "spelt alike",
    locales: ["es", "pt-BR"],
    words: "Supervisor Total Error Chat Color Online Offline Status Link".split(" "),
  },
  {
    why: "borrowed unchanged, or spelt alike",
    locales: ["nl"],
    words:
      "Label Labels Model Browser Inbox inbox In Team Items Item Via via Chat Status Type Code Details Start Product Week Online Offline Account Contact".split(
        " ",
      ),
  },
  { why: "spelt alike", locales: ["es", "it"], words: ["No"] },
  { why: "spelt alike", locales: ["es", "pt-BR", "id"], words: ["Manual"] },
  { why: "spelt alike", locales: ["pl"], words: "Administrator System Model Status Start Link".split(" ") },
  { why: "borrowed unchanged", locales: ["tr"], words: ["Model", "Link"] },
  { why: "borrowed unchanged", locales: ["vi"], words: ["Email", "Chat"] },
  {
    why: "borrowed unchanged, or spelt alike",
    locales: ["id"],
    words: "Email Supervisor Administrator Label Model Status Total Chat Link Format".split(" "),
  },
];

/** True when nothing is left to translate: each word of the text is allowed to stay as it is in English. */
export function maySayTheSame(locale: string, text: string): boolean {
  const allowed = SAME_AS_ENGLISH.filter(
    ({ locales }) => locales === "all" || locales.includes(locale as Locale),
  ).flatMap(({ words }) => words);
  return text.split(/[\s\u00a0/·,.:()–-]+/).every((word) => word === "" || allowed.includes(word));
}
