import { Button, Modal, Tabs } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Message } from "../../../../contract/message.ts";
import { formatDate } from "../../../ui/format.ts";
import { getOriginalHeaders, originalUrl } from "../../api/mail.ts";
import { Failed, Loading } from "../../shell/states.tsx";
import { useText } from "../../texts.ts";
import styles from "./original.module.css";
import { OriginalFrame } from "./original-frame.tsx";
import { People } from "./original-head.tsx";

interface OriginalDialogProps {
  message: Message;
  opened: boolean;
  onClose(): void;
}

/** The whole message with what the thread hides: quoted history, all headers, the bytes as they came. */
export function OriginalDialog({ message, opened, onClose }: OriginalDialogProps) {
  const { t, locale } = useText();
  const narrow = useMediaQuery("(max-width: 767px)");
  const url = originalUrl(message.conversationId, message.id);
  const subject = message.original?.subject || t("mailboxes.noSubject");
  return (
    <Modal opened={opened} onClose={onClose} title={<bdi>{subject}</bdi>} size={820} fullScreen={narrow}>
      <Tabs defaultValue="message" keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="message">{t("mailboxes.original.message")}</Tabs.Tab>
          <Tabs.Tab value="headers">{t("mailboxes.original.headers")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="message">
          {message.original && <People original={message.original} />}
          <p className={styles.date}>{formatDate(message.createdAt, "full", locale)}</p>
          <OriginalFrame url={url} title={subject} />
        </Tabs.Panel>
        <Tabs.Panel value="headers">
          <Headers message={message} />
        </Tabs.Panel>
        <div className={styles.save}>
          <Button
            component="a"
            href={`${url}/raw`}
            download
            size="compact-sm"
            variant="subtle"
            leftSection={<IconDownload size={15} />}
          >
            {t("mailboxes.original.save")}
          </Button>
        </div>
      </Tabs>
    </Modal>
  );
}

function Headers({ message }: { message: Message }) {
  const { t } = useText();
  const { data, error, refetch } = useQuery({
    queryKey: ["original-headers", message.id],
    queryFn: ({ signal }) => getOriginalHeaders(message.conversationId, message.id, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <table className={styles.headers} aria-label={t("mailboxes.original.headers")} dir="ltr">
      <tbody>
        {data.map(({ name, value }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a header may come twice with the same value; the list never changes
          <tr key={at}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
