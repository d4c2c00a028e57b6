import { ActionIcon, Avatar, Button, Group, Kbd, Menu, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import {
  IconArrowLeft,
  IconCheck,
  IconDots,
  IconHandStop,
  IconInfoCircle,
  IconLogout2,
  IconRobot,
  IconRotate,
  IconUser,
  IconUserPlus,
} from "@tabler/icons-react";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { Link, useLocation } from "react-router-dom";
import type { Conversation } from "../../../../contract/conversation.ts";
import { displayName, formatDate } from "../../../ui/format.ts";
import { Tag } from "../../../ui/tag.tsx";
import { useServices } from "../../realtime/console-provider.tsx";
import { useSession } from "../../session/use-session.ts";
import { useText } from "../../texts.ts";
import { ChannelIcon } from "../channel-icon.tsx";
import { WaitingLabel } from "../list/waiting-label.tsx";
import { PriorityTag } from "../priority-tag.tsx";
import type { Actions } from "../use-actions.tsx";
import { AssignDialog } from "./assign-dialog.tsx";
import { SnoozeMenu } from "./snooze-menu.tsx";
import styles from "./thread.module.css";

interface ThreadHeaderProps {
  conversation: Conversation;
  mine: boolean;
  actions: Actions;
  snoozing: boolean;
  onSnoozing(open: boolean): void;
  assigning: boolean;
  onAssigning(open: boolean): void;
  onShowContact?: () => void;
}

export function ThreadHeader(props: ThreadHeaderProps) {
  const { conversation, mine, actions, snoozing, onSnoozing, assigning, onAssigning, onShowContact } = props;
  const { t, locale } = useText();
  const { search } = useLocation();
  const narrow = useMediaQuery("(max-width: 767px)", window.innerWidth < 768, { getInitialValueInEffect: false });
  const { status, kind, assignee } = conversation;
  const resolved = status === "resolved";
  // On a phone the conversation takes the list's place: whoever uses a keyboard or screen reader goes on from here.
  const backRef = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (narrow) backRef.current?.focus({ preventScroll: true });
  }, [narrow]);
  // Where the list is not on screen, this is the page's title.
  const Name = narrow ? "h1" : "h2";
  return (
    <header className={styles.header}>
      <ActionIcon
        component={Link}
        to={{ pathname: "/conversations", search }}
        className={styles.back}
        aria-label={t("thread.back")}
        ref={backRef}
      >
        <IconArrowLeft size={20} className="parley-flip" />
      </ActionIcon>
      <div className={styles.who}>
        <Name className={styles.name}>
          <bdi>{conversation.contact.name || t("contact.unnamed")}</bdi>
        </Name>
        {conversation.subject && (
          <p className={styles.subjectLine} title={conversation.subject} dir="auto">
            {conversation.subject}
          </p>
        )}
        <div className={styles.facts}>
          <Tag icon={<ChannelIcon channel={conversation.channel} size={13} decorative />}>
            {t(`channels.${conversation.channel}`)}
          </Tag>
          {conversation.locale && <Tag>{displayName("language", conversation.locale, locale)}</Tag>}
          <PriorityTag priority={conversation.priority} />
          {kind !== "person" && <Tag tone="waiting">{t(`kinds.${kind}`)}</Tag>}
          <StatusTag conversation={conversation} mine={mine} />
          {conversation.waitingSince && <WaitingLabel since={conversation.waitingSince} />}
        </div>
      </div>
      <Viewers id={conversation.id} />
      <Group gap={4} wrap="nowrap" className={styles.actions}>
        {kind !== "person" && !narrow && (
          <Button
            size="xs"
            leftSection={<IconUser size={15} />}
            loading={actions.busy}
            onClick={() => void actions.setKind("person")}
          >
            {t("thread.isPerson")}
          </Button>
        )}
        {resolved ? (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRotate size={15} />}
            loading={actions.busy}
            onClick={() => void actions.reopen()}
          >
            {t("thread.reopen")}
          </Button>
        ) : mine ? (
          <Tooltip label={<Hint text={t("thread.resolve")} keys="e" />}>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconCheck size={15} />}
              loading={actions.busy}
              onClick={() => void actions.resolve()}
            >
              {t("thread.resolve")}
            </Button>
          </Tooltip>
        ) : assignee || narrow || kind !== "person" ? null : (
          <Tooltip label={<Hint text={t("claim.action")} keys="c" />}>
            <Button
              size="xs"
              leftSection={<IconHandStop size={15} />}
              loading={actions.busy}
              onClick={() => void actions.claim()}
            >
              {t("claim.action")}
            </Button>
          </Tooltip>
        )}
        {!resolved && (
          <SnoozeMenu opened={snoozing} onChange={onSnoozing} onSnooze={(until) => void actions.snooze(until)} />
        )}
        {onShowContact && (
          <Tooltip label={t("contact.title")}>
            <ActionIcon aria-label={t("contact.title")} onClick={onShowContact}>
              <IconInfoCircle size={19} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
        )}
        <Menu position="bottom-end" width={240}>
          <Menu.Target>
            <ActionIcon aria-label={t("thread.more")}>
              <IconDots size={19} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {!resolved && !mine && (
              <Menu.Item leftSection={<IconCheck size={16} />} onClick={() => void actions.resolve()}>
                {t("thread.resolve")}
              </Menu.Item>
            )}
            {kind === "person" ? (
              <Menu.Item leftSection={<IconRobot size={16} />} onClick={() => void actions.setKind("automatic")}>
                {t("thread.isAutomatic")}
              </Menu.Item>
            ) : (
              <Menu.Item leftSection={<IconUser size={16} />} onClick={() => void actions.setKind("person")}>
                {t("thread.isPerson")}
              </Menu.Item>
            )}
            <Menu.Item leftSection={<IconUserPlus size={16} />} onClick={() => onAssigning(true)}>
              {t("thread.assign")}
            </Menu.Item>
            {mine && (
              <Menu.Item leftSection={<IconLogout2 size={16} />} onClick={() => void actions.release()}>
                {t("thread.release")}
              </Menu.Item>
            )}
            {status !== "pending" && !resolved && (
              <Menu.Item leftSection={<IconRobot size={16} />} onClick={() => void actions.handToBot()}>
                {t("thread.handToBot")}
              </Menu.Item>
            )}
            {status === "snoozed" && (
              <Menu.Item leftSection={<IconRotate size={16} />} onClick={() => void actions.reopen()}>
                {t("thread.wake", { time: formatDate(conversation.snoozedUntil ?? new Date(), "weekdayTime", locale) })}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <AssignDialog
        opened={assigning}
        onClose={() => onAssigning(false)}
        assigneeId={assignee?.id}
        onAssign={(userId) => void actions.assign(userId)}
      />
    </header>
  );
}

