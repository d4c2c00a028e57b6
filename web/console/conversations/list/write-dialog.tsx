import { Button, Group, Modal, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router-dom";
import type { Inbox } from "../../../../contract/settings.ts";
import { startConversation } from "../../api/mail.ts";
import { explainError } from "../../errors.ts";
import { useServices } from "../../realtime/console-provider.tsx";
import { useText } from "../../texts.ts";
import { FilePicker, UploadList } from "../composer/files.tsx";
import { type Copies, Recipients } from "../composer/recipients.tsx";
import { isAddress } from "../composer/reply-channel.ts";
import { useUploads } from "../composer/use-uploads.ts";
import styles from "../thread/original.module.css";

/** Where the files of a conversation that does not exist yet are kept. */
const PLACE = "new";

interface WriteDialogProps {
  inboxes: readonly Inbox[];
  opened: boolean;
  onClose(): void;
}

/** An agent writes to a buyer first. */
export function WriteDialog(props: WriteDialogProps) {
  const { t } = useText();
  const narrow = useMediaQuery("(max-width: 767px)");
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={t("mailboxes.write.title")}
      size="lg"
      fullScreen={narrow}
      // What was written would be lost by a click beside it.
      closeOnClickOutside={false}
    >
      <WriteForm {...props} />
    </Modal>
  );
}

function WriteForm({ inboxes, onClose }: WriteDialogProps) {
  const { t } = useText();
  const services = useServices();
  const navigate = useNavigate();
  const files = useUploads(PLACE);
  const [inboxId, setInboxId] = useState(inboxes[0]?.id ?? "");
  const [to, setTo] = useState("");
  const [name, setName] = useState("");
  const [subject, setSubject] = useState("");
  const [text, setText] = useState("");
  const [copies, setCopies] = useState<Copies>({ cc: [], bcc: [] });
  const [echoId] = useState(() => crypto.randomUUID());
  const inbox = inboxes.find((each) => each.id === inboxId);
  const start = useMutation({
    mutationFn: () =>
      startConversation({
        inboxId,
        to: { email: to.trim(), ...(name.trim() && { name: name.trim() }) },
        subject: subject.trim(),
        message: {
          text: text.trim(),
          ...(copies.cc.length > 0 && { cc: copies.cc }),
          ...(copies.bcc.length > 0 && { bcc: copies.bcc }),
          ...(files.attached.length > 0 && { attachments: files.attached.map((each) => each.id) }),
          echoId,
          undo: true,
        },
      }),
    onSuccess: (conversation) => {
      files.clear();
      services.learn(conversation);
      onClose();
      navigate(`/conversations/${conversation.id}`);
    },
  });
  const sendable =
    isAddress(to) &&
    [...copies.cc, ...copies.bcc].every(isAddress) &&
    subject.trim() !== "" &&
    (text.trim() !== "" || files.attached.length > 0) &&
    !files.unready;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (sendable) start.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {inboxes.length > 1 && (
          <Select
            label={t("mailboxes.fields.from")}
            data={inboxes.map((each) => ({ value: each.id, label: `${each.name} <${each.address}>` }))}
            value={inboxId}
            allowDeselect={false}
            onChange={(value) => value && setInboxId(value)}
          />
        )}
        <Group gap="sm" align="start" grow>
          <TextInput
            type="email"
            label={t("mailboxes.fields.to")}
            required
            dir="ltr"
            maxLength={254}
            data-autofocus
            placeholder="name@example.com"
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <TextInput
            label={t("mailboxes.write.name")}
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Group>
        {inbox?.capabilities.threads && <Recipients {...copies} onChange={setCopies} />}
        <TextInput
          label={t("mailboxes.fields.subject")}
          required
          maxLength={500}
          dir="auto"
          value={subject}
          onChange={(event) => setSubject(event.currentTarget.value)}
        />
        <Textarea
          label={t("mailboxes.write.text")}
          required
          autosize
          minRows={6}
          maxRows={16}
          maxLength={inbox?.capabilities.maxLength}
          dir="auto"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <UploadList uploads={files.uploads} onRemove={files.remove} />
        {start.error && (
          <p role="alert" className={styles.problem}>
            {explainError(start.error, t)}
          </p>
        )}
        <Group justify="space-between" gap="xs">
          {inbox?.capabilities.attachments ? <FilePicker onFiles={files.add} /> : <span />}
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("actions.cancel")}
            </Button>
            <Button type="submit" loading={start.isPending} disabled={!sendable}>
              {t("composer.send")}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
