import { EditorContent, useEditor } from "@tiptap/react";
import StarterKit from "@tiptap/starter-kit";
import { styleNonce } from "../../../ui/style-nonce.ts";
import styles from "./composer.module.css";
import { RichTools } from "./rich-tools.tsx";

interface RichEditorProps {
  /** What it begins with. */
  html: string;
  label: string;
  onChange(html: string, text: string): void;
  onSend(): void;
}

/** Text with bold, lists and links. Loaded when somebody first asks for formatting. */
export default function RichEditor({ html, label, onChange, onSend }: RichEditorProps) {
  const editor = useEditor({
    extensions: [
      StarterKit.configure({
        code: false,
        codeBlock: false,
        heading: false,
        horizontalRule: false,
        link: { openOnClick: false, defaultProtocol: "https" },
      }),
    ],
    content: html,
    autofocus: "end",
    injectNonce: styleNonce(),
    editorProps: {
      attributes: {
        role: "textbox",
        "aria-label": label,
        "aria-multiline": "true",
        dir: "auto",
        class: styles.rich ?? "",
      },
      handleKeyDown: (_view, event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return false;
        onSend();
        return true;
      },
    },
    onUpdate: ({ editor: changed }) =>
      onChange(changed.isEmpty ? "" : changed.getHTML(), changed.getText({ blockSeparator: "\n" })),
  });
  return (
    <>
      <RichTools editor={editor} />
      <EditorContent editor={editor} />
    </>
  );
}
