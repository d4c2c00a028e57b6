import { ActionIcon, Button, TextInput } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconInbox, IconPencil, IconSearch, IconSearchOff, IconX } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router-dom";
import { useShortcuts } from "../../shell/shortcuts.tsx";
import { Empty, Failed } from "../../shell/states.tsx";
import { FILTERS, type Filter } from "../../sync/conversation-list.ts";
import { useText } from "../../texts.ts";
import { useWritableInboxes } from "../use-conversation.ts";
import { ConversationRow, RowSkeletons } from "./conversation-row.tsx";
import { FilterBar } from "./filter-bar.tsx";
import styles from "./list.module.css";
import { useConversationList } from "./use-conversation-list.ts";
import { useSteadyRows } from "./use-steady-rows.ts";
import { WriteDialog } from "./write-dialog.tsx";

const ROW_HEIGHT = 84;
const LOAD_AHEAD = 10;
const MOST_LABELS = 20;

export function ConversationList() {
  const { t } = useText();
  const { id: openId } = useParams();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const filter = FILTERS.find((each) => each === search.get("filter")) ?? "all";
  const label = search.get("label") ?? undefined;
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), 250);
  const raised = search.has("raised");
  const urgentFirst = search.has("urgent-first");
  const spec = useMemo(
    () => ({ filter, q, label, ...(raised && { raised }), ...(urgentFirst && { urgentFirst }) }),
    [filter, q, label, raised, urgentFirst],
  );
  const list = useConversationList(spec);
  const { rows, holders } = useSteadyRows(list.rows, openId, spec);
  const labels = useMemo(
    () => [...new Set(list.rows.flatMap((row) => row.labels))].sort().slice(0, MOST_LABELS),
    [list.rows],
  );
  const searchRef = useRef<HTMLInputElement>(null);

  const choose = (change: { filter?: Filter; label?: string | null; raised?: boolean; urgentFirst?: boolean }) => {
    setSearch((before) => {
      const next = new URLSearchParams(before);
      if (change.filter) next.set("filter", change.filter);
      if (change.label === null) next.delete("label");
      else if (change.label) next.set("label", change.label);
      mark(next, "raised", change.raised);
      mark(next, "urgent-first", change.urgentFirst);
      return next;
    });
  };
  const move = (step: 1 | -1) => {
    if (rows.length === 0) return;
    const at = rows.findIndex((row) => row.conversation.id === openId);
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
    navigate({ pathname: `/conversations/${rows[next]!.conversation.id}`, search: search.toString() });
  };
  useShortcuts({ next: () => move(1), previous: () => move(-1), search: () => searchRef.current?.focus() });

  return (
    <section className={styles.pane} aria-label={t("list.title")}>
      <div className={styles.head}>
        <div className={styles.title}>
          <h1 className={styles.heading}>{t("list.title")}</h1>
          <WriteButton />
        </div>
        <FilterBar
          filter={filter}
          searching={q !== ""}
          onChoose={(next) => choose({ filter: next })}
          labels={labels}
          onChooseLabel={(next) => choose({ label: next })}
          raised={raised}
          urgentFirst={urgentFirst}
          onPriority={choose}
        />
        <TextInput
          ref={searchRef}
          type="search"
          size="xs"
          leftSection={<IconSearch size={15} stroke={1.8} />}
          rightSection={
            typed && (
              <ActionIcon size={22} aria-label={t("list.clearSearch")} onClick={() => setTyped("")}>
                <IconX size={14} />
              </ActionIcon>
            )
          }
          placeholder={t("list.search")}
          aria-label={t("list.search")}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            setTyped("");
            event.currentTarget.blur();
          }}
        />
        {q && <p className={styles.hint}>{t("list.searchesAll")}</p>}
        {(label || raised || urgentFirst) && (
          <div className={styles.chips}>
            {label && (
              <Chip clear={t("list.clearLabel")} onClear={() => choose({ label: null })}>
                {t("list.labelled", { label })}
              </Chip>
            )}
            {raised && (
              <Chip clear={t("priority.clear")} onClear={() => choose({ raised: false })}>
                {t("priority.raised")}
              </Chip>
            )}
            {urgentFirst && (
              <Chip clear={t("priority.clear")} onClear={() => choose({ urgentFirst: false })}>
                {t("priority.urgentFirst")}
              </Chip>
            )}
          </div>
        )}
      </div>
      {list.isPending ? (
        <RowSkeletons />
      ) : list.isError && rows.length === 0 ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        q || label || raised ? (
          <Empty
            icon={<IconSearchOff size={28} stroke={1.5} />}
            title={t("list.nothingFound")}
            text={t("list.nothingFoundText")}
          />
        ) : (
          <Empty
            icon={<IconInbox size={28} stroke={1.5} />}
            title={t(`list.empty.${filter}`)}
            text={t(`list.emptyText.${filter}`)}
          />
        )
      ) : (
        <Rows
          rows={rows}
          openId={openId}
          search={search.toString()}
          holders={holders}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          loadMore={() => void list.fetchNextPage()}
        />
      )}
    </section>
  );
}

