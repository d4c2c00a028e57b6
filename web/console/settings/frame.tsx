import { ActionIcon, Button, CopyButton, Group, Modal, Stack, Text, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { type ReactNode, useEffect } from "react";
import { useText } from "../texts.ts";
import styles from "./page.module.css";

interface ScreenProps {
  title: string;
  lead: string;
  action?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

/** One settings screen: what it is for, and its cards. */
export function Screen({ title, lead, action, wide, children }: ScreenProps) {
  const { t } = useText();
  useEffect(() => {
    const before = document.title;
    document.title = `${title} · ${t("app.name")}`;
    return () => {
      document.title = before;
    };
  }, [title, t]);
  return (
    <div className={styles.screen} data-wide={wide || undefined}>
      <div className={styles.head}>
        <div>
          <h1>{title}</h1>
          <p className={styles.lead}>{lead}</p>
        </div>
        {action}
      </div>
      {children}
    </div>
  );
}

export function Card({ title, lead, children }: { title?: string; lead?: string; children: ReactNode }) {
  return (
    <section className={styles.card}>
      {title && <h2>{title}</h2>}
      {lead && <p className={styles.cardLead}>{lead}</p>}
      {children}
    </section>
  );
}

/** Text to be copied elsewhere, exactly. */
export function CopyField({ text, label }: { text: string; label: string }) {
  const { t } = useText();
  return (
    <div className={styles.code}>
      <code dir="ltr">{text}</code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t("actions.copied") : t("actions.copy")}>
            <ActionIcon
              onClick={copy}
              aria-label={t("actions.copyWhat", { what: label })}
              color={copied ? "teal" : "gray"}
            >
              {copied ? <IconCheck size={17} /> : <IconCopy size={17} stroke={1.7} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}

interface ShownOnceProps {
  text: string;
  secret: string | undefined;
  /** What the secret is. */
  label: string;
  onDone(): void;
}

/** A secret that is not shown again: to be copied, then put away. */
export function ShownOnce({ text, secret, label, onDone }: ShownOnceProps) {
  const { t } = useText();
  return (
    <Stack>
      <Text>{text}</Text>
      {secret && <CopyField text={secret} label={label} />}
      <Group justify="flex-end">
        <Button onClick={onDone}>{t("actions.done")}</Button>
      </Group>
    </Stack>
  );
}

interface ConfirmProps {
  opened: boolean;
  title: string;
  text: string;
  confirm: string;
  busy: boolean;
  onConfirm(): void;
  onClose(): void;
}

/** Asks before something that can not be taken back. */
export function Confirm({ opened, title, text, confirm, busy, onConfirm, onClose }: ConfirmProps) {
  const { t } = useText();
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="sm">
      <Text>{text}</Text>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t("actions.cancel")}
        </Button>
        <Button color="red" loading={busy} onClick={onConfirm}>
          {confirm}
        </Button>
      </Group>
    </Modal>
  );
}
