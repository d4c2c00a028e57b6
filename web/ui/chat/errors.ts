/** A refusal in the widget's words, or in the hub's where the widget has none. */
export function textOfError(t: (key: string) => string, { code, message }: { code: string; message: string }): string {
  const key = `errors.${code}`;
  const text = t(key);
  return text === key ? message || t("errors.internal") : text;
}
