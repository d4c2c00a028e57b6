import { Group } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router-dom";
import { Tag } from "../../../ui/tag.tsx";
import { listInboxes } from "../../api/calls.ts";
import { keys } from "../../api/keys.ts";
import { ChannelIcon } from "../../conversations/channel-icon.tsx";
import { Failed, Loading } from "../../shell/states.tsx";
import { useText } from "../../texts.ts";
import { Card, Screen } from "../frame.tsx";
import styles from "../page.module.css";
import { AddPlatform } from "./add-platform.tsx";
import own from "./inboxes.module.css";
import { AddMailbox } from "./mailbox/add-mailbox.tsx";

export function ChannelsScreen() {
  const { t } = useText();
  const inboxes = useQuery({ queryKey: keys.inboxes, queryFn: listInboxes });
  return (
    <Screen
      title={t("settings.channels.title")}
      lead={t("settings.channels.lead")}
      action={
        <Group gap="xs">
          <AddPlatform />
          <AddMailbox />
        </Group>
      }
    >
      {inboxes.data ? (
        <Card>
          <ul className={styles.rows}>
            {inboxes.data.map((inbox) => (
              <li key={inbox.id}>
                <Link to={`/settings/channels/${inbox.id}`} className={`${styles.rowItem} ${own.inbox}`}>
                  <span className={own.swatch} style={{ background: inbox.accent }} aria-hidden="true" />
                  <ChannelIcon channel={inbox.channel} size={20} decorative />
                  <span className={styles.rowText}>
                    <strong>
                      <bdi>{inbox.name}</bdi>
                    </strong>
                    <small>
                      {t(`channels.${inbox.channel}`)}
                      {inbox.address && ` · ${inbox.address}`}
                      {inbox.source && ` · ${inbox.source}`}
                    </small>
                  </span>
                  <Tag tone={inbox.bot.mode === "off" ? "neutral" : "bot"}>{t(`botModes.${inbox.bot.mode}`)}</Tag>
                  {!inbox.enabled && <Tag>{t("settings.channels.off")}</Tag>}
                  <IconChevronRight size={18} aria-hidden="true" className="parley-flip" />
                </Link>
              </li>
            ))}
          </ul>
        </Card>
      ) : inboxes.error ? (
        <Failed error={inboxes.error} retry={() => void inboxes.refetch()} />
      ) : (
        <Loading />
      )}
    </Screen>
  );
}
