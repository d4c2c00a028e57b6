import type { Attachment } from "../../../contract/attachment.ts";
import type { ErrorBody } from "../../../contract/errors.ts";
import type { WidgetConfig } from "../../../contract/sockets.ts";

/** A file beside the message being written. */
export interface Upload {
  key: number;
  name: string;
  /** Bytes. */
  size: number;
  /** 0 to 1. */
  progress: number;
  state: "uploading" | "done" | "failed";
  attachment?: Attachment;
  /** Why it can not be sent: `upload.*` and `errors.*` in widget.json. */
  problem?: Problem;
}
export interface Problem {
  key: string;
  values?: Record<string, string | number>;
  /** The hub's own words, for a refusal that the widget has no text for. */
  message?: string;
}

/** As many as one message may carry. */
export const MAX_FILES = 10;

/** Types by extension, for browsers that do not know a file's type (HEIC, mostly). */
const BY_EXTENSION: Record<string, string> = {
  heic: "image/heic",
  heif: "image/heic",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  gif: "image/gif",
  webp: "image/webp",
  pdf: "application/pdf",
  txt: "text/plain",
  mp4: "video/mp4",
  mov: "video/quicktime",
};

/** The type the browser gives a file, else the one its name suggests; "" when neither tells. */
export function typeOf(file: { name: string; type: string }): string {
  const extension = file.name.slice(file.name.lastIndexOf(".") + 1).toLowerCase();
  return file.type.split(";")[0] || BY_EXTENSION[extension] || "";
}

/** What speaks against sending a file, before a byte of it travels. */
export function problemOf(
  file: { name: string; type: string; size: number },
  limits: WidgetConfig["attachments"],
  formatSize: (bytes: number) => string,
): Problem | undefined {
  const { name } = file;
  if (file.size > limits.maxBytes)
    return { key: "upload.tooLarge", values: { name, size: formatSize(limits.maxBytes) } };
  if (file.size === 0) return { key: "upload.empty", values: { name } };
  if (!limits.types.includes(typeOf(file))) return { key: "upload.type", values: { name } };
  return undefined;
}

/** Without a token the browser's cookie says who sends it. */
export interface UploadTarget {
  url: string;
  token?: string;
}

export interface UploadsOptions {
  limits: WidgetConfig["attachments"];
  formatSize: (bytes: number) => string;
  /** Where to post a file of that name; undefined while there is no connection: see `resume`. */
  target: (name: string) => UploadTarget | undefined;
  onChange: () => void;
}

/** The files beside the message being written: checked, then uploaded at once, so that sending is quick. */
export class Uploads {
  readonly #options: UploadsOptions;
  #files = new Map<number, { file: File; request?: XMLHttpRequest | undefined }>();
  #lastKey = 0;
  items: readonly Upload[] = [];

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  get busy(): boolean {
    return this.items.some(({ state }) => state === "uploading");
  }
  get ready(): Attachment[] {
    return this.items.flatMap(({ attachment }) => attachment ?? []);
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      const key = ++this.#lastKey;
      const { name, size } = file;
      const full = this.items.length >= MAX_FILES;
      const problem = full
        ? { key: "upload.tooMany", values: { count: MAX_FILES } }
        : problemOf(file, this.#options.limits, this.#options.formatSize);
      const upload: Upload = { key, name, size, progress: 0, state: problem ? "failed" : "uploading" };
      this.items = [...this.items.filter(({ problem: known }) => !full || known?.key !== "upload.tooMany"), upload];
      if (problem) this.#set(key, { problem });
      else {
        this.#files.set(key, { file });
        this.#start(key);
      }
    }
  }

  /** Uploads one again whose upload failed. */
  retry(key: number): void {
    this.#set(key, { state: "uploading", progress: 0, problem: undefined });
    this.#start(key);
  }

  /** A connection stands: files chosen before it begin their way. */
  resume(): void {
    for (const [key, { request }] of this.#files) if (!request) this.#start(key);
  }

  canRetry(key: number): boolean {
    return this.#files.has(key);
  }

  remove(key: number): void {
    this.#files.get(key)?.request?.abort();
    this.#files.delete(key);
    this.items = this.items.filter((item) => item.key !== key);
    this.#options.onChange();
  }

  /** The message went out with its files, or the shopper left. */
  clear(): void {
    for (const { key } of this.items) this.remove(key);
  }

  #start(key: number): void {
    const entry = this.#files.get(key);
    if (!entry) return;
    const { file } = entry;
    entry.request = undefined;
    const target = this.#options.target(file.name);
    if (!target) {
      this.#options.onChange();
      return;
    }
    // XMLHttpRequest and not fetch: only it tells how far an upload is.
    const request = new XMLHttpRequest();
    entry.request = request;
    request.open("POST", target.url);
    if (target.token) request.setRequestHeader("Authorization", `Bearer ${target.token}`);
    request.setRequestHeader("Content-Type", typeOf(file));
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => this.#set(key, { progress: total > 0 ? loaded / total : 0 });
    request.onload = () => {
      if (request.status === 201) {
        this.#set(key, { state: "done", progress: 1, attachment: request.response as Attachment });
      } else this.#failed(key, (request.response as { error?: ErrorBody } | null)?.error);
    };
    request.onerror = () => this.#failed(key);
    request.send(file);
  }

  #failed(key: number, error?: ErrorBody): void {
    const name = this.#files.get(key)?.file.name ?? "";
    const problem: Problem = error
      ? { key: `errors.${error.code}`, message: error.message }
      : { key: "upload.failed", values: { name } };
    // Trying again helps against a bad connection or a busy hub, not against a refusal.
    if (error && !["rate_limited", "unavailable", "internal"].includes(error.code)) this.#files.delete(key);
    this.#set(key, { state: "failed", problem });
  }

  #set(key: number, change: Partial<Upload>): void {
    this.items = this.items.map((item) => (item.key === key ? { ...item, ...change } : item));
    this.#options.onChange();
  }
}