/** What narrows or orders the list, until it is taken away. */
function Chip({ children, clear, onClear }: { children: string; clear: string; onClear(): void }) {
  return (
    <button type="button" className={styles.labelFilter} onClick={onClear}>
      <bdi>{children}</bdi>
      <IconX size={12} aria-hidden="true" />
      <span className={styles.hidden}>{clear}</span>
    </button>
  );
}

function mark(search: URLSearchParams, name: string, on: boolean | undefined) {
  if (on) search.set(name, "1");
  else if (on === false) search.delete(name);
}

/** Writing first, where the shop has an inbox that can. */
function WriteButton() {
  const { t } = useText();
  const inboxes = useWritableInboxes();
  const [opened, dialog] = useDisclosure(false);
  if (inboxes.length === 0) return null;
  return (
    <>
      <Button size="compact-sm" variant="light" leftSection={<IconPencil size={15} />} onClick={dialog.open}>
        {t("mailboxes.write.action")}
      </Button>
      <WriteDialog inboxes={inboxes} opened={opened} onClose={dialog.close} />
    </>
  );
}

interface RowsProps {
  rows: ReturnType<typeof useSteadyRows>["rows"];
  holders: ReturnType<typeof useSteadyRows>["holders"];
  openId: string | undefined;
  search: string;
  hasMore: boolean;
  loadingMore: boolean;
  loadMore(): void;
}

function Rows({ rows, holders, openId, search, hasMore, loadingMore, loadMore }: RowsProps) {
  const { t } = useText();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length + (hasMore ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 6,
    getItemKey: (index) => rows[index]?.conversation.id ?? "more",
  });
  useKeepPlace(scroller, rows);
  const items = virtual.getVirtualItems();
  // One stop for the Tab key, so that the thread is one step away; the arrow keys go through the rows.
  const tabStop = (items.find((item) => rows[item.index]?.conversation.id === openId) ?? items[0])?.index;
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !loadingMore && lastShown >= rows.length - LOAD_AHEAD) loadMore();
  }, [hasMore, loadingMore, lastShown, rows.length, loadMore]);
  const openIndex = rows.findIndex((row) => row.conversation.id === openId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only opening another conversation scrolls, not rows that move
  useEffect(() => {
    if (openIndex >= 0) virtual.scrollToIndex(openIndex, { align: "auto" });
  }, [openId]);
  return (
    <div ref={scroller} className={styles.scroller} {...holders}>
      <ul
        className={styles.rows}
        style={{ blockSize: virtual.getTotalSize() }}
        aria-label={t("list.title")}
        onKeyDown={moveFocus}
      >
        {items.map((item) => {
          const row = rows[item.index];
          return (
            <li
              key={item.key}
              className={styles.slot}
              style={{ transform: `translateY(${item.start}px)`, blockSize: ROW_HEIGHT }}
              aria-setsize={hasMore ? -1 : rows.length}
              aria-posinset={item.index + 1}
            >
              {row ? (
                <ConversationRow
                  row={row}
                  open={row.conversation.id === openId}
                  search={search}
                  tabStop={item.index === tabStop}
                />
              ) : (
                <RowSkeletons count={1} />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** The arrow keys move the focus from row to row. */
function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const slot = event.target instanceof Element ? event.target.closest("li") : null;
  const next = step === 1 ? slot?.nextElementSibling : step === -1 ? slot?.previousElementSibling : undefined;
  const link = next?.querySelector("a");
  if (!link) return;
  event.preventDefault();
  link.focus();
}

/** Rows that come or go above the visible ones move the scroll position with them, so that nothing jumps. */
function useKeepPlace(scroller: RefObject<HTMLDivElement | null>, rows: RowsProps["rows"]) {
  const anchor = useRef<{ ids: string[]; top: number }>({ ids: [], top: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const ids = rows.map((row) => row.conversation.id);
    const first = Math.floor(anchor.current.top / ROW_HEIGHT);
    const id = anchor.current.ids.slice(first).find((each) => ids.includes(each));
    if (anchor.current.top > 0 && id) {
      const moved = ids.indexOf(id) - anchor.current.ids.indexOf(id);
      if (moved !== 0) element.scrollTop = anchor.current.top + moved * ROW_HEIGHT;
    }
    anchor.current = { ids, top: element.scrollTop };
    const scrolled = () => {
      anchor.current.top = element.scrollTop;
    };
    element.addEventListener("scroll", scrolled, { passive: true });
    return () => element.removeEventListener("scroll", scrolled);
  }, [rows, scroller]);
}
