/** @jsxImportSource preact */
import { useEffect, useState } from "preact/hooks";
import type { BuyerPolicies } from "../../../contract/buyer.ts";
import { linkify } from "../../ui/linkify.ts";
import { useCentre } from "../context.ts";
import { hub } from "../hub.ts";
import { PageLink } from "./page-link.tsx";
import { useHeading } from "./use-heading.ts";

type Items = BuyerPolicies["items"];

/** The shop's terms and answers, in the reader's language. */
export function PoliciesPage() {
  const { t, locale, session } = useCentre();
  const [items, setItems] = useState<Items>();
  const [failed, setFailed] = useState(false);
  const [query, setQuery] = useState("");
  const heading = useHeading();

  const load = async () => {
    setFailed(false);
    try {
      setItems((await hub.policies(locale)).items);
    } catch {
      setFailed(true);
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once for a language.
  useEffect(() => void load(), [locale]);

  const words = query.trim().toLocaleLowerCase(locale);
  const found = items?.filter(({ question, answer }) =>
    `${question}\n${answer}`.toLocaleLowerCase(locale).includes(words),
  );
  return (
    <div class="sheet">
      <h2 ref={heading} tabIndex={-1} class="sheet-title">
        {t("policies.title")}
      </h2>
      <p class="intro">{t("policies.intro", { shop: session.shopName })}</p>
      {failed && (
        <p class="trouble" role="alert">
          {t("list.failed")}{" "}
          <button type="button" class="link" onClick={() => void load()}>
            {t("list.retry")}
          </button>
        </p>
      )}
      {items && items.length > 5 && (
        <label class="field">
          {t("policies.search")}
          <input type="search" value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
        </label>
      )}
      {!items && !failed && <div class="card skeleton-card" />}
      <div class="answers">
        {found?.map(({ id, question, answer }) => (
          <details key={id}>
            <summary dir="auto">{question}</summary>
            <p class="text" dir="auto">
              {linkify(answer).map((part, index) =>
                part.href ? (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of an answer never change.
                  <a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
                    {part.text}
                  </a>
                ) : (
                  part.text
                ),
              )}
            </p>
          </details>
        ))}
      </div>
      <p role="status">{items && found?.length === 0 ? t(words ? "policies.none" : "policies.empty") : ""}</p>
      <PageLink to={{ page: "new" }}>{t("policies.ask")}</PageLink>
    </div>
  );
}
