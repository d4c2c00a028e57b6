import { useSyncExternalStore } from "react";
import { ATTACHMENT_MAX_BYTES, ATTACHMENT_TYPES } from "../../../../contract/attachment.ts";
import { formatBytes } from "../../../ui/format.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { useText } from "../../texts.ts";

/** Files picked, pasted or dropped at a place (a conversation's id): checked, sent off at once, ready before the message is. */
export function useUploads(place: string) {
  const { t, locale } = useText();
  const { uploads: store } = useServices();
  const uploads = useSyncExternalStore(store.subscribe, () => store.get(place));

  const refusal = (file: File): string | undefined => {
    if (file.size > ATTACHMENT_MAX_BYTES) {
      return t("composer.fileTooLarge", { limit: formatBytes(ATTACHMENT_MAX_BYTES, locale) });
    }
    // A system that does not know the type gives none: then the server, which reads the bytes, decides.
    if (file.type && !(ATTACHMENT_TYPES as readonly string[]).includes(file.type)) return t("composer.fileType");
    return undefined;
  };

  return {
    uploads,
    attached: uploads.flatMap((each) => each.attachment ?? []),
    /** Something is on its way up, or was refused: not to be sent yet. */
    unready: uploads.some((each) => !each.attachment),
    add: (files: Iterable<File>) => store.add(place, files, refusal),
    remove: (key: string) => store.remove(place, key),
    clear: () => store.clear(place),
  };
}
