import { Drawer } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconMessage2 } from "@tabler/icons-react";
import { useEffect } from "react";
import { useParams } from "react-router-dom";
import { keyQueue } from "../shell/keys.ts";
import { useShortcuts } from "../shell/shortcuts.tsx";
import { Empty } from "../shell/states.tsx";
import { useText } from "../texts.ts";
import { ContactPanel } from "./contact/contact-panel.tsx";
import { ConversationList } from "./list/conversation-list.tsx";
import styles from "./page.module.css";
import { ConversationView } from "./thread/conversation-view.tsx";

/** List, thread and buyer beside each other, as many of them as there is room for. */
export function ConversationsPage() {
  const { t } = useText();
  const { id } = useParams();
  const wide = useMediaQuery("(min-width: 1200px)", window.innerWidth >= 1200, { getInitialValueInEffect: false });
  useEffect(() => keyQueue.about(id ?? ""), [id]);
  const [panelOpen, panel] = useDisclosure(false);
  // Where the buyer's pane is shown, its labels answer to this key themselves.
  useShortcuts({ label: () => !wide && id && panel.open() });
  return (
    <div className={styles.panes} data-open={id ? true : undefined} data-wide={wide || undefined}>
      <ConversationList />
      {id ? (
        <>
          <ConversationView key={id} id={id} onShowContact={wide ? undefined : panel.open} />
          {wide ? (
            <ContactPanel key={`contact ${id}`} conversationId={id} />
          ) : (
            <Drawer
              opened={panelOpen}
              onClose={panel.close}
              position="right"
              size={340}
              padding={0}
              title={t("contact.title")}
              styles={{ header: { paddingInline: 16 } }}
            >
              <ContactPanel key={`contact ${id}`} conversationId={id} bare />
            </Drawer>
          )}
        </>
      ) : (
        <section className={styles.nothing} aria-label={t("thread.title")}>
          <Empty icon={<IconMessage2 size={32} stroke={1.4} />} title={t("thread.none")} text={t("thread.noneText")} />
        </section>
      )}
    </div>
  );
}
