import { Button, Progress } from "@mantine/core";
import { IconArrowLeft, IconFileImport } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type DragEvent, useRef, useState } from "react";
import { Link, useNavigate } from "react-router-dom";
import type { Import } from "../../../contract/import.ts";
import { formatDate, formatPercent } from "../../ui/format.ts";
import { Tag, type Tone } from "../../ui/tag.tsx";
import { Card, Screen } from "../settings/frame.tsx";
import { useSave } from "../settings/use-save.ts";
import { MoreButton } from "../shell/more-button.tsx";
import { Failed, Loading } from "../shell/states.tsx";
import { usePages } from "../shell/use-pages.ts";
import { useText } from "../texts.ts";
import { listImports, orderKeys, uploadImport } from "./calls.ts";
import styles from "./orders.module.css";

const TONES: Record<Import["state"], Tone> = {
  ready: "neutral",
  running: "accent",
  stopped: "waiting",
  done: "resolved",
};
const WHILE_RUNNING_MS = 2_000;

/** Files of orders: a new one, and those that were brought in. */
export function ImportsScreen() {
  const { t } = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [share, setShare] = useState<number>();
  const imports = usePages(orderKeys.imports, listImports);
  const upload = useSave({
    save: (file: File) => uploadImport(file, setShare),
    onSaved: async (made) => {
      await client.invalidateQueries({ queryKey: orderKeys.imports });
      void navigate(`/orders/imports/${made.id}`);
    },
    said: false,
  });
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (!file || upload.isPending) return;
    setShare(0);
    upload.mutate(file);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <Screen title={t("orders.import.title")} lead={t("orders.import.lead")}>
      <Link to="/orders" className={styles.back}>
        <IconArrowLeft size={15} aria-hidden="true" />
        {t("orders.all")}
      </Link>
      <Card>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is an addition; the button does the same. */}
        <div
          className={styles.drop}
          data-over={over || undefined}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <IconFileImport size={28} stroke={1.5} aria-hidden="true" />
          <span>{t("orders.import.drop")}</span>
          <Button loading={upload.isPending} onClick={() => picker.current?.click()}>
            {t("orders.import.choose")}
          </Button>
          {upload.isPending && share !== undefined && (
            <Progress value={share * 100} w="100%" maw={280} aria-label={t("orders.import.uploading")} />
          )}
          <input
            ref={picker}
            type="file"
            hidden
            accept=".csv,.json,text/csv,application/json"
            onChange={(event) => {
              take(event.currentTarget.files);
              event.currentTarget.value = "";
            }}
          />
        </div>
      </Card>
      <Card title={t("orders.import.earlier")}>
        {imports.items?.length === 0 ? (
          <p className={styles.dimmed}>{t("orders.import.none")}</p>
        ) : imports.items ? (
          <>
            <ul className={styles.list}>
              {imports.items.map((each) => (
                <ImportLine key={each.id} made={each} />
              ))}
            </ul>
            <MoreButton query={imports} />
          </>
        ) : imports.error ? (
          <Failed error={imports.error} retry={() => void imports.refetch()} />
        ) : (
          <Loading />
        )}
      </Card>
    </Screen>
  );
}

function ImportLine({ made }: { made: Import }) {
  const { t, locale } = useText();
  return (
    <li>
      <div className={styles.line}>
        <Link to={`/orders/imports/${made.id}`}>
          <bdi>{made.name || formatDate(made.createdAt, "full", locale)}</bdi>
        </Link>
        <span className={styles.end}>
          <ImportState made={made} />
        </span>
      </div>
      <span className={styles.dimmed}>
        {formatDate(made.createdAt, "full", locale)} · <bdi>{made.by.name}</bdi> ·{" "}
        {t("orders.import.rows", { count: made.total })}
        {made.error > 0 && ` · ${t("orders.import.errors", { count: made.error })}`}
      </span>
    </li>
  );
}

/** How far an import is. */
export function ImportState({ made }: { made: Import }) {
  const { t, locale } = useText();
  const share = made.total > 0 ? made.processed / made.total : 1;
  return (
    <Tag tone={TONES[made.state]}>
      {t(`orders.import.state.${made.state}`)}
      {made.state === "running" && ` ${formatPercent(share, locale)}`}
    </Tag>
  );
}

/** Asked again for as long as it runs. */
export const refetchWhileRunning = (made: Import | undefined): number | false =>
  made?.state === "running" ? WHILE_RUNNING_MS : false;
