import { EditorContent, useEditor } from "@tiptap/react";
import StarterKit from "@tiptap/starter-kit";
import { type RefObject, useImperativeHandle } from "react";
import { styleNonce } from "../../../ui/style-nonce.ts";
import styles from "./composer.module.css";
import { RichTools } from "./rich-tools.tsx";
import type { EditorHandle } from "./use-text-place.ts";

interface RichEditorProps {
  /** What it begins with. */
  html: string;
  label: string;
  onChange(html: string, text: string): void;
  onSend(): void;
  onEscape(): void;
  /** For who wants to write into it from outside. */
  handle: RefObject<EditorHandle | null>;
}

/** Text with bold, lists and links. Loaded when somebody first asks for formatting. */
export default function RichEditor({ html, label, onChange, onSend, onEscape, handle }: RichEditorProps) {
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
        "data-composer-box": "",
        "aria-multiline": "true",
        dir: "auto",
        class: styles.rich ?? "",
      },
      handleKeyDown: (_view, event) => {
        if (event.key === "Escape" && !event.isComposing) {
          onEscape();
          return true;
        }
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return false;
        onSend();
        return true;
      },
    },
    onUpdate: ({ editor: changed }) =>
      onChange(changed.isEmpty ? "" : changed.getHTML(), changed.getText({ blockSeparator: "\n" })),
  });
  useImperativeHandle(
    handle,
    () => ({
      focus: () => {
        editor.commands.focus("end");
      },
      insert: (text) => {
        editor.chain().focus("end").insertContent({ type: "text", text }).run();
      },
      erase: () => {
        const end = editor.state.doc.content.size - 1;
        if (end > 1) editor.commands.deleteRange({ from: end - 1, to: end });
      },
    }),
    [editor],
  );
  return (
    <>
      <RichTools editor={editor} />
      <EditorContent editor={editor} />
    </>
  );
}
