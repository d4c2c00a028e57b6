import { Button, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAt, IconShieldQuestion, IconShieldX, IconUserCheck, IconUsers, IconUserX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { Link, useLocation } from "react-router-dom";
import type { Message, SenderProof, SenderRole } from "../../../../contract/message.ts";
import { Tag } from "../../../ui/tag.tsx";
import { keys } from "../../api/keys.ts";
import { judgeSender } from "../../api/mail.ts";
import { explainError } from "../../errors.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { useText } from "../../texts.ts";
import styles from "./original.module.css";

const ROLE_ICONS = { another_address: IconAt, copied: IconUsers, refused: IconUserX } as const;

/** What is not certain of who wrote a mail: nothing proves its sender, or it is not from the buyer's own address. */
export function SenderMarks({ message }: { message: Message }) {
  const { t } = useText();
  const { search } = useLocation();
  const { proof, role, claims } = message.original ?? {};
  const doubted = proof === "fail" || proof === "unknown";
  if (!doubted && !role) return null;
  return (
    <div className={styles.marks}>
      {role && <RoleMark role={role} />}
      {doubted && <ProofMark proof={proof} />}
      {claims && (
        <Link to={{ pathname: `/conversations/${claims}`, search }} className={styles.tool}>
          {t("mailboxes.proof.claims")}
        </Link>
      )}
      {role && <Judge message={message} role={role} />}
    </div>
  );
}

function ProofMark({ proof }: { proof: Exclude<SenderProof, "pass"> }) {
  const { t } = useText();
  const Icon = proof === "fail" ? IconShieldX : IconShieldQuestion;
  return (
    <Mark
      tone={proof === "fail" ? "late" : "waiting"}
      icon={<Icon size={13} aria-hidden="true" />}
      why={t(`mailboxes.proof.${proof}`)}
    >
      {t("mailboxes.proof.mark")}
    </Mark>
  );
}

function RoleMark({ role }: { role: SenderRole }) {
  const { t } = useText();
  const Icon = ROLE_ICONS[role];
  return (
    <Mark
      tone={role === "refused" ? "late" : role === "copied" ? "neutral" : "waiting"}
      icon={<Icon size={13} aria-hidden="true" />}
      why={t(`mailboxes.role.${role}Hint`)}
    >
      {t(`mailboxes.role.${role}`)}
    </Mark>
  );
}

/** A mark that tells why on hover and to screen readers. */
function Mark({ why, ...tag }: { why: string } & Parameters<typeof Tag>[0]) {
  const id = useId();
  return (
    <Tooltip label={why} multiline maw={320}>
      <span aria-describedby={id} role="note" className={styles.mark}>
        <Tag {...tag} />
        <span id={id} hidden>
          {why}
        </span>
      </span>
    </Tooltip>
  );
}

/** One click says whether whoever wrote is the buyer. */
function Judge({ message, role }: { message: Message; role: SenderRole }) {
  const { t } = useText();
  const services = useServices();
  const client = useQueryClient();
  const judge = useMutation({
    mutationFn: (isBuyer: boolean) => judgeSender(message.conversationId, message.id, isBuyer),
    onSuccess: (fresh) => {
      services.thread(message.conversationId).updated(fresh);
      void client.invalidateQueries({ queryKey: keys.conversation(message.conversationId) });
    },
    onError: (error) => notifications.show({ color: "red", message: explainError(error, t), role: "alert" }),
  });
  return (
    <span className={styles.judge}>
      <Button
        size="compact-xs"
        variant="light"
        leftSection={<IconUserCheck size={13} />}
        loading={judge.isPending && judge.variables}
        disabled={judge.isPending}
        onClick={() => judge.mutate(true)}
      >
        {t("mailboxes.role.confirm")}
      </Button>
      {role === "another_address" && (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          loading={judge.isPending && !judge.variables}
          disabled={judge.isPending}
          onClick={() => judge.mutate(false)}
        >
          {t("mailboxes.role.refuse")}
        </Button>
      )}
    </span>
  );
}
