import { Button } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { Link } from "react-router-dom";
import { useText } from "../texts.ts";
import { Empty } from "./states.tsx";

export function NotFound() {
  const { t } = useText();
  return (
    <div>
      <Empty icon={<IconMapOff size={28} stroke={1.5} />} title={t("states.notFound")} text={t("states.notFoundText")}>
        <Button component={Link} to="/conversations" variant="default" size="xs">
          {t("nav.conversations")}
        </Button>
      </Empty>
    </div>
  );
}
