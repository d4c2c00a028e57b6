import { Button } from "@mantine/core";
import { useText } from "../texts.ts";
import styles from "./orders.module.css";

interface MoreProps {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): unknown };
}

/** The next page of a list, where there is one. */
export function MoreButton({ query }: MoreProps) {
  const { t } = useText();
  if (!query.hasNextPage) return null;
  return (
    <div className={styles.more}>
      <Button variant="default" size="xs" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {t("orders.more")}
      </Button>
    </div>
  );
}
