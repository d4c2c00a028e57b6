import { ActionIcon, Button, Group, Switch, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowLeft, IconHelpHexagon, IconPlus, IconSearch, IconX } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { NavLink, useParams } from "react-router-dom";
import type { Faq } from "../../../../contract/faq.ts";
import { listFaqs, listInboxes, updateFaq } from "../../api/calls.ts";
import { keys } from "../../api/keys.ts";
import entries from "../../shell/entries.module.css";
import { Pages } from "../../shell/pages.tsx";
import { Empty } from "../../shell/states.tsx";
import { usePages } from "../../shell/use-pages.ts";
import { useText } from "../../texts.ts";
import { Screen } from "../frame.tsx";
import { TryIt } from "../try-it.tsx";
import { useSave } from "../use-save.ts";
import styles from "./faq.module.css";
import { draftOf, languagesOf, titleOf } from "./faq-draft.ts";
import { FaqEditor, NewFaq } from "./faq-editor.tsx";
import { FaqImport } from "./faq-import.tsx";
import { Suggestions } from "./suggestions.tsx";

export function FaqScreen() {
  const { t } = useText();
  const { entryId } = useParams();
  const inboxes = useQuery({ queryKey: keys.inboxes, queryFn: listInboxes });
  return (
    <Screen
      title={t("settings.faq.title")}
      lead={t("settings.faq.lead")}
      wide
      action={
        <Group gap="xs">
          <FaqImport />
          <Button component={NavLink} to="/settings/faq/new" leftSection={<IconPlus size={16} />}>
            {t("settings.faq.add")}
          </Button>
        </Group>
      }
    >
      <Suggestions />
      <div className={`${entries.columns} ${styles.columns}`} data-open={entryId ? true : undefined}>
        <FaqList />
        <div className={entries.chosen}>
          {entryId && (
            <NavLink to="/settings/faq" className={entries.back}>
              <IconArrowLeft size={15} aria-hidden="true" className="parley-flip" />
              {t("settings.faq.all")}
            </NavLink>
          )}
          {entryId === "new" ? (
            <NewFaq />
          ) : entryId ? (
            <FaqEditor key={entryId} id={entryId} />
          ) : (
            <div className={entries.placeholder}>
              <Empty
                icon={<IconHelpHexagon size={28} stroke={1.5} />}
                title={t("settings.faq.choose")}
                text={t("settings.faq.chooseText")}
              />
            </div>
          )}
        </div>
        <div className={styles.tryIt}>{inboxes.data && <TryIt inboxes={inboxes.data} />}</div>
      </div>
    </Screen>
  );
}

function FaqList() {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), 250);
  const list = usePages(keys.faqList(q), (cursor, signal) => listFaqs(q, cursor, signal));
  return (
    <section className={entries.list} aria-label={t("settings.faq.entries")}>
      <TextInput
        type="search"
        aria-label={t("settings.faq.search")}
        placeholder={t("settings.faq.search")}
        leftSection={<IconSearch size={15} stroke={1.8} />}
        rightSection={
          typed && (
            <ActionIcon size={22} aria-label={t("list.clearSearch")} onClick={() => setTyped("")}>
              <IconX size={14} />
            </ActionIcon>
          )
        }
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Pages
        query={list}
        empty={
          <Empty
            icon={<IconHelpHexagon size={28} stroke={1.5} />}
            title={q ? t("list.nothingFound") : t("settings.faq.none")}
            text={q ? undefined : t("settings.faq.noneText")}
          />
        }
      >
        {(faqs) => (
          <ul>
            {faqs.map((faq) => (
              <Entry key={faq.id} faq={faq} />
            ))}
          </ul>
        )}
      </Pages>
    </section>
  );
}

function Entry({ faq }: { faq: Faq }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const title = titleOf(faq, locale) ?? t("settings.faq.untitled");
  const languages = languagesOf(draftOf(faq));
  const toggle = useSave({
    save: (enabled: boolean) => updateFaq(faq.id, { enabled }),
    onSaved: () => client.invalidateQueries({ queryKey: keys.faqs }),
    said: false,
  });
  return (
    <li className={styles.entry}>
      <NavLink to={`/settings/faq/${faq.id}`} className={entries.link} data-off={!faq.enabled || undefined}>
        <bdi dir="auto">{title}</bdi>
        <small>
          {t("settings.faq.inLanguages", { count: languages.length })}
          {!faq.enabled && ` · ${t("settings.faq.off")}`}
        </small>
      </NavLink>
      <Switch
        aria-label={t("settings.faq.use", { title })}
        checked={toggle.isPending ? toggle.variables : faq.enabled}
        onChange={(event) => toggle.mutate(event.currentTarget.checked)}
      />
    </li>
  );
}
