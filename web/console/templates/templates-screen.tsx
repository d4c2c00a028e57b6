import { Button, TextInput } from "@mantine/core";
import { IconArrowLeft, IconPlus, IconSearch, IconTemplate } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { NavLink, useParams } from "react-router-dom";
import type { Template } from "../../../contract/template.ts";
import { templateName } from "../automations/words.ts";
import { Screen } from "../settings/frame.tsx";
import entries from "../shell/entries.module.css";
import { Empty, Failed, Loading } from "../shell/states.tsx";
import { useText } from "../texts.ts";
import { listTemplates, templateKeys } from "./calls.ts";
import { NewTemplate, StoredTemplate } from "./template-editor.tsx";

/** Message templates: the list, and the editor of the chosen one. */
export function TemplatesScreen() {
  const { t } = useText();
  const { templateId } = useParams();
  return (
    <Screen
      title={t("automations.template.title")}
      lead={t("automations.template.lead")}
      wide
      action={
        <Button component={NavLink} to="/automations/templates/new" leftSection={<IconPlus size={16} />}>
          {t("automations.template.add")}
        </Button>
      }
    >
      <div className={entries.columns} data-open={templateId ? true : undefined}>
        <TemplateList />
        <div className={entries.chosen}>
          {templateId && (
            <NavLink to="/automations/templates" className={entries.back}>
              <IconArrowLeft size={15} aria-hidden="true" className="parley-flip" />
              {t("automations.template.all")}
            </NavLink>
          )}
          {templateId === "new" ? (
            <NewTemplate />
          ) : templateId ? (
            <StoredTemplate key={templateId} id={templateId} />
          ) : (
            <div className={entries.placeholder}>
              <Empty icon={<IconTemplate size={28} stroke={1.5} />} title={t("automations.template.choose")} />
            </div>
          )}
        </div>
      </div>
    </Screen>
  );
}

function TemplateList() {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const { data, error, refetch } = useQuery({ queryKey: templateKeys.list, queryFn: listTemplates });
  const q = typed.trim().toLowerCase();
  const fits = (template: Template) => templateName(template, t).toLowerCase().includes(q) || template.key.includes(q);
  const shown = (data ?? []).filter(fits);
  return (
    <section className={entries.list} aria-label={t("automations.template.title")}>
      <TextInput
        type="search"
        aria-label={t("automations.template.search")}
        placeholder={t("automations.template.search")}
        leftSection={<IconSearch size={15} stroke={1.8} />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {data ? (
        shown.length > 0 ? (
          <ul>
            {shown.map((template) => (
              <li key={template.id}>
                <NavLink to={`/automations/templates/${template.id}`} className={entries.link}>
                  <bdi dir="auto">{templateName(template, t)}</bdi>
                  <small>
                    {t("settings.faq.inLanguages", { count: Object.keys(template.texts).length })}
                    {template.usedBy.length === 0 && ` · ${t("automations.template.unused")}`}
                  </small>
                </NavLink>
              </li>
            ))}
          </ul>
        ) : (
          <Empty icon={<IconTemplate size={26} stroke={1.5} />} title={t("list.nothingFound")} />
        )
      ) : error ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </section>
  );
}
