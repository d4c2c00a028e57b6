import { Alert, Button, Group, Progress, SegmentedControl, Select } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useParams } from "react-router-dom";
import {
  type Import,
  type ImportMapping,
  type ImportRowResult,
  ORDER_IMPORT_FIELDS,
  type OrderImportField,
} from "../../../contract/import.ts";
import { formatNumber } from "../../ui/format.ts";
import { Tag } from "../../ui/tag.tsx";
import { Card, Screen } from "../settings/frame.tsx";
import { useSave } from "../settings/use-save.ts";
import { MoreButton } from "../shell/more-button.tsx";
import { Failed, Loading } from "../shell/states.tsx";
import { usePages } from "../shell/use-pages.ts";
import { useText } from "../texts.ts";
import { getImport, listImportRows, orderKeys, startImport, stopImport } from "./calls.ts";
import { ImportState, refetchWhileRunning } from "./imports-screen.tsx";
import styles from "./orders.module.css";

/** One file: what its columns mean, how far it is, and what became of each row. */
export function ImportScreen() {
  const { t } = useText();
  const { importId = "" } = useParams();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: orderKeys.import(importId),
    queryFn: ({ signal }) => getImport(importId, signal),
    refetchInterval: ({ state }) => refetchWhileRunning(state.data),
  });
  const made = query.data;
  const state = made?.state;
  // The last rows of the report, and the orders that came of it.
  useEffect(() => {
    if (state !== "done") return;
    void client.invalidateQueries({ queryKey: orderKeys.lists });
    void client.invalidateQueries({ queryKey: [...orderKeys.import(importId), "rows"] });
  }, [client, state, importId]);
  const changed = (next: Import) => client.setQueryData(orderKeys.import(importId), next);
  const stop = useSave({ save: () => stopImport(importId), onSaved: changed, said: false });
  return (
    <Screen
      wide
      title={made?.name || t("orders.import.title")}
      lead={made ? t("orders.import.rows", { count: made.total }) : ""}
      action={made && <ImportState made={made} />}
    >
      <Link to="/orders/imports" className={styles.back}>
        <IconArrowLeft size={15} aria-hidden="true" />
        {t("orders.import.title")}
      </Link>
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {made && made.state !== "ready" && (
        <Card>
          <Progress
            value={made.total > 0 ? (100 * made.processed) / made.total : 100}
            aria-label={t("orders.import.progress")}
          />
          <Counts made={made} />
          {made.state === "running" && (
            <Button mt="sm" variant="default" size="xs" loading={stop.isPending} onClick={() => stop.mutate()}>
              {t("orders.import.stop")}
            </Button>
          )}
        </Card>
      )}
      {made && (made.state === "ready" || made.state === "stopped") && (
        <Mapping key={made.id} made={made} onStarted={changed} />
      )}
      {made && made.processed > 0 && <Report made={made} />}
    </Screen>
  );
}

function Counts({ made }: { made: Import }) {
  const { t } = useText();
  return (
    <p className={styles.tags} role="status">
      <Tag tone="resolved">{t("orders.import.ok", { count: made.ok })}</Tag>
      <Tag>{t("orders.import.duplicates", { count: made.duplicate })}</Tag>
      <Tag tone={made.error > 0 ? "late" : "neutral"}>{t("orders.import.errors", { count: made.error })}</Tag>
    </p>
  );
}

