import { Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { ChannelName, Message } from "../../../../contract/message.ts";
import { postMessage } from "../../api/calls.ts";
import { explainError } from "../../errors.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { useText } from "../../texts.ts";
import { isAddress } from "../composer/reply-channel.ts";
import styles from "./original.module.css";
import { bareSubject } from "./original-head.tsx";

interface ForwardDialogProps {
  message: Message;
  channel: ChannelName;
  opened: boolean;
  onClose(): void;
}

/** Passes a message with its files on to somebody who is not the buyer. */
export function ForwardDialog(props: ForwardDialogProps) {
  const { t } = useText();
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={t("mailboxes.forward.title")} size="lg">
      <ForwardForm {...props} />
    </Modal>
  );
}

function ForwardForm({ message, channel, onClose }: ForwardDialogProps) {
  const { t } = useText();
  const services = useServices();
  const [to, setTo] = useState("");
  const [text, setText] = useState("");
  const [echoId] = useState(() => crypto.randomUUID());
  const forward = useMutation({
    mutationFn: () =>
      postMessage(message.conversationId, {
        channel,
        text: text.trim(),
        forwardTo: to.trim(),
        forwards: message.id,
        subject: `Fwd: ${bareSubject(message.original?.subject ?? "")}`.trim(),
        echoId,
        undo: true,
      }),
    onSuccess: (sent) => {
      services.thread(message.conversationId).posted(sent);
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isAddress(to)) forward.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          type="email"
          label={t("mailboxes.fields.to")}
          description={t("mailboxes.forward.hint")}
          required
          dir="ltr"
          maxLength={254}
          data-autofocus
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Textarea
          label={t("mailboxes.forward.note")}
          autosize
          minRows={3}
          maxRows={10}
          maxLength={10_000}
          dir="auto"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <blockquote className={styles.quote}>
          <strong>
            <bdi>{message.author.name || message.original?.from?.address}</bdi>
          </strong>
          <p dir="auto">{message.text}</p>
          {message.attachments.length > 0 && (
            <small>{message.attachments.map((attachment) => attachment.name).join(" · ")}</small>
          )}
        </blockquote>
        {forward.error && (
          <p role="alert" className={styles.problem}>
            {explainError(forward.error, t)}
          </p>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("actions.cancel")}
          </Button>
          <Button type="submit" loading={forward.isPending} disabled={!isAddress(to)}>
            {t("mailboxes.forward.action")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
