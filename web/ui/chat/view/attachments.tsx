/** @jsxImportSource preact */
import { useState } from "preact/hooks";
import type { Attachment } from "../../../../contract/attachment.ts";
import { fileSize } from "../format.ts";
import { Icon } from "./icons.tsx";
import { useChat } from "./use-chat.ts";

/** What every browser draws; HEIC is a picture too, but only Apple shows it. */
const SHOWN = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const WIDEST = 240;
const HIGHEST = 240;

export function Attachments({ files }: { files: readonly Attachment[] }) {
  if (files.length === 0) return null;
  return (
    <ul class="files">
      {files.map((file) => (
        <li key={file.id}>
          <File file={file} />
        </li>
      ))}
    </ul>
  );
}

function File({ file }: { file: Attachment }) {
  const chat = useChat();
  const { t, locale } = chat;
  // The shop's page may forbid pictures of the hub; the link still works.
  const [broken, setBroken] = useState(false);
  const url = chat.address(file.url);
  const size = fileSize(file.size, locale);
  if (SHOWN.includes(file.type) && !broken) {
    return (
      <a
        class="picture"
        href={url}
        target="_blank"
        rel="noopener noreferrer"
        aria-label={t("file.picture", { name: file.name })}
      >
        <img src={url} alt="" loading="lazy" {...scaled(file)} onError={() => setBroken(true)} />
      </a>
    );
  }
  return (
    <a class="file" href={url} target="_blank" rel="noopener noreferrer">
      <Icon name="file" />
      <span class="file-name">
        <bdi>{file.name}</bdi>
      </span>
      <span class="file-size">{size}</span>
    </a>
  );
}

/** The picture's place before it is loaded, so that nothing jumps. */
function scaled({ width, height }: Attachment): { width: number; height: number } {
  if (!width || !height) return { width: WIDEST, height: 160 };
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) };
}
