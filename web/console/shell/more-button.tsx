import { Button, Center } from "@mantine/core";
import { useText } from "../texts.ts";

interface MoreProps {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): unknown };
}

/** The next page of a list, where there is one. */
export function MoreButton({ query }: MoreProps) {
  const { t } = useText();
  if (!query.hasNextPage) return null;
  return (
    <Center pt="sm">
      <Button variant="default" size="xs" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {t("actions.more")}
      </Button>
    </Center>
  );
}
