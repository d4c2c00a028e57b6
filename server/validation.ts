import type { z } from "zod";
import { ERROR_STATUS, type ErrorCode } from "../contract/errors.ts";
import { AppError, invalidRequest, type RequestIssue } from "./errors.ts";

/**
 * What is wrong with a value from outside, as the error a client gets: `invalid_request` with the issues, or the code
 * a schema names as its message, such as `message_too_long`.
 */
export function validationError(error: z.ZodError, place: string): AppError {
  const named = error.issues.find((issue) => Object.hasOwn(ERROR_STATUS, issue.message));
  if (named) return new AppError(named.message as ErrorCode);
  const issues: RequestIssue[] = error.issues
    .slice(0, 20)
    .map((issue) => ({ path: [place, ...issue.path.map(String)].filter(Boolean).join("."), message: issue.message }));
  return invalidRequest(issues);
}
