import { localized } from "../../contract/locales.ts";
import { enabledFaqs } from "./faqs.ts";
import { workspaceLocale } from "./workspace.ts";

/** More than a person reads; a knowledge base may have thousands. */
const MOST = 200;

/** The shop's published answers in a language, in the shop's order; entries without a text in any near language are left out. */
export async function publishedAnswers(
  workspaceId: string,
  locale: string,
): Promise<{ id: string; question: string; answer: string }[]> {
  const [faqs, fallback] = await Promise.all([enabledFaqs(workspaceId), workspaceLocale(workspaceId)]);
  return faqs
    .flatMap(({ _id, questions, answers }) => {
      const answer = localized(answers, locale, fallback);
      const question = localized(questions, locale, fallback)?.[0];
      return answer && question ? [{ id: _id.toHexString(), question, answer }] : [];
    })
    .slice(0, MOST);
}
