import { IconAdjustmentsHorizontal, IconBolt, IconCoins, IconMailForward, IconTemplate } from "@tabler/icons-react";
import { Navigate, NavLink, Route, Routes } from "react-router-dom";
import { mayEditAutomations } from "../permissions.ts";
import { useSession } from "../session/use-session.ts";
import settings from "../settings/page.module.css";
import { NotFound } from "../shell/not-found.tsx";
import { TemplatesScreen } from "../templates/templates-screen.tsx";
import { useText } from "../texts.ts";
import { CreditsScreen } from "./credits-screen.tsx";
import { EditorScreen } from "./editor-screen.tsx";
import { ListScreen } from "./list-screen.tsx";
import { LogScreen } from "./log-screen.tsx";
import { SettingsScreen } from "./settings-screen.tsx";

const SCREENS = {
  rules: IconBolt,
  templates: IconTemplate,
  log: IconMailForward,
  credits: IconCoins,
  settings: IconAdjustmentsHorizontal,
} as const;

/** Automations: rules, the templates they send, what came of it, and what holds for all of them. */
export default function AutomationsPage() {
  const { t } = useText();
  const { user } = useSession();
  if (!mayEditAutomations(user.role)) return <NotFound />;
  return (
    <div className={settings.settings}>
      <nav className={settings.menu} aria-label={t("automations.title")}>
        <p className={settings.menuTitle}>
          <IconBolt size={18} stroke={1.7} aria-hidden="true" />
          {t("automations.title")}
        </p>
        <ul>
          {(Object.keys(SCREENS) as (keyof typeof SCREENS)[]).map((screen) => {
            const Icon = SCREENS[screen];
            return (
              <li key={screen}>
                <NavLink to={`/automations/${screen}`} className={settings.link}>
                  <Icon size={17} stroke={1.7} aria-hidden="true" />
                  {t(`automations.menu.${screen}`)}
                </NavLink>
              </li>
            );
          })}
        </ul>
      </nav>
      <div className={settings.main}>
        <Routes>
          <Route index element={<Navigate to="rules" replace />} />
          <Route path="rules" element={<ListScreen />} />
          <Route path="rules/:ruleId" element={<EditorScreen />} />
          <Route path="templates" element={<TemplatesScreen />} />
          <Route path="templates/:templateId" element={<TemplatesScreen />} />
          <Route path="log" element={<LogScreen />} />
          <Route path="credits" element={<CreditsScreen />} />
          <Route path="settings" element={<SettingsScreen />} />
          <Route path="*" element={<NotFound />} />
        </Routes>
      </div>
    </div>
  );
}
