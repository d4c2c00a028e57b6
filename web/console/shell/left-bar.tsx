import { Avatar, Menu, Tooltip, useMantineColorScheme } from "@mantine/core";
import {
  IconAddressBook,
  IconBolt,
  IconDeviceDesktop,
  IconHelp,
  IconLogout,
  IconMessages,
  IconMoon,
  IconPackage,
  IconSettings,
  IconSun,
  IconUser,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, NavLink, useLocation } from "react-router-dom";
import { automationKeys, listAutomations } from "../automations/calls.ts";
import { mayEditAutomations } from "../permissions.ts";
import { Logo } from "../session/door.tsx";
import { useLogout } from "../session/use-logout.ts";
import { useSession } from "../session/use-session.ts";
import { useText } from "../texts.ts";
import styles from "./shell.module.css";
import { useShortcutsHelp } from "./shortcuts.tsx";
import { useWaiting } from "./use-waiting.ts";

/** Where rules are, and how many of them have stopped themselves. */
function AutomationsLink() {
  const { t } = useText();
  const { data } = useQuery({ queryKey: automationKeys.list, queryFn: listAutomations, staleTime: 60_000 });
  const paused = data?.filter((rule) => rule.paused).length ?? 0;
  return (
    <Tooltip label={t("automations.title")} position="right">
      <NavLink
        to="/automations"
        className={styles.item}
        aria-label={paused > 0 ? t("automations.paused.nav", { number: paused }) : t("automations.title")}
      >
        <IconBolt size={22} stroke={1.6} aria-hidden="true" />
        {paused > 0 && (
          <span className={`${styles.badge} ${styles.late}`} aria-hidden="true">
            {paused > 9 ? "9+" : paused}
          </span>
        )}
      </NavLink>
    </Tooltip>
  );
}

export function LeftBar() {
  const { t } = useText();
  const { pathname } = useLocation();
  const { user } = useSession();
  const { toggle } = useShortcutsHelp();
  const waiting = useWaiting();
  const logOut = useLogout();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const schemes = [
    ["light", IconSun],
    ["dark", IconMoon],
    ["auto", IconDeviceDesktop],
  ] as const;
  return (
    <div className={styles.bar} data-in-thread={/^\/conversations\/./.test(pathname)}>
      <span className={styles.brand}>
        <Logo />
      </span>
      <nav aria-label={t("nav.main")}>
        <Tooltip label={t("nav.conversations")} position="right">
          <NavLink
            to="/conversations"
            className={styles.item}
            aria-label={waiting.count > 0 ? t("nav.waiting", { count: waiting.count }) : t("nav.conversations")}
          >
            <IconMessages size={22} stroke={1.6} aria-hidden="true" />
            {waiting.count > 0 && (
              <span className={styles.badge} aria-hidden="true">
                {waiting.label}
              </span>
            )}
          </NavLink>
        </Tooltip>
        <Tooltip label={t("orders.contacts.title")} position="right">
          <NavLink to="/contacts" className={styles.item} aria-label={t("orders.contacts.title")}>
            <IconAddressBook size={22} stroke={1.6} aria-hidden="true" />
          </NavLink>
        </Tooltip>
        <Tooltip label={t("orders.title")} position="right">
          <NavLink to="/orders" className={styles.item} aria-label={t("orders.title")}>
            <IconPackage size={22} stroke={1.6} aria-hidden="true" />
          </NavLink>
        </Tooltip>
        {mayEditAutomations(user.role) && <AutomationsLink />}
        <Tooltip label={t("nav.settings")} position="right">
          <NavLink to="/settings" className={styles.item} aria-label={t("nav.settings")}>
            <IconSettings size={22} stroke={1.6} aria-hidden="true" />
          </NavLink>
        </Tooltip>
      </nav>
      <span className={styles.spacer} />
      <Tooltip label={t("shortcuts.title")} position="right">
        <button
          type="button"
          className={`${styles.item} ${styles.desktop}`}
          aria-label={t("shortcuts.title")}
          onClick={toggle}
        >
          <IconHelp size={22} stroke={1.6} aria-hidden="true" />
        </button>
      </Tooltip>
      <Menu position="right-end" width={220}>
        <Menu.Target>
          <button type="button" className={styles.item} aria-label={t("shell.account", { name: user.name })}>
            <Avatar size={28} radius="xl" name={user.name} color="indigo" aria-hidden="true" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            <bdi>{user.name}</bdi> · {t(`roles.${user.role}`)}
          </Menu.Label>
          <Menu.Item component={Link} to="/settings/profile" leftSection={<IconUser size={16} stroke={1.6} />}>
            {t("settings.profile.title")}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{t("settings.profile.theme")}</Menu.Label>
          {schemes.map(([scheme, Icon]) => (
            <Menu.Item
              key={scheme}
              leftSection={<Icon size={16} stroke={1.6} />}
              aria-current={colorScheme === scheme}
              fw={colorScheme === scheme ? 650 : undefined}
              onClick={() => setColorScheme(scheme)}
            >
              {t(`themes.${scheme}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={16} stroke={1.6} />} onClick={() => void logOut()}>
            {t("shell.logout")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
