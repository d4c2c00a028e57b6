import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useText } from "../texts.ts";
import { findOrders, templateKeys } from "./calls.ts";

interface OrderPickerProps {
  value: string | undefined;
  onChange(orderId: string | undefined): void;
}

/** A real order to fill a message in with, the latest ones first; empty for the made-up one. */
export function OrderPicker({ value, onChange }: OrderPickerProps) {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), 250);
  // Once one is chosen, the box holds its label: that is no search.
  const search = value ? "" : q;
  const { data } = useQuery({
    queryKey: templateKeys.orders(search),
    queryFn: ({ signal }) => findOrders(search, signal),
    placeholderData: (before) => before,
  });
  return (
    <Select
      label={t("automations.preview.order")}
      placeholder={t("automations.preview.sample")}
      data={(data?.items ?? []).map((order) => ({
        value: order.id,
        label: [`#${order.number}`, order.buyer.name].filter(Boolean).join(" · "),
      }))}
      value={value ?? null}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("automations.preview.sample") }}
      nothingFoundMessage={t("list.nothingFound")}
      filter={({ options }) => options}
      onSearchChange={setTyped}
      onChange={(order) => onChange(order ?? undefined)}
    />
  );
}
