import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconLogout2 } from "@tabler/icons-react";
import { useState } from "react";
import { signContactOut } from "../orders/calls.ts";
import { maySignBuyersOut } from "../permissions.ts";
import { useSession } from "../session/use-session.ts";
import { useSave } from "../settings/use-save.ts";
import { useText } from "../texts.ts";

/** Ends a buyer's sessions at the message centre and takes back the links to it, as when a mail fell into wrong hands. */
export function SignOut({ contactId }: { contactId: string }) {
  const { t } = useText();
  const { user } = useSession();
  const [asking, setAsking] = useState(false);
  const signOut = useSave({
    save: () => signContactOut(contactId),
    onSaved: () => setAsking(false),
    said: t("contact.signOutDone"),
  });
  if (!maySignBuyersOut(user.role)) return null;
  return (
    <>
      <Button
        mt={8}
        display="block"
        size="xs"
        variant="default"
        leftSection={<IconLogout2 size={15} aria-hidden="true" />}
        onClick={() => setAsking(true)}
      >
        {t("contact.signOut")}
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("contact.signOut")}
        closeButtonProps={{ "aria-label": t("actions.close") }}
      >
        <Stack>
          <Text size="sm">{t("contact.signOutAsk")}</Text>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t("actions.cancel")}
            </Button>
            <Button color="red" loading={signOut.isPending} onClick={() => signOut.mutate()}>
              {t("contact.signOut")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