function Mapping({ made, onStarted }: { made: Import; onStarted(next: Import): void }) {
  const { t } = useText();
  const [mapping, setMapping] = useState<ImportMapping>(made.mapping);
  const start = useSave({ save: () => startImport(made.id, mapping), onSaved: onStarted, said: false });
  const missing = made.missing.filter((fields) => !fields.some((field) => mapping[field]));
  const label = (field: OrderImportField) => t(`orders.import.field.${field}`);
  const options = ORDER_IMPORT_FIELDS.map((field) => ({ value: field, label: label(field) }));
  const fieldOf = (column: string) => ORDER_IMPORT_FIELDS.find((field) => mapping[field] === column) ?? null;
  const map = (column: string, field: string | null) => {
    const rest = Object.entries(mapping).filter(([known, name]) => known !== field && name !== column);
    setMapping({ ...Object.fromEntries(rest), ...(field && { [field]: column }) });
  };
  return (
    <Card title={t("orders.import.mapping")} lead={t("orders.import.mappingLead")}>
      <div className={styles.tableBox}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("orders.import.column")}</th>
              <th scope="col" className={styles.wide}>
                {t("orders.import.samples")}
              </th>
              <th scope="col">{t("orders.import.means")}</th>
            </tr>
          </thead>
          <tbody>
            {made.columns.map(({ name, samples }) => (
              <tr key={name}>
                <td>
                  <bdi>{name}</bdi>
                </td>
                <td className={styles.wide}>
                  <bdi className={styles.dimmed}>{samples.filter(Boolean).slice(0, 2).join(" · ")}</bdi>
                </td>
                <td>
                  <Select
                    size="xs"
                    aria-label={t("orders.import.meansWhat", { column: name })}
                    placeholder={t("orders.import.ignored")}
                    data={options}
                    value={fieldOf(name)}
                    clearable
                    searchable
                    onChange={(field) => map(name, field)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {missing.length > 0 && (
        <Alert color="yellow" variant="light" mt="md">
          {t("orders.import.missing", { fields: missing.map((fields) => fields.map(label).join(" / ")).join(", ") })}
        </Alert>
      )}
      <Group justify="flex-end" mt="md">
        <Button loading={start.isPending} disabled={missing.length > 0} onClick={() => start.mutate()}>
          {t(made.state === "stopped" ? "orders.import.resume" : "orders.import.start")}
        </Button>
      </Group>
    </Card>
  );
}

type Shown = ImportRowResult | "all";
const SHOWN: readonly Shown[] = ["error", "duplicate", "ok", "all"];

function Report({ made }: { made: Import }) {
  const { t, locale } = useText();
  const [shown, setShown] = useState<Shown>(made.error > 0 ? "error" : "all");
  const rows = usePages(
    orderKeys.importRows(made.id, shown),
    (cursor, signal) => listImportRows(made.id, shown === "all" ? undefined : shown, cursor, signal),
    { refetchInterval: refetchWhileRunning(made) },
  );
  return (
    <Card title={t("orders.import.report")}>
      <SegmentedControl
        size="xs"
        mb="sm"
        value={shown}
        onChange={(value) => setShown(SHOWN.find((each) => each === value) ?? "all")}
        data={SHOWN.map((value) => ({ value, label: t(`orders.import.show.${value}`) }))}
      />
      {rows.error && <Failed error={rows.error} retry={() => void rows.refetch()} />}
      {rows.isPending && <Loading />}
      {rows.items?.length === 0 && <p className={styles.dimmed}>{t("orders.import.noRows")}</p>}
      <ul className={styles.list}>
        {rows.items?.map(({ row, result, orderId, problems }) => (
          <li key={row}>
            <div className={styles.line}>
              <strong>{t("orders.import.row", { row: formatNumber(row, locale) })}</strong>
              {orderId && <bdi className={styles.dimmed}>{orderId}</bdi>}
              <span className={styles.end}>
                <Tag tone={result === "error" ? "late" : result === "ok" ? "resolved" : "neutral"}>
                  {t(`orders.import.show.${result}`)}
                </Tag>
              </span>
            </div>
            {problems.map(({ code, column, value, message }) => (
              <p key={`${code} ${column}`} className={styles.dimmed}>
                {column && (
                  <>
                    <bdi>{column}</bdi>
                    {value && (
                      <>
                        {" = "}
                        <bdi>{value}</bdi>
                      </>
                    )}
                    {" · "}
                  </>
                )}
                {message}
              </p>
            ))}
          </li>
        ))}
      </ul>
      <MoreButton query={rows} />
    </Card>
  );
}