function StatusTag({ conversation, mine }: { conversation: Conversation; mine: boolean }) {
  const { t, locale } = useText();
  const { status, kind, assignee, snoozedUntil } = conversation;
  if (status === "resolved") return <Tag tone="resolved">{t("status.resolved")}</Tag>;
  if (status === "snoozed" && snoozedUntil) {
    return <Tag>{t("status.snoozedUntil", { time: formatDate(snoozedUntil, "weekdayTime", locale) })}</Tag>;
  }
  // Neither the bot nor anybody else is on it.
  if (kind !== "person" && !assignee) return null;
  if (status === "pending") {
    return (
      <Tag tone="bot" icon={<IconRobot size={13} aria-hidden="true" />}>
        {t("list.withBot")}
      </Tag>
    );
  }
  if (mine) return <Tag tone="accent">{t("thread.yours")}</Tag>;
  if (assignee) return <Tag>{t("thread.withPerson", { name: assignee.name })}</Tag>;
  return <Tag tone="waiting">{t("list.unassigned")}</Tag>;
}

function Viewers({ id }: { id: string }) {
  const { t, locale } = useText();
  const { live } = useServices();
  const { user } = useSession();
  const viewers = useSyncExternalStore(live.subscribe, () => live.getViewers(id)).filter((each) => each.id !== user.id);
  const names = new Intl.ListFormat(locale).format(viewers.map((viewer) => viewer.name));
  return (
    <div aria-live="polite">
      {viewers.length > 0 && (
        <Tooltip label={t("thread.alsoHere", { names, count: viewers.length })}>
          <Avatar.Group>
            {viewers.slice(0, 3).map((viewer) => (
              <Avatar key={viewer.id} size={26} radius="xl" name={viewer.name} color="gray" aria-hidden="true" />
            ))}
            <span className="parley-hidden">{t("thread.alsoHere", { names, count: viewers.length })}</span>
          </Avatar.Group>
        </Tooltip>
      )}
    </div>
  );
}

function Hint({ text, keys }: { text: string; keys: string }) {
  return (
    <>
      {text} <Kbd size="xs">{keys}</Kbd>
    </>
  );
}
