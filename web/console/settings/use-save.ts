import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { explainError } from "../errors.ts";
import { useText } from "../texts.ts";

interface SaveOptions<Input, Output> {
  save(input: Input): Promise<Output>;
  onSaved?(output: Output, input: Input): unknown;
  /** What the toast says; false for none. */
  said?: string | false;
}

/** A change of a setting, with a word on how it went. */
export function useSave<Output, Input = void>({ save, onSaved, said }: SaveOptions<Input, Output>) {
  const { t } = useText();
  return useMutation({
    mutationFn: save,
    onSuccess: async (output, input) => {
      await onSaved?.(output, input);
      if (said !== false) notifications.show({ message: said ?? t("actions.saved"), color: "teal", autoClose: 2_500 });
    },
    onError: (error) => {
      notifications.show({ message: explainError(error, t), color: "red", role: "alert" });
    },
  });
}
