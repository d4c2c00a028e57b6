import { useQuery } from "@tanstack/react-query";
import { getContact } from "../../api/calls.ts";
import { keys } from "../../api/keys.ts";

export function useContact(id: string | undefined) {
  return useQuery({
    queryKey: keys.contact(id ?? ""),
    queryFn: ({ signal }) => getContact(id!, signal),
    enabled: id !== undefined,
  });
}
