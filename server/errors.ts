import { ATTACHMENT_MAX_BYTES } from "../contract/attachment.ts";
import { MESSAGE_MAX_LENGTH } from "../contract/common.ts";
import { ERROR_STATUS, type ErrorBody, type ErrorCode } from "../contract/errors.ts";
import type { Translate } from "./i18n.ts";

/**
 * A refusal with a stable code. Thrown anywhere in the server; the HTTP error handler and the socket
 * acknowledgements turn it into `{code, message, details?}` in the reader's language.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  /** For the client: what exactly was wrong. Also fills the placeholders of the text. */
  readonly details?: Record<string, unknown> | undefined;
  /** Worth a look by whoever runs the hub: logged as an error, with its stack. */
  readonly reported: boolean;

  constructor(code: ErrorCode, details?: Record<string, unknown>, options?: { cause?: unknown; reported?: boolean }) {
    super(code, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.status = ERROR_STATUS[code];
    this.details = details;
    this.reported = options?.reported ?? this.status >= 500;
  }
}

/** One thing wrong with a request: where, and what. */
export interface RequestIssue {
  /** Dotted path, such as `body.labels.0`. */
  path: string;
  message: string;
}

export function invalidRequest(issues: RequestIssue[]): AppError {
  return new AppError("invalid_request", { issues });
}

/** `resource` in the product's words: conversation, message, faq … */
export function notFound(resource?: string): AppError {
  return new AppError("not_found", resource ? { resource } : undefined);
}

/** `retryAfter` in whole seconds. */
export function rateLimited(retryAfter: number): AppError {
  return new AppError("rate_limited", { retryAfter });
}

/** Any thrown value as an AppError: an unknown one becomes `internal`, its cause kept for the log alone. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError
    ? error
    : new AppError(storageErrorOf(error) ?? "internal", undefined, { cause: error });
}

/** What the database says of its disk or its file, under MongoDB's codes; `disk` is the embedded database's own. */
function storageErrorOf(error: unknown): ErrorCode | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, errorResponse, cause } = error as { code?: unknown; errorResponse?: unknown; cause?: unknown };
  if (code === 14031) return "storage_full";
  if (code === 301) return "data_damaged";
  const { disk } = (errorResponse ?? {}) as { disk?: unknown };
  if (disk !== undefined) return "storage_unwritable";
  return cause === undefined ? undefined : storageErrorOf(cause);
}

/** Figures that an error's text names when its details do not. */
const TEXT_FIGURES: Partial<Record<ErrorCode, Record<string, unknown>>> = {
  message_too_long: { max: MESSAGE_MAX_LENGTH },
  identity_wrong_audience: { audience: "parley-widget" },
  identity_claims: { claims: "sub, exp" },
  attachment_too_large: { megabytes: ATTACHMENT_MAX_BYTES / (1024 * 1024) },
};

/** What leaves the server for an error, in a language. Unknown errors show nothing of themselves. */
export function errorBody(error: unknown, translate: Translate, locale?: string): ErrorBody {
  const known = toAppError(error);
  const message = translate(locale, `errors.${known.code}`, { ...TEXT_FIGURES[known.code], ...known.details });
  return { code: known.code, message, ...(known.details && { details: known.details }) };
}
