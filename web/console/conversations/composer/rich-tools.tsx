import { ActionIcon, Button, Group, Popover, TextInput, Tooltip } from "@mantine/core";
import {
  IconBlockquote,
  IconBold,
  IconClearFormatting,
  IconItalic,
  IconLink,
  IconList,
  IconListNumbers,
  IconUnderline,
} from "@tabler/icons-react";
import { type Editor, useEditorState } from "@tiptap/react";
import { type FormEvent, useState } from "react";
import { type TextKey, useText } from "../../texts.ts";
import styles from "./composer.module.css";

interface Tool {
  label: TextKey;
  icon: typeof IconBold;
  active(editor: Editor): boolean;
  run(editor: Editor): unknown;
}

const TOOLS: Tool[] = [
  {
    label: "mailboxes.format.bold",
    icon: IconBold,
    active: (editor) => editor.isActive("bold"),
    run: (editor) => editor.chain().focus().toggleBold().run(),
  },
  {
    label: "mailboxes.format.italic",
    icon: IconItalic,
    active: (editor) => editor.isActive("italic"),
    run: (editor) => editor.chain().focus().toggleItalic().run(),
  },
  {
    label: "mailboxes.format.underline",
    icon: IconUnderline,
    active: (editor) => editor.isActive("underline"),
    run: (editor) => editor.chain().focus().toggleUnderline().run(),
  },
  {
    label: "mailboxes.format.bullets",
    icon: IconList,
    active: (editor) => editor.isActive("bulletList"),
    run: (editor) => editor.chain().focus().toggleBulletList().run(),
  },
  {
    label: "mailboxes.format.numbers",
    icon: IconListNumbers,
    active: (editor) => editor.isActive("orderedList"),
    run: (editor) => editor.chain().focus().toggleOrderedList().run(),
  },
  {
    label: "mailboxes.format.quote",
    icon: IconBlockquote,
    active: (editor) => editor.isActive("blockquote"),
    run: (editor) => editor.chain().focus().toggleBlockquote().run(),
  },
];

/** The marks and lists that mail programs show alike. */
export function RichTools({ editor }: { editor: Editor }) {
  const { t } = useText();
  const active = useEditorState({ editor, selector: (state) => TOOLS.map((tool) => tool.active(state.editor)) });
  return (
    <div className={styles.richTools} role="toolbar" aria-label={t("mailboxes.format.title")}>
      {TOOLS.map(({ label, icon: Icon, run }, at) => (
        <Tooltip key={label} label={t(label)}>
          <ActionIcon
            size={28}
            aria-label={t(label)}
            aria-pressed={active[at] ?? false}
            variant={active[at] ? "light" : "subtle"}
            color={active[at] ? "indigo" : "gray"}
            onClick={() => run(editor)}
          >
            <Icon size={17} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
      ))}
      <LinkTool editor={editor} />
      <Tooltip label={t("mailboxes.format.clear")}>
        <ActionIcon
          size={28}
          aria-label={t("mailboxes.format.clear")}
          onClick={() => editor.chain().focus().unsetAllMarks().clearNodes().run()}
        >
          <IconClearFormatting size={17} stroke={1.8} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function LinkTool({ editor }: { editor: Editor }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const [address, setAddress] = useState("");
  const linked = useEditorState({ editor, selector: (state) => state.editor.isActive("link") });
  const close = () => {
    setOpen(false);
    editor.commands.focus();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // It is inside the composer's form, which would send.
    event.stopPropagation();
    const chain = editor.chain().focus().extendMarkRange("link");
    const href = /^[a-z][a-z0-9+.-]*:/i.test(address.trim()) ? address.trim() : `https://${address.trim()}`;
    if (address.trim() === "") chain.unsetLink().run();
    else if (editor.state.selection.empty && !linked) chain.insertContent(textLink(address.trim(), href)).run();
    else chain.setLink({ href }).run();
    close();
  };
  return (
    <Popover opened={open} onChange={setOpen} onClose={close} position="top-start" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={t("mailboxes.format.link")}>
          <ActionIcon
            size={28}
            aria-label={t("mailboxes.format.link")}
            aria-pressed={linked}
            variant={linked ? "light" : "subtle"}
            color={linked ? "indigo" : "gray"}
            onClick={() => {
              const href: unknown = editor.getAttributes("link").href;
              setAddress(typeof href === "string" ? href : "");
              setOpen(!open);
            }}
          >
            <IconLink size={17} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <Group gap="xs" align="end">
            <TextInput
              size="xs"
              dir="ltr"
              label={t("mailboxes.format.address")}
              placeholder="https://example.com/"
              maxLength={2_000}
              value={address}
              onChange={(event) => setAddress(event.currentTarget.value)}
            />
            <Button type="submit" size="xs">
              {t("actions.done")}
            </Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Without a selection the address is its own text. */
function textLink(text: string, href: string) {
  return { type: "text", text, marks: [{ type: "link", attrs: { href } }] };
}
