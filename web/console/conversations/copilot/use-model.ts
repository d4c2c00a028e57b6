import { useQuery } from "@tanstack/react-query";
import { getBotRules } from "../../api/bot-calls.ts";
import { keys } from "../../api/keys.ts";

/** Whether a language model is connected; undefined until that is known. */
export function useModel(): boolean | undefined {
  return useQuery({ queryKey: keys.botRules, queryFn: getBotRules, staleTime: 300_000 }).data?.model;
}
