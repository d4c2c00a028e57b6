import type { z } from "zod";
import { ERROR_STATUS, type ErrorCode } from "../contract/errors.ts";
import { AppError, invalidRequest, type RequestIssue } from "./errors.ts";

/**
 * What is wrong with a value from outside, as the error a client gets: `invalid_request` with the issues, or the code
 * a schema names as its message, such as `message_too_long`.
 */
export function validationError(error: z.ZodError, place: string): AppError {
  const found = error.issues.flatMap(innerIssues);
  const named = found.find((issue) => Object.hasOwn(ERROR_STATUS, issue.message));
  if (named) return new AppError(named.message as ErrorCode);
  const issues: RequestIssue[] = found
    .slice(0, 20)
    .map((issue) => ({ path: [place, ...issue.path.map(String)].filter(Boolean).join("."), message: issue.message }));
  return invalidRequest(issues);
}

/**
 * What takes one of several forms, such as an event or a list of them, is told what is wrong with the form that it has: the
 * one whose kind fits. Where none does, it is told that no form fits.
 */
function innerIssues(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const meant = issue.errors.find((form) => form.length > 0 && form.every(({ path }) => path.length > 0));
  if (!meant) return [issue];
  return meant.flatMap(innerIssues).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}
