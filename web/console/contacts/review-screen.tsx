import { Button, SegmentedControl } from "@mantine/core";
import { IconArrowLeft, IconCheck, IconChecks } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router-dom";
import type { ReviewItem } from "../../../contract/review.ts";
import { formatDate } from "../../ui/format.ts";
import { finishReviewItem, listReviewItems, orderKeys } from "../orders/calls.ts";
import styles from "../orders/orders.module.css";
import { Card, Screen } from "../settings/frame.tsx";
import { useSave } from "../settings/use-save.ts";
import { MoreButton } from "../shell/more-button.tsx";
import { Empty, Failed, Loading } from "../shell/states.tsx";
import { usePages } from "../shell/use-pages.ts";
import { useText } from "../texts.ts";

/** What may be mixed up in the stored data: where to look, and what has been looked at. */
export function ReviewScreen() {
  const { t } = useText();
  const [state, setState] = useState<"open" | "done">("open");
  const items = usePages(orderKeys.review(state), (cursor, signal) => listReviewItems(state, cursor, signal));
  return (
    <Screen wide title={t("review.title")} lead={t("review.lead")}>
      <Link to="/contacts" className={styles.back}>
        <IconArrowLeft size={15} aria-hidden="true" />
        {t("orders.contacts.all")}
      </Link>
      <div className={styles.toolbar}>
        <div>
          <SegmentedControl
            aria-label={t("review.title")}
            value={state}
            onChange={(value) => setState(value as "open" | "done")}
            data={[
              { value: "open", label: t("review.open") },
              { value: "done", label: t("review.checked") },
            ]}
          />
        </div>
      </div>
      <Card>
        {items.items?.length === 0 ? (
          <Empty
            icon={<IconChecks size={28} stroke={1.5} />}
            title={t("review.none")}
            text={state === "open" ? t("review.noneText") : ""}
          />
        ) : items.items ? (
          <>
            <ul className={styles.list}>
              {items.items.map((item) => (
                <ReviewLine key={item.id} item={item} />
              ))}
            </ul>
            <MoreButton query={items} />
          </>
        ) : items.error ? (
          <Failed error={items.error} retry={() => void items.refetch()} />
        ) : (
          <Loading />
        )}
      </Card>
    </Screen>
  );
}

function ReviewLine({ item }: { item: ReviewItem }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const done = useSave({
    save: () => finishReviewItem(item.id),
    onSaved: () => client.invalidateQueries({ queryKey: orderKeys.reviews }),
    said: t("review.marked"),
  });
  return (
    <li>
      <div className={styles.line}>
        <strong>{t(`review.kinds.${item.kind}`)}</strong>
        <span className={styles.end}>
          {item.done ? (
            <span className={styles.dimmed}>
              {t("review.by", { name: item.done.name, date: formatDate(item.done.at, "full", locale) })}
            </span>
          ) : (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconCheck size={15} />}
              loading={done.isPending}
              onClick={() => done.mutate()}
            >
              {t("review.mark")}
            </Button>
          )}
        </span>
      </div>
      <div className={styles.line}>
        {item.orderId !== undefined && (
          <Link to={`/orders/${encodeURIComponent(item.orderId)}`}>
            <bdi>{t("orders.orderTitle", { number: item.orderId })}</bdi>
          </Link>
        )}
        {item.contactIds.map((id, index) => (
          <Link key={id} to={`/contacts/${id}`}>
            {t("review.contact", { number: index + 1 })}
          </Link>
        ))}
        {item.conversationIds.map((id, index) => (
          <Link key={id} to={`/conversations/${id}`}>
            {t("review.conversation", { number: index + 1 })}
          </Link>
        ))}
        {Object.entries(item.facts).map(([name, value]) => (
          <bdi key={name} className={styles.dimmed}>
            {value}
          </bdi>
        ))}
      </div>
    </li>
  );
}
