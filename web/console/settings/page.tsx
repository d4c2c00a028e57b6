import {
  IconAdjustments,
  IconBuildingStore,
  IconFileText,
  IconHelpHexagon,
  IconKey,
  IconMessageBolt,
  IconMessages,
  IconPlugConnected,
  IconRobot,
  IconUser,
  IconUsers,
  IconWebhook,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { Navigate, NavLink, Route, Routes } from "react-router-dom";
import { canOpen, SETTINGS, type SettingsScreen } from "../permissions.ts";
import { useSession } from "../session/use-session.ts";
import { NotFound } from "../shell/not-found.tsx";
import { useText } from "../texts.ts";
import { ApiKeysScreen } from "./api-keys-screen.tsx";
import { BotScreen } from "./auto-reply/bot-screen.tsx";
import { CannedResponsesScreen } from "./canned-responses-screen.tsx";
import { DocumentsScreen } from "./documents/documents-screen.tsx";
import { FaqScreen } from "./faq/faq-screen.tsx";
import { ChannelScreen } from "./inboxes/channel-screen.tsx";
import { ChannelsScreen } from "./inboxes/channels-screen.tsx";
import { IntegrationScreen } from "./integrations/integration-screen.tsx";
import { IntegrationsScreen } from "./integrations/integrations-screen.tsx";
import styles from "./page.module.css";
import { ProfileScreen } from "./profile-screen.tsx";
import { ShopScreen } from "./shop-screen.tsx";
import { TeamScreen } from "./team-screen.tsx";
import { WebhookScreen } from "./webhooks/webhook-screen.tsx";
import { WebhooksScreen } from "./webhooks/webhooks-screen.tsx";

const ICONS: Record<SettingsScreen, typeof IconUser> = {
  profile: IconUser,
  shop: IconBuildingStore,
  channels: IconMessages,
  faq: IconHelpHexagon,
  documents: IconFileText,
  "canned-responses": IconMessageBolt,
  bot: IconRobot,
  team: IconUsers,
  integrations: IconPlugConnected,
  webhooks: IconWebhook,
  "api-keys": IconKey,
};

const SCREENS: Record<SettingsScreen, ComponentType> = {
  profile: ProfileScreen,
  shop: ShopScreen,
  channels: ChannelsScreen,
  faq: FaqScreen,
  documents: DocumentsScreen,
  "canned-responses": CannedResponsesScreen,
  bot: BotScreen,
  team: TeamScreen,
  integrations: IntegrationsScreen,
  webhooks: WebhooksScreen,
  "api-keys": ApiKeysScreen,
};

/** The settings: a menu of what this person may open, and the screen chosen. */
export default function SettingsPage() {
  const { t } = useText();
  const { user } = useSession();
  const open = SETTINGS.filter((screen) => canOpen(screen, user.role));
  return (
    <div className={styles.settings}>
      <nav className={styles.menu} aria-label={t("settings.title")}>
        <p className={styles.menuTitle}>
          <IconAdjustments size={18} stroke={1.7} aria-hidden="true" />
          {t("settings.title")}
        </p>
        <ul>
          {open.map((screen) => {
            const Icon = ICONS[screen];
            return (
              <li key={screen}>
                <NavLink
                  to={`/settings/${screen}`}
                  className={styles.link}
                  ref={(link) => {
                    // On a phone the menu is one line that scrolls.
                    if (link?.ariaCurrent) link.scrollIntoView({ block: "nearest", inline: "nearest" });
                  }}
                >
                  <Icon size={17} stroke={1.7} aria-hidden="true" />
                  {t(`settings.${screen}.title`)}
                </NavLink>
              </li>
            );
          })}
        </ul>
      </nav>
      <div className={styles.main}>
        <Routes>
          <Route index element={<Navigate to={open.includes("shop") ? "shop" : "profile"} replace />} />
          {open.map((screen) => {
            const Screen = SCREENS[screen];
            return <Route key={screen} path={screen} element={<Screen />} />;
          })}
          {open.includes("channels") && <Route path="channels/:inboxId" element={<ChannelScreen />} />}
          {open.includes("faq") && <Route path="faq/:entryId" element={<FaqScreen />} />}
          {open.includes("integrations") && (
            <Route path="integrations/:integrationId" element={<IntegrationScreen />} />
          )}
          {open.includes("webhooks") && <Route path="webhooks/:webhookId" element={<WebhookScreen />} />}
          <Route path="*" element={<NotFound />} />
        </Routes>
      </div>
    </div>
  );
}
